"""The resolved configuration of a run: flag beats environment beats file."""

import math
import os
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imagebuilder_conformance.target import Credentials, Target, Timeouts, arn_scope, is_aws_host
from imagebuilder_spec import DEFAULT_REVISION, Suite, compile_pattern, load_contract, revisions

DEFAULT_SEED = 20_260_403
_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_IMAGEBUILDER", "AWS_ENDPOINT_URL")
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_DEFAULT_REGION = "us-east-1"

# What a configuration file may set, and the type that it must have.
_FILE_OPTIONS: Mapping[str, type | tuple[type, ...]] = {
    "endpoint_url": str,
    "region": str,
    "pipeline_arn": list,
    "contract": str,
    "suite": list,
    "max_executions": int,
    "strict": bool,
    "allow_incomplete": bool,
    "allow_aws": bool,
    "seed": (int, str),
    "report_dir": str,
    "baseline": str,
    "ca_bundle": str,
    "verify_ssl": bool,
    "connect_timeout": (int, float),
    "read_timeout": (int, float),
}
# What describes a target, and so is a mistake where no endpoint is given.
_TARGET_OPTIONS = ("region", "pipeline_arn")


class UsageError(Exception):
    """The configuration can't be used; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of a run. `target` is None where the embedded reference target is meant."""

    target: Target | None
    contract: str = DEFAULT_REVISION
    suites: tuple[Suite, ...] = tuple(Suite)
    prefixes: tuple[str, ...] = ()
    max_executions: int | None = None
    strict: bool = False
    allow_incomplete: bool = False
    seed: int = DEFAULT_SEED
    report_dir: Path | None = None
    baseline: Path | None = None

    def describe(self) -> dict[str, str]:
        """The configuration of the run for people, the target apart, without secrets."""
        return {
            "contract": self.contract,
            "suites": ", ".join(self.suites),
            **({"clauses": ", ".join(self.prefixes)} if self.prefixes else {}),
            **({"max executions": str(self.max_executions)} if self.max_executions is not None else {}),
            "seed": str(self.seed),
            **({"baseline": str(self.baseline)} if self.baseline else {}),
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the configuration comes from. Flags that were not given are None."""

    flags: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    file: Path | None = None


def resolve(sources: Sources, *, report_dir: str | None = None) -> Settings:
    """Resolve the configuration of a run; `report_dir` is where the report goes unless something says otherwise.

    Raises `UsageError` for what can't be used, with one sentence that says what was expected.
    """
    file = _read_file(sources.file) if sources.file else {}
    if _environment_region(sources.environ):
        # The environment's own region is no option: it says nothing of a target. But it beats the file's.
        file.pop("region", None)
    options = {
        **file,
        **_from_environment(sources.environ),
        **{name: value for name, value in sources.flags.items() if value not in (None, ())},
    }
    target = _target(options, sources.environ)
    prefixes = tuple(options.get("prefixes", ()))
    contract = _contract(options.get("contract", DEFAULT_REVISION))
    suites = _suites(options.get("suite"), everything=target is None or bool(prefixes))
    _check_prefixes(prefixes, suites, contract)
    return Settings(
        target=target,
        contract=contract,
        suites=suites,
        prefixes=prefixes,
        max_executions=_max_executions(options.get("max_executions")),
        strict=bool(options.get("strict")),
        allow_incomplete=bool(options.get("allow_incomplete")),
        seed=_seed(options.get("seed", DEFAULT_SEED)),
        report_dir=_report_dir(options.get("report_dir", report_dir)),
        baseline=Path(options["baseline"]) if "baseline" in options else None,
    )


def _read_file(path: Path) -> dict[str, Any]:
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"can't read the configuration file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the configuration file {path} is not TOML: {error}") from error
    options = {name.replace("-", "_"): value for name, value in options.items()}
    for name, value in options.items():
        if name not in _FILE_OPTIONS:
            known = ", ".join(known.replace("_", "-") for known in _FILE_OPTIONS)
            raise UsageError(f"{path}: there is no option {name.replace('_', '-')!r}; there are {known}")
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


def _target(options: Mapping[str, Any], environ: Mapping[str, str]) -> Target | None:
    endpoint = options.get("endpoint_url")
    if endpoint is None and not options.get("allow_aws"):
        for name in _TARGET_OPTIONS:
            if name in options:
                flag = name.replace("_", "-")
                raise UsageError(f"--{flag} describes a target, but no --endpoint-url says which")
        return None
    pipelines = _pipelines(options)
    region = _region(options, pipelines, environ)
    endpoint = aws_endpoint(region) if endpoint is None else endpoint
    host = _host(endpoint)
    aws = is_aws_host(host)
    if aws and not options.get("allow_aws"):
        raise UsageError(
            f"{host} is AWS, where each accepted call starts a real image build; say --allow-aws to mean it"
        )
    if aws and not pipelines:
        raise UsageError("AWS needs the ARNs of pipelines of your own: --pipeline-arn, twice to judge mismatches")
    if aws and options.get("max_executions") is None:
        raise UsageError("AWS charges for each image build: say with --max-executions how many the run may start")
    return Target(
        name=endpoint,
        endpoint=endpoint,
        region=region,
        pipelines=pipelines or _reference_pipelines(),
        credentials=_credentials(environ, aws=aws),
        timeouts=_timeouts(options),
        verify=_verify(options),
    )


def _host(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--endpoint-url: {endpoint!r} is not a URL: {error}") from error
    if "@" in parts.netloc:
        # It would get into the report.
        raise UsageError("--endpoint-url: expected no user and password; AWS_SECRET_ACCESS_KEY is where a secret goes")
    if parts.query or parts.fragment:
        raise UsageError(f"--endpoint-url: expected neither a query nor a fragment, got {endpoint!r}")
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"--endpoint-url: expected http://HOST[:PORT] or https://HOST[:PORT], got {endpoint!r}")
    return host


def aws_endpoint(region: str) -> str:
    """AWS's endpoint of the service in a region."""
    return f"https://imagebuilder.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def _pipelines(options: Mapping[str, Any]) -> tuple[str, ...]:
    pipelines = tuple(options.get("pipeline_arn", ()))
    pattern = load_contract().pipeline_arn_pattern
    for arn in pipelines:
        if not isinstance(arn, str) or not compile_pattern(pattern).search(arn):
            raise UsageError(f"--pipeline-arn: expected an ARN that matches {pattern}, got {arn!r}")
    if len(set(pipelines)) < len(pipelines):
        raise UsageError("--pipeline-arn: the same pipeline is given twice; mismatches need two different ones")
    return pipelines


def _reference_pipelines() -> tuple[str, ...]:
    from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES

    return DEFAULT_PIPELINES


def _region(options: Mapping[str, Any], pipelines: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """The region: that of the pipelines unless told otherwise, for a pipeline can be called nowhere else."""
    if "region" in options:
        return str(options["region"])
    if pipelines:
        return arn_scope(pipelines[0])[1]
    return _environment_region(environ) or _DEFAULT_REGION


def _environment_region(environ: Mapping[str, str]) -> str | None:
    return next((environ[name] for name in _REGION_VARIABLES if environ.get(name)), None)


def _credentials(environ: Mapping[str, str], *, aws: bool) -> Credentials:
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
    if aws:
        raise UsageError("AWS needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    from imagebuilder_conformance.reference.credentials import DUMMY_CREDENTIALS

    return Credentials(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key)


def _timeouts(options: Mapping[str, Any]) -> Timeouts:
    defaults = Timeouts()
    timeouts = Timeouts(
        connect=float(options.get("connect_timeout", defaults.connect)),
        read=float(options.get("read_timeout", defaults.read)),
    )
    if not (0 < timeouts.connect < math.inf and 0 < timeouts.read < math.inf):
        raise UsageError("--connect-timeout and --read-timeout are seconds, and more than 0")
    return timeouts


def _verify(options: Mapping[str, Any]) -> bool | str:
    bundle = options.get("ca_bundle")
    if bundle is None:
        return bool(options.get("verify_ssl", True))
    if not Path(bundle).exists():
        raise UsageError(f"--ca-bundle: there is no file {bundle}")
    return str(bundle)


def _contract(revision: str) -> str:
    if revision not in revisions():
        raise UsageError(f"--contract: expected one of {', '.join(revisions())}, got {revision!r}")
    return revision


def _suites(names: tuple[str, ...] | list[str] | None, *, everything: bool) -> tuple[Suite, ...]:
    if not names:
        return tuple(Suite) if everything else (Suite.CORE,)
    if "all" in names:
        return tuple(Suite)
    for name in names:
        if name not in list(Suite):
            raise UsageError(f"--suite: expected one of {', '.join(Suite)} or all, got {name!r}")
    return tuple(suite for suite in Suite if suite in names)


def _check_prefixes(prefixes: tuple[str, ...], suites: tuple[Suite, ...], revision: str) -> None:
    """Each prefix selects something: a run must not end well because it judged nothing."""
    clauses = load_contract(revision).clauses.values()
    for prefix in prefixes:
        named = [clause for clause in clauses if in_prefix(clause.id, prefix)]
        if not named:
            areas = ", ".join(sorted({clause.area for clause in clauses}))
            raise UsageError(f"no clause starts with {prefix!r}; the areas are {areas}, and `list` shows every clause")
        if not any(clause.suite in suites for clause in named):
            others = ", ".join(sorted({clause.suite for clause in named}))
            raise UsageError(f"nothing below {prefix!r} is in --suite {', '.join(suites)}; it is in {others}")


def in_prefix(id_: str, prefix: str) -> bool:
    """Whether a dotted id is the prefix itself or below it."""
    return id_ == prefix or id_.startswith(prefix.rstrip(".") + ".")


def _max_executions(limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        raise UsageError(f"--max-executions: expected 0 or more, got {limit}")
    return limit


def _seed(seed: int | str) -> int:
    if seed == "random":
        return random.SystemRandom().getrandbits(32)
    try:
        return int(seed)
    except ValueError:
        raise UsageError(f"--seed: expected a number or `random`, got {seed!r}") from None


def _report_dir(path: str | Path | None) -> Path | None:
    if path is None:
        return None
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(f"--report-dir: can't write to {folder}: {error.strerror}") from error
    return folder
