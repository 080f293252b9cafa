"""A run inside a pytest session: its checks are pytest's items, its verdicts pytest's outcomes."""

import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.running.conductor import Conductor, Outcome
from imagebuilder_conformance.running.parts import Part
from imagebuilder_conformance.running.preflight import NoVerdictError
from imagebuilder_conformance.settings import Settings, Sources, UsageError, resolve
from imagebuilder_conformance.suites.lengths import length_of
from imagebuilder_reports.errors import UnwritableError
from imagebuilder_reports.events import CheckFinished, Event, FailureRecord
from imagebuilder_reports.folder import claimed
from imagebuilder_reports.reading import EVENTS_FILE
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

    def __init__(
        self, config: pytest.Config, checks: Mapping[str, Check], settings: Settings, part: Part | None = None
    ) -> None:
        self._config = config
        self._checks = checks
        self._settings = settings
        self._stack = ExitStack()
        self._writer: EventWriter | None = None
        self._conductor = Conductor(settings, checks.values(), self._emit, part)
        self._selected = {check.id for check in self._conductor.selection.checks}
        self._stopped: NoVerdictError | None = None
        self._opened = False

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
        alone = check.alone or check.last or self._settings.is_limited
        return None if alone else length_of(check.id)

    def open(self, session: pytest.Session) -> None:
        """Start the run. Where nothing can be judged the session ends with the reason.

        Raises `pytest.UsageError` where the folder of the report can't be had.
        """
        self._writer = self._fresh_writer()
        self._opened = True
        try:
            self._conductor.open()
        except NoVerdictError as none:
            self._stopped = none
            session.shouldstop = str(none)

    def call(self, item: pytest.Function) -> None:
        """Make the check of an item. Raises `CheckFailed`, or skips with the reason."""
        check = self._checks[item.nodeid]
        outcome = self._conductor.run(check, cast("Callable[[Probe], None]", item.obj))
        self._end_if_lost(outcome, item.session)
        report(outcome.event)

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

    def _end_if_lost(self, outcome: Outcome, session: pytest.Session) -> None:
        if outcome.fatal is not None:
            self._stopped = outcome.fatal
            session.shouldstop = str(outcome.fatal)

    def _ending(self, session: pytest.Session) -> tuple[Ending, str | None]:
        if self._stopped is not None:
            return self._stopped.ending, self._stopped.reason
        if session.exitstatus == pytest.ExitCode.INTERRUPTED or session.shouldstop:
            return Ending.INTERRUPTED, None
        if session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            return Ending.INTERNAL_ERROR, "the suite itself failed"
        return Ending.COMPLETED, None

    def _emit(self, event: Event) -> None:
        if self._writer is not None:
            self._writer.write(event)
        self._config.hook.pytest_imagebuilder_event(event=event)


def fresh_stream(config: pytest.Config, folder: Path, stack: ExitStack) -> Path:
    """Where the events go in the folder of a report, with no older ones there; the folder is claimed on the stack.

    Raises `pytest.UsageError` where the folder can't be had.
    """
    # Who gives the settings has the folder already.
    if config.hook.pytest_imagebuilder_settings() is None:
        try:
            stack.enter_context(claimed(folder))
        except UnwritableError as error:
            raise pytest.UsageError(str(error)) from error
    events = folder / EVENTS_FILE
    events.unlink(missing_ok=True)
    return events


def report(event: CheckFinished) -> None:
    """Turn a check's judgements into pytest's outcomes: failed, skipped with the reason, or passed with a warning.

    Raises `CheckFailed` for a broken MUST and `CheckError` for a check that could not be made.
    """
    broken = {judgement.clause for judgement in event.judgements if judgement.verdict is Verdict.FAILED}
    if broken:
        raise CheckFailed("\n\n".join(_sentence(failure) for failure in event.failures if failure.clause in broken))
    for failure in event.failures:
        warnings.warn(BrokenShouldWarning(_sentence(failure)), stacklevel=1)
    if errors := [judgement.reason or "" for judgement in event.judgements if judgement.verdict is Verdict.ERROR]:
        raise CheckError("; ".join(dict.fromkeys(errors)))
    verdicts = [judgement.verdict for judgement in event.judgements]
    if Verdict.PASSED not in verdicts and Verdict.WARNED not in verdicts:
        reasons = dict.fromkeys(f"{judgement.verdict}: {judgement.reason}" for judgement in event.judgements)
        pytest.skip("; ".join(reasons))


def _sentence(failure: FailureRecord) -> str:
    remark = f"\n  note: {failure.remark}" if failure.remark else ""
    return (
        f"{failure.title} [{failure.clause}]\n"
        f"  expected: {failure.expected}\n  received: {failure.received}\n  hint: {failure.hint}{remark}"
    )


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
