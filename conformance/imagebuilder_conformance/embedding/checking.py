"""`check_target`: a run in a process of its own, so that nothing of the caller's is touched.

The caller may be a pytest with plugins, warnings as errors and a captured terminal, a thread, or a server that serves
the target itself. A process shares no signal handlers, logging, environment or current folder with it, and may be
started as often as one likes. What it does is what the command `run` does, so the verdicts are the same.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.embedding.apps import serving_asgi, serving_wsgi
from imagebuilder_reports.model import Report
from imagebuilder_reports.reading import read_report

# The exit codes of `run` that leave a report: conformant, non-conformant, no verdict.
_REPORTED = frozenset({0, 1, 3})
_USAGE = 2
# How many seconds a run may take to end once it is asked to.
_LEAVING = 10


def check_target(
    endpoint_url: str | None = None,
    *,
    wsgi: Callable[..., Any] | None = None,
    asgi: Callable[..., Any] | None = None,
    pipelines: Sequence[str] = (),
    clauses: Sequence[str] = (),
    suites: Sequence[str] = (),
    known_failures: str | Path | None = None,
    report_dir: str | Path | None = None,
    **options: str | float | bool | Path,
) -> Report:
    """Judge a target as the command `run` does, and return its report. Nothing is printed, no verdict is raised.

    Args:
        endpoint_url: The target. Exactly one of this, `wsgi` and `asgi` is given.
        wsgi: An application to serve on a free port of 127.0.0.1 for the time of the run, by Werkzeug.
        asgi: The same, by uvicorn.
        pipelines: ARNs of pipelines that the target knows; mismatches take two. Those of the reference target if none.
        clauses: Prefixes of the clauses to judge; all of the suites if none.
        suites: `core`, `auth`, … or `all`; as `run` has it if none.
        known_failures: A baseline of known failures. `report.gate` says how the report stands to it.
        report_dir: The folder that gets the report in all its forms. None is kept if there is none.
        options: Further options of `run` by their names with underscores: `read_timeout=5`, `strict=True`.

    Returns:
        The report. `report.verdict` is that of the target; `report.verdict_sentence` says why.

    Raises:
        UsageError: What was asked for can't be done; one sentence says what was expected.
        RuntimeError: The suite itself failed, or was ended before it had begun.
    """
    with ExitStack() as stack:
        if [endpoint_url, wsgi, asgi].count(None) != 2:
            raise UsageError("expected exactly one of an endpoint's URL, wsgi=… and asgi=…")
        if wsgi is not None:
            endpoint_url = stack.enter_context(serving_wsgi(wsgi))
        elif asgi is not None:
            endpoint_url = stack.enter_context(serving_asgi(asgi))
        folder = Path(report_dir or stack.enter_context(tempfile.TemporaryDirectory(prefix="imagebuilder-")))
        words = [
            *clauses,
            f"--endpoint-url={endpoint_url}",
            f"--report-dir={folder}",
            *(f"--pipeline-arn={pipeline}" for pipeline in pipelines),
            *(f"--suite={suite}" for suite in suites),
            *([f"--baseline={known_failures}"] if known_failures is not None else []),
            *_flags(options),
        ]
        code, said = _run(words)
        if code == _USAGE:
            raise UsageError(_sentence(said))
        if code not in _REPORTED or not (folder / "report.json").exists():
            raise RuntimeError(f"the run ended with {code} and left no report: {said.strip()}")
        return read_report(folder / "report.json")


def _flags(options: dict[str, str | float | bool | Path]) -> list[str]:
    flags = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            flags.append(flag)
        elif value is not False:
            flags.append(f"{flag}={value}")
    return flags


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Run the command; its exit code, and what it said of what went wrong."""
    with subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, "-m", "imagebuilder_conformance", "run", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            _, said = process.communicate()
        except BaseException:
            # The caller is interrupted: the run leaves what it has, and is not waited for any longer.
            process.terminate()
            try:
                process.wait(_LEAVING)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return process.returncode, said


def _sentence(said: str) -> str:
    """The sentence in what a command says of its usage."""
    return " ".join(said.rpartition("Error: ")[2].split())
