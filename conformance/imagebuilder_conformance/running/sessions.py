"""A run inside a pytest session: its checks are pytest's items, its verdicts pytest's outcomes."""

import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import CodeType
from typing import Any, Never, cast

import pytest

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.debug_log import bound_to, decided
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.aftermath import aftermath
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.preflight import NoVerdictError
from imagebuilder_conformance.running.selection import expect_pipelines_of_mismatches, left_out
from imagebuilder_conformance.settings import Settings, Sources, UsageError, resolve
from imagebuilder_conformance.stopping import interrupt
from imagebuilder_conformance.suites.lengths import length_of
from imagebuilder_reports.errors import ReportError, UnwritableError
from imagebuilder_reports.events import CheckFinished, Event, FailureRecord, Intent
from imagebuilder_reports.folder import claimed
from imagebuilder_reports.ledger import StartedBuilds, keep_started
from imagebuilder_reports.legible import plural, shown_in_line
from imagebuilder_reports.reading import EVENTS_FILE
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import EventWriter
from imagebuilder_reports.verdicts import Ending, Verdict

_OPTION_PREFIX = "imagebuilder_"


class CheckFailed(AssertionError):  # noqa: N818  # pytest prints the name; a failed check is no error of the suite
    """A check that broke a MUST clause."""


class CheckError(Exception):
    """A check that could not be made: the transport or the suite itself failed."""


class BrokenShouldWarning(UserWarning):
    """A check that broke a SHOULD clause."""


class RunSession:
    """Leads a run for a pytest session. `checks` are its checks by the node ids of their items."""

    _leads = True

    def __init__(
        self, config: pytest.Config, checks: Mapping[str, Check], settings: Settings, part: Part | None = None
    ) -> None:
        self._config = config
        self._checks = checks
        self._settings = settings
        self._stack = ExitStack()
        self._writer: EventWriter | None = None
        missing = left_out(checks.values()) if self._leads else ()
        self._conductor = Conductor(settings, checks.values(), self._emit, part, left_out=missing)
        try:
            expect_pipelines_of_mismatches(settings, self._conductor.contract, checks.values())
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        self._selected = {check.id for check in self._conductor.selection.checks}
        self._stopped: NoVerdictError | None = None
        self._unwritable: UnwritableError | None = None
        self._opened = False
        self._failed = 0
        self._tale: list[Event] = []
        # Racers and lanes emit from threads of their own. What is told by events, such as which exchange started an
        # image, goes by their order, which is to be that of the stream for everybody.
        self._emitting = threading.RLock()

    def head(self) -> list[str]:
        """What to know of the run before its first check, in lines for people."""
        target = self._settings.target
        facts = {"target": target.endpoint if target else "the embedded reference target", **self._settings.describe()}
        fit = self._conductor.fit
        facts |= {} if fit is None else {"revision": fit.sentence}
        return [f"imagebuilder: {name}: {shown_in_line(value)}" for name, value in facts.items()]

    def owns(self, item: pytest.Item) -> bool:
        """Whether an item is a check."""
        return item.nodeid in self._checks

    def selects(self, item: pytest.Item) -> bool:
        """Whether the run makes this check."""
        return self._checks[item.nodeid].id in self._selected

    def rank(self, item: pytest.Item) -> tuple[int | bool, ...]:
        """Where an item stands: what looks back at other traffic comes last.

        Under a budget the cheap come first, and of equally dear checks those of idempotency: they are worth most.
        What only adds to other checks comes after all that does not.
        """
        check = self._checks.get(item.nodeid)
        if check is None or self._conductor.max_executions is None:
            return (check is not None and check.last,)
        makes_do_with_first = check.shares == (SharedStart.FIRST,)
        return (
            check.last,
            check.id not in self._conductor.essential,
            check.least,
            not makes_do_with_first,
            # For shared tokens those that overlap come first, as only they need unused ones; else last, for their risk.
            check.overlaps == makes_do_with_first,
            not check.id.startswith("idempotency."),
        )

    def length(self, item: pytest.Item) -> int | None:
        """How long an item is, in exchanges; None for a check that no worker is to make."""
        check = self._checks.get(item.nodeid)
        if check is None:
            return 0
        # Each worker would start another interpreter, which takes longer than all that it is asked for.
        elsewhere = self._settings.sdk_python is not None and self._conductor.calls_sdk(check)
        alone = check.alone or check.last or elsewhere or self._settings.is_limited
        return None if alone else length_of(check.id)

    def lengths(self, items: Iterable[pytest.Item]) -> dict[str, int]:
        """The items that others may make, by their node ids, and how long each is."""
        return {item.nodeid: length for item in items if (length := self.length(item)) is not None}

    def open(self, session: pytest.Session) -> None:
        """Start the run. Where nothing can be judged the session ends with the reason.

        Raises `pytest.UsageError` where the folder of the report can't be had.
        """
        self._writer = self._fresh_writer()
        if self._settings.debug_log is not None:
            self._settings.debug_log.unlink(missing_ok=True)
        self._opened = True
        if self._settings.time_limit is not None:
            self._limit(session, self._settings.time_limit)
        try:
            self._conductor.open()
        except NoVerdictError as none:
            self._stopped = none
        except UnwritableError as error:
            self._stopped = NoVerdictError(Ending.INTERRUPTED, str(error))
        if self._stopped is not None:
            session.shouldstop = str(self._stopped)
        else:
            self._tell_order([item for item in session.items if self.owns(item)])

    def _tell_order(self, items: Sequence[pytest.Item]) -> None:
        for number, item in enumerate(items, 1):
            with bound_to(self._checks[item.nodeid].id):
                decided("its turn is %d of %d", number, len(items))

    def _limit(self, session: pytest.Session, seconds: float) -> None:
        """End the run after so many seconds, also in the midst of a check, where the main thread makes them."""
        in_main = threading.current_thread() is threading.main_thread()

        def reached() -> None:
            if not self._opened:
                return
            self._stopped = self._stopped or NoVerdictError(
                Ending.INTERRUPTED, f"the time limit of {seconds:g} seconds was reached"
            )
            session.shouldstop = str(self._stopped)
            if in_main:
                interrupt()

        timer = threading.Timer(seconds, reached)
        timer.daemon = True
        timer.start()
        self._stack.callback(timer.cancel)

    def call(self, item: pytest.Function) -> None:
        """Make the check of an item. Raises `CheckFailed`, or skips with the reason."""
        check = self._checks[item.nodeid]
        outcome = self._conductor.run(check, cast("Callable[[Probe], None]", item.obj))
        self._end_if_lost(outcome.fatal, outcome.event, item.session)
        report(outcome.event, item.obj)

    def close(self, session: pytest.Session) -> None:
        """End the run and write its last events."""
        if not self._opened:
            return
        self._opened = False
        ending, reason = self._ending(session)
        self._conductor.close(ending, reason)
        self._stack.close()

    def _fresh_writer(self) -> EventWriter | None:
        folder = self._settings.report_dir
        if folder is None:
            return None
        return self._stack.enter_context(EventWriter(fresh_stream(self._config, folder, self._stack)))

    def _end_if_lost(self, fatal: NoVerdictError | None, event: CheckFinished, session: pytest.Session) -> None:
        self._stopped = self._stopped or fatal or self._enough(event)
        if self._stopped is not None:
            session.shouldstop = str(self._stopped)

    def _enough(self, event: CheckFinished) -> NoVerdictError | None:
        """What ends the run once as many checks failed as were asked for; a broken SHOULD counts in a strict one."""
        broken = {Verdict.FAILED, *([Verdict.WARNED] if self._settings.strict else [])}
        clauses = self._conductor.selection.clauses
        self._failed += any(each.verdict in broken and each.clause in clauses for each in event.judgements)
        if self._settings.stop_after is None or self._failed < self._settings.stop_after:
            return None
        said = f"stopped after {plural(self._failed, 'failed check')}, as --stop-after asks"
        return NoVerdictError(Ending.INTERRUPTED, said)

    def _ending(self, session: pytest.Session) -> tuple[Ending, str | None]:
        if self._stopped is not None:
            return self._stopped.ending, self._stopped.reason
        if session.shouldfail:
            # pytest's --maxfail
            return Ending.INTERRUPTED, str(session.shouldfail)
        if session.exitstatus == pytest.ExitCode.INTERRUPTED or session.shouldstop:
            return Ending.INTERRUPTED, None
        if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            return Ending.INTERNAL_ERROR, "the suite itself failed"
        return Ending.COMPLETED, None

    def aftermath(self) -> list[str]:
        """What people have to know of the builds that the run started."""
        if not self._tale:
            return []
        return list(aftermath(StartedBuilds.of(fold(self._tale)), self._settings.report_dir))

    def _emit(self, event: Event) -> None:
        with self._emitting:
            if self._settings.on_aws:
                self._tale.append(event)
            self._write(event)
            self._config.hook.pytest_imagebuilder_event(event=event)

    def _write(self, event: Event) -> None:
        """Write an event where events are written.

        Where that fails the run ends, and not even the next request is sent, as nobody would know what it started.
        Raises `UnwritableError` for an intent then.
        """
        if self._writer is not None:
            try:
                self._writer.write(event)
            except UnwritableError as error:
                self._writer, self._unwritable = None, error
                self._stopped = self._stopped or NoVerdictError(Ending.INTERRUPTED, str(error))
        if self._unwritable is not None and isinstance(event, Intent):
            raise self._unwritable


def fresh_stream(config: pytest.Config, folder: Path, stack: ExitStack) -> Path:
    """Where the events go in the folder of a report, with no older ones there; the folder is claimed on the stack.

    Raises `pytest.UsageError` where the folder can't be had.
    """
    # Who gives the settings has the folder already.
    if not is_own(config):
        try:
            stack.enter_context(claimed(folder))
            keep_started(folder)
        except ReportError as error:
            raise pytest.UsageError(str(error)) from error
    events = folder / EVENTS_FILE
    events.unlink(missing_ok=True)
    return events


def is_own(config: pytest.Config) -> bool:
    """Whether the session is the command's own, which gives the settings, and not the user's."""
    return config.hook.pytest_imagebuilder_settings() is not None


def report(event: CheckFinished, test: Callable[..., object] | None = None) -> None:
    """Turn judgements into pytest's outcomes: failed, skipped with the reason, or passed with a warning.

    They point at the check's own function, `test`, where people and their tools look for them.

    Raises `CheckFailed` for a broken MUST and `CheckError` for a check that could not be made.
    """
    code = getattr(test, "__code__", report.__code__)
    broken = {judgement.clause for judgement in event.judgements if judgement.verdict is Verdict.FAILED}
    if broken:
        told = "\n\n".join(_sentence(failure) for failure in event.failures if failure.clause in broken)
        _raise_in(code, CheckFailed(told))
    for failure in event.failures:
        warning = BrokenShouldWarning(_sentence(failure))
        warnings.warn_explicit(warning, None, code.co_filename, code.co_firstlineno)
    if errors := [
        shown_in_line(judgement.reason or "") for judgement in event.judgements if judgement.verdict is Verdict.ERROR
    ]:
        _raise_in(code, CheckError("; ".join(dict.fromkeys(errors))))
    verdicts = [judgement.verdict for judgement in event.judgements]
    if Verdict.PASSED not in verdicts and Verdict.WARNED not in verdicts:
        reasons = dict.fromkeys(
            shown_in_line(f"{judgement.verdict}: {judgement.reason}") for judgement in event.judgements
        )
        _raise_in(code, pytest.skip.Exception("; ".join(reasons)))


def _raise_in(code: CodeType, error: BaseException) -> Never:
    """Raise an error as if in this code: pytest shows the innermost place that is in the file of a test."""
    place = "\n" * (code.co_firstlineno - 1) + "raise error"
    raising = compile(place, code.co_filename, "exec")
    exec(raising.replace(co_name=code.co_name, co_firstlineno=code.co_firstlineno), {"error": error})  # noqa: S102  # two words of our own
    raise error


def _sentence(failure: FailureRecord) -> str:
    said = {"expected": failure.expected, "received": failure.received, "hint": failure.hint}
    said |= {"note": failure.remark} if failure.remark else {}
    lines = [f"{failure.title} [{failure.clause}]", *(f"{name}: {text}" for name, text in said.items())]
    return "\n  ".join(map(shown_in_line, lines))


def settings_of(config: pytest.Config) -> Settings:
    """The settings of the run: those that a plugin gives, else those of the options.

    Raises `pytest.UsageError` for options that can't be used.
    """
    given: Settings | None = config.hook.pytest_imagebuilder_settings()
    return given or _from_options(config)


def _from_options(config: pytest.Config) -> Settings:
    flags: dict[str, Any] = {
        name.removeprefix(_OPTION_PREFIX): value
        for name, value in vars(config.option).items()
        if name.startswith(_OPTION_PREFIX)
    }
    if flags.pop("no_verify_ssl", None):
        flags["verify_ssl"] = False
    try:
        return resolve(Sources(flags))
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
