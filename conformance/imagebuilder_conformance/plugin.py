"""The pytest plugin: makes checks of the tests that declare themselves so, and leads their run.

It is loaded into every pytest that has this package installed, so it imports nothing heavy and does nothing
until a check was collected.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from imagebuilder_conformance.running.sessions import RunSession
    from imagebuilder_conformance.settings import Settings
    from imagebuilder_reports.events import Event
    from imagebuilder_reports.model import Report

_SUITES = "*/imagebuilder_conformance/suites/test_*.py"

RUN: pytest.StashKey[RunSession] = pytest.StashKey()

_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("endpoint-url", {"metavar": "URL", "help": "the target; the embedded reference target without it"}),
    ("region", {"metavar": "R", "help": "the region to sign for"}),
    ("profile", {"metavar": "P", "help": "the AWS profile to sign with; takes the extra `aws`"}),
    (
        "pipeline-arn",
        {"metavar": "ARN", "action": "append", "help": "a pipeline that the target knows; twice for mismatches"},
    ),
    (
        "denied-profile",
        {"metavar": "P", "help": "an AWS profile of a caller without the permission"},
    ),
    ("contract", {"metavar": "REVISION", "help": "the revision of the contract"}),
    ("suite", {"metavar": "NAME", "action": "append", "help": "core, auth, throttling, sdk, faults or all"}),
    (
        "clause",
        {
            "metavar": "PREFIX",
            "action": "append",
            "dest": "prefixes",
            "help": "judge the clauses below this prefix only",
        },
    ),
    ("max-executions", {"metavar": "N", "type": int, "help": "start at most N image builds"}),
    ("rate-limit", {"metavar": "R", "type": float, "help": "send at most R requests a second"}),
    ("time-limit", {"metavar": "S", "type": float, "help": "end the run after S seconds"}),
    ("thorough", {"action": "store_true", "help": "ask what seldom pays too"}),
    ("retention", {"metavar": "S", "type": float, "help": "wait until the first token is S seconds old"}),
    ("allow-aws", {"action": "store_true", "help": "do call AWS, where each accepted call starts a real build"}),
    (
        "allow-insecure-token",
        {"action": "store_true", "help": "do send a session token over http to a host that is not this machine"},
    ),
    ("sdk-python", {"metavar": "PATH", "help": "an interpreter whose boto3 makes the calls of the suite sdk"}),
    ("strict", {"action": "store_true", "help": "let broken SHOULDs count"}),
    ("seed", {"metavar": "N", "help": "the seed of generated cases, or `random`"}),
    ("report-dir", {"metavar": "DIR", "help": "write the report to this folder"}),
    ("debug-log", {"metavar": "FILE", "help": "write a line a decision to this file"}),
    ("ca-bundle", {"metavar": "FILE", "help": "the certificates to trust"}),
    ("no-verify-ssl", {"action": "store_true", "help": "do not verify TLS certificates"}),
    ("connect-timeout", {"metavar": "S", "type": float, "help": "seconds to wait for a connection"}),
    ("read-timeout", {"metavar": "S", "type": float, "help": "seconds to wait for an answer"}),
)


class Hooks:
    """The hooks that this plugin offers to others."""

    @pytest.hookspec(firstresult=True)
    def pytest_imagebuilder_settings(self) -> Settings | None:
        """Give the resolved settings of the run; without an answer they are taken from the options."""

    @pytest.hookspec
    def pytest_imagebuilder_event(self, event: Event) -> None:
        """Take note of an event of the run."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Offer the hooks."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all carry the prefix --imagebuilder-."""
    group = parser.getgroup("imagebuilder", "EC2 Image Builder conformance")
    for name, details in _OPTIONS:
        dest = details.get("dest", name.replace("-", "_"))
        group.addoption(f"--imagebuilder-{name}", **{"default": None, **details, "dest": f"imagebuilder_{dest}"})


def pytest_configure(config: pytest.Config) -> None:
    """Have the suites found, whatever the user's configuration says of the names of files."""
    config.addinivalue_line("python_files", _SUITES)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Have their checks found, whatever it says of the names of functions."""
    if not module_path.match(_SUITES):
        return None

    class Suite(pytest.Module):
        def funcnamefilter(self, name: str) -> bool:
            return name.startswith("test_")

    suite: pytest.Module = Suite.from_parent(parent, path=module_path)
    return suite


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where xdist hands the items out and checks are among them: get ready before it starts workers."""
    if _is_distributed(session.config):
        from imagebuilder_conformance.running.workers.roles import take_role

        take_role(session.config)


def _is_distributed(config: pytest.Config) -> bool:
    """Whether this process is one of several that make a run. Who only has us installed does not pay for it."""
    if hasattr(config, "workerinput"):
        return "imagebuilder" in config.workerinput
    if not config.pluginmanager.hasplugin("dsession"):
        return False
    named = any("imagebuilder_conformance" in argument for argument in config.args)
    options = any(name.startswith("imagebuilder_") and value for name, value in vars(config.option).items())
    return named or options


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where checks were collected: select and order them, start the run and look whether it makes sense."""
    if "imagebuilder_conformance.checks" not in sys.modules:
        # Nobody declared a check, and finding that out must not import half of the package.
        return
    from imagebuilder_conformance.checks import check_of

    checks = {item.nodeid: found for item in items if (found := check_of(getattr(item, "function", None)))}
    if not checks:
        return
    from imagebuilder_conformance.running.workers.roles import session_of

    run = session_of(config, checks)
    if run is None:
        return
    config.stash[RUN] = run
    deselected = [item for item in items if item.nodeid in checks and not run.selects(item)]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
    items[:] = sorted((item for item in items if item not in deselected), key=run.rank)
    # A suite that can't be imported is pytest's to report; it ends the session before the first test.
    if items and not config.option.collectonly and not session.testsfailed:
        run.open(session)
        if session.shouldstop:
            # pytest asks only after the first test.
            items.clear()


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Say in the head of a run what is judged, by which revision, and which key signs."""
    run = config.stash.get(RUN, None)
    return [] if run is None else run.head()


@pytest.fixture
def imagebuilder_report(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Report]:
    """Judge a target from a test: `check_target`, with a folder for its report that a failed test names."""
    from imagebuilder_conformance.embedding import check_target

    def check(*target: Any, **options: Any) -> Report:
        folder = tmp_path_factory.mktemp("imagebuilder-report")
        report = check_target(*target, report_dir=folder, **options)
        said = f"{report.verdict_sentence}\nreport: {folder / 'report.html'}"
        request.node.add_report_section("call", "imagebuilder-conformance", said)
        return report

    return check


@pytest.fixture
def probe(request: pytest.FixtureRequest) -> None:
    """What a check works with; the plugin puts the real one in its place when the check is called."""
    if RUN not in request.config.stash:
        pytest.fail(
            "pytest -n was not told that there are checks: name imagebuilder_conformance.suites on the command line, "
            "or give one of the options --imagebuilder-…",
            pytrace=False,
        )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call a check with its probe, and turn its judgements into pytest's outcomes."""
    run = pyfuncitem.config.stash.get(RUN, None)
    if run is None or not run.owns(pyfuncitem):
        return None
    run.call(pyfuncitem)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Fold the run, whatever ended it."""
    try:
        return (yield)
    finally:
        # Not before: where there are workers, they have ended only now.
        run = session.config.stash.get(RUN, None)
        if run is not None:
            run.close(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which builds a run on AWS has started, and what removes them."""
    run = config.stash.get(RUN, None)
    for line in run.aftermath() if run is not None else ():
        terminalreporter.write_line(line)
