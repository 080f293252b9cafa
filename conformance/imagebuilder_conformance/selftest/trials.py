"""A trial: the suites against the reference target with one defect or one variation."""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import active_children, get_context
from typing import Protocol

from imagebuilder_conformance.extras import is_installed
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.reference.defects.registry import Defect, Variation
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.running.embedded import target_of
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.stopping import SIGNALS, end_with
from imagebuilder_conformance.target import Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite, load_contract

_BROKEN = frozenset({Verdict.FAILED, Verdict.WARNED})


class Kind(StrEnum):
    """What is tried."""

    DEFECT = "defect"
    VARIATION = "variation"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run made of a defect or a variation.

    `broken` maps each broken clause to the checks that broke it. `expected` are the clauses that may be broken:
    the one that a defect breaks, those that a variation may be warned about. `revision` is that of the contract.
    `due` is the verdict that a variation must have. `thorough` says that the run was a thorough one.
    """

    name: str
    kind: Kind
    revision: str
    sentence: str
    expected: tuple[str, ...]
    verdict: RunVerdict
    ending: Ending
    broken: dict[str, tuple[str, ...]]
    exchanges: int
    seconds: float
    due: RunVerdict = RunVerdict.CONFORMANT
    thorough: bool = False

    @property
    def outcome(self) -> str:
        """What came of it, in a word or two."""
        good, bad = ("found", "SURVIVED") if self.kind is Kind.DEFECT else ("held", "FALSE ALARM")
        return good if self.as_it_should_be else bad

    @property
    def as_it_should_be(self) -> bool:
        """Whether a defect was found by a check of its clause, or a variation left unblamed."""
        if self.kind is Kind.DEFECT:
            return all(clause in self.broken for clause in self.expected)
        return self.verdict is self.due and self.broken.keys() <= set(self.expected)


class OnTrial(Protocol):
    """Is told of each trial as it ends."""

    def __call__(self, trial: Trial) -> None:
        """Take note of a trial."""


def run_trials(names: Sequence[str], *, seed: int, workers: int, on_trial: OnTrial) -> list[Trial]:
    """Try defects and variations by name, side by side in `workers` processes; in the order of `names`.

    An interrupt ends the processes too; what was tried until then has been told to `on_trial`.
    """
    # Not forked: a fork would take over the locks of the parent's threads.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(os.getpid(),))
    try:
        futures: dict[Future[Trial], str] = {
            pool.submit(run_trial, name, seed): name for name in sorted(names, key=_quickness)
        }
        trials: dict[str, Trial] = {}
        for future in as_completed(futures):
            trials[futures[future]] = future.result()
            on_trial(future.result())
    except BaseException:
        # Before the pool lets go of them; it would wait for the trials that they are about.
        for process in active_children():
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return [trials[name] for name in names]


def _begin(parent: int) -> None:
    """Begin as a process of a self-test: a signal for all of them is the parent's to answer, and it ends them."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    end_with(parent)


def run_trial(name: str, seed: int) -> Trial:
    """Run the suites against the reference target with this defect or variation."""
    entry = find(name)
    with ReferenceServer(entry.settings(), behaviour=entry.behaviour) as server:
        gatherer = Gatherer(_settings(entry, target_of(server, name), seed))
        run_suites(gatherer)
    if not gatherer.events:
        raise RuntimeError(f"{name}: the suites could not be started; `imagebuilder-conformance run` says why")
    return _trial(entry, fold(gatherer.events))


def _quickness(name: str) -> tuple[bool, bool]:
    """The long trials come first, so that none of them is left alone at the end: a rate limit, then every suite."""
    entry = find(name)
    return entry.rate_limit is None, isinstance(entry, Defect)


def find(name: str) -> Defect | Variation:
    """The defect or variation of this name. Raises `UnknownNameError` where there is neither."""
    variations = catalogue.variations()
    return variations[name] if name in variations else catalogue.find_defect(name)


def missing_for(name: str) -> Suite | None:
    """The suite without which a defect can't be found, and that lacks its extra here; None where nothing is missing."""
    entry = find(name)
    if isinstance(entry, Variation):
        return None
    suite = load_contract(entry.revision).clauses[entry.breaks].suite
    return None if is_installed(suite) else suite


def _settings(entry: Defect | Variation, target: Target, seed: int) -> Settings:
    """A variation must hold everywhere. A defect is looked for in the area of its clause, which takes half the time."""
    if isinstance(entry, Variation):
        suites = tuple(suite for suite in entry.suites if is_installed(suite))
        return Settings(target, contract=entry.revision, suites=suites, seed=seed)
    clause = load_contract(entry.revision).clauses[entry.breaks]
    # Held back by throttling even one area would take minutes.
    slow = entry.throttles or entry.rate_limit is not None
    prefixes = ("throttling", clause.id) if slow else (clause.area,)
    return Settings(
        target,
        contract=entry.revision,
        suites=(clause.suite, Suite.THROTTLING),
        prefixes=prefixes,
        seed=seed,
        thorough=entry.thorough,
    )


def _trial(entry: Defect | Variation, report: Report) -> Trial:
    broken = [clause.id for clause in report.clauses if clause.verdict in _BROKEN]
    expected = (entry.breaks,) if isinstance(entry, Defect) else entry.warns
    return Trial(
        name=entry.name,
        kind=Kind.DEFECT if isinstance(entry, Defect) else Kind.VARIATION,
        revision=entry.revision,
        sentence=entry.sentence,
        expected=expected,
        verdict=report.verdict,
        ending=report.run.ending,
        broken={
            clause: tuple(
                check.id for check in report.checks if any(failure.clause == clause for failure in check.failures)
            )
            for clause in broken
        },
        exchanges=report.totals.exchanges,
        seconds=report.run.seconds or 0.0,
        due=RunVerdict.CONFORMANT if isinstance(entry, Defect) or entry.completes else RunVerdict.INCOMPLETE,
        thorough=isinstance(entry, Defect) and entry.thorough,
    )
