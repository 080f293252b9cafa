"""The options of a run, gathered: flag beats environment beats file."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_reports.errors import UnreadableError
from imagebuilder_reports.files import expect_file

_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_IMAGEBUILDER", "AWS_ENDPOINT_URL")
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

# What a configuration file may set, and the type that it must have.
_FILE_OPTIONS: Mapping[str, type | tuple[type, ...]] = {
    "endpoint_url": str,
    "region": str,
    "profile": str,
    "denied_profile": str,
    "pipeline_arn": (list, str),
    "provision": bool,
    "keep": bool,
    "instance_profile": str,
    "contract": str,
    "suite": (list, str),
    "max_executions": int,
    "rate_limit": (int, float),
    "time_limit": (int, float),
    "thorough": bool,
    "retention": (int, float),
    "strict": bool,
    "allow_incomplete": bool,
    "allow_aws": bool,
    "allow_insecure_token": bool,
    "seed": (int, str),
    "workers": (int, str),
    "sdk_python": str,
    "report_dir": str,
    "debug_log": str,
    "baseline": str,
    "failed_in": str,
    "stop_after": int,
    "ca_bundle": str,
    "verify_ssl": bool,
    "connect_timeout": (int, float),
    "read_timeout": (int, float),
}
# Of which a file may name one or several.
_SEVERAL = frozenset({"pipeline_arn", "suite"})


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the configuration comes from. Flags that were not given are None."""

    flags: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    file: Path | None = None


def gather(sources: Sources) -> dict[str, Any]:
    """The options that were given, by name, unchecked but for the file. Raises `UsageError`."""
    file = _read_file(sources.file) if sources.file else {}
    flags = {name: value for name, value in sources.flags.items() if value not in (None, ())}
    own = environment_region(sources.environ)
    if own and "region" in file:
        # The environment's own region is no option: it says nothing of a target. But it beats the file's.
        del file["region"]
        if not (file | flags).get("pipeline_arn"):
            file["region"] = own
    return {**file, **_from_environment(sources.environ), **flags}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        expect_file(path)
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnreadableError as error:
        raise UsageError(f"the configuration file {error}") from error
    except OSError as error:
        raise UsageError(f"can't read the configuration file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the configuration file {path} is not TOML: {error}") from error
    options = {name.replace("-", "_"): value for name, value in options.items()}
    for name, value in options.items():
        if name not in _FILE_OPTIONS:
            known = ", ".join(known.replace("_", "-") for known in _FILE_OPTIONS)
            raise UsageError(f"{path}: there is no option {name.replace('_', '-')!r}; there are {known}")
        if name in _SEVERAL and isinstance(value, str):
            options[name] = [value]
            continue
        # To Python, true is a number too.
        if not isinstance(value, _FILE_OPTIONS[name]) or (isinstance(value, bool) and _FILE_OPTIONS[name] is not bool):
            raise UsageError(f"{path}: {name.replace('_', '-')} can't be {value!r}")
    return options


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    for name in _ENDPOINT_VARIABLES:
        if name in environ:
            if not environ[name].strip():
                raise UsageError(f"{name} is set but empty; give it a URL or unset it")
            return {"endpoint_url": environ[name].strip()}
    return {}


def environment_region(environ: Mapping[str, str]) -> str | None:
    """The region that the environment names, if it names one."""
    return next((environ[name] for name in _REGION_VARIABLES if environ.get(name)), None)
