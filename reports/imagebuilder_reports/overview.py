"""What every written form shows of a report: the areas in numbers, and the broken promises, the gravest first."""

import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from imagebuilder_reports.events import FailureRecord
from imagebuilder_reports.legible import plural
from imagebuilder_reports.model import CheckReport, ClauseReport, Report
from imagebuilder_reports.verdicts import Verdict

# The order in which counts are shown.
GOOD_FIRST = (
    Verdict.PASSED,
    Verdict.WARNED,
    Verdict.FAILED,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.NOT_RUN,
)


@dataclass(frozen=True, slots=True)
class Area:
    """The selected clauses of an area, such as `idempotency`, counted by verdict."""

    name: str
    counts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """A failure with the clause that it breaks and the check that found it."""

    clause: ClauseReport
    check: CheckReport
    failure: FailureRecord

    @property
    def cause(self) -> frozenset[str]:
        """The clauses that break by its cause, which tell it from other causes."""
        return frozenset({self.clause.id, *self.failure.shares})

    @property
    def answer(self) -> str | None:
        """The id of the exchange that shows it, the last one; None where there is none."""
        return self.failure.exchanges[-1].id if self.failure.exchanges else None


@dataclass(frozen=True, slots=True)
class Block:
    """What one cause or one answer breaks.

    `first` is the failure that tells the most, `others` are of other clauses or kinds, each once.
    """

    first: Broken
    others: tuple[Broken, ...] = ()

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that it breaks, each once."""
        return tuple(dict.fromkeys(each.clause.id for each in (self.first, *self.others)))

    @property
    def weight(self) -> int:
        """How many of them are of the level of the first: what is merely recommended makes no promise graver."""
        level = self.first.clause.level
        return len({each.clause.id for each in (self.first, *self.others) if each.clause.level == level})


def areas(report: Report) -> tuple[Area, ...]:
    """The areas that clauses were selected of, in the order of the contract."""
    names = dict.fromkeys(clause.area for clause in report.clauses if clause.selected)
    return tuple(Area(name, _counts(report, name)) for name in names)


def verdicts_shown(report: Report) -> tuple[Verdict, ...]:
    """The verdicts that some selected clause has, the good ones first."""
    return tuple(verdict for verdict in GOOD_FIRST if any(area.counts[verdict] for area in areas(report)))


def broken_promises(report: Report) -> tuple[Broken, ...]:
    """Every failure: MUST before SHOULD, and else in the order of the contract."""
    clauses = {clause.id: (order, clause) for order, clause in enumerate(report.clauses)}
    found = [
        Broken(clauses[failure.clause][1], check, failure) for check in report.checks for failure in check.failures
    ]
    return tuple(sorted(found, key=lambda each: (each.clause.level != "MUST", clauses[each.clause.id][0])))


def blocks(report: Report) -> tuple[Block, ...]:
    """The broken promises by cause: MUST before SHOULD, then what breaks the most such, else in the contract's order.

    A failure that the same answer shows as another one's is in its block, whether or not they have one cause: it has
    one command line to see both again.
    """
    once = {(each.clause.id, each.failure.code, each.cause): each for each in reversed(broken_promises(report))}
    found: list[Block] = []
    for each in reversed(once.values()):
        for place, block in enumerate(found):
            if each.cause == block.first.cause or (each.answer is not None and each.answer == block.first.answer):
                found[place] = Block(block.first, (*block.others, each))
                break
        else:
            found.append(Block(each))
    return tuple(sorted(found, key=lambda block: (block.first.clause.level != "MUST", -block.weight)))


def broken_title(report: Report) -> str:
    """What the list of failures is called: a recommendation that is not kept is no promise broken."""
    failed = any(clause.verdict is Verdict.FAILED for clause in report.clauses)
    return "What is broken" if failed else "What could be better"


def evidence(report: Report) -> frozenset[str]:
    """The ids of the exchanges that show why a clause failed."""
    failed = {clause.id for clause in report.clauses if clause.verdict is Verdict.FAILED}
    return frozenset(each.id for failure in report.failures if failure.clause in failed for each in failure.exchanges)


def replay_line(check: CheckReport) -> str:
    """The command that makes a check again, to be called from the report's folder."""
    return f"imagebuilder-conformance replay report.json {shlex.quote(check.id)}"


# What the record of a fault ends with that was the client's own doing.
_HUNG_UP = "the client hung up"


def first_to_mend(report: Report) -> FailureRecord | None:
    """The failure that tells the most of the first block; None where there is no choice."""
    found = blocks(report)
    return found[0].first.failure if len({clause for block in found for clause in block.clauses}) > 1 else None


def takes_more_than_curl(failure: FailureRecord) -> bool:
    """Whether no single request shows the failure again: others went before it or beside it, or a client hung up.

    A target that was started anew has forgotten those before, and answers the last one rightly.
    """
    hung_up = (each.last.fault and _HUNG_UP in each.last.fault for each in failure.exchanges)
    return len(failure.exchanges) > 1 or any(hung_up)


def is_partial(report: Report) -> bool:
    """Whether the run left out clauses of the suite `core`, which is what a run judges that was told nothing else."""
    return any(clause.suite == "core" and not clause.selected for clause in report.clauses)


def tally(report: Report) -> str:
    """How many of the clauses that the target showed something of were kept, such as `71 of 71`."""
    exercised = [clause for clause in report.clauses if clause.exercised]
    return f"{report.totals.clauses[Verdict.PASSED]} of {len(exercised)}"


def frugality(report: Report) -> str | None:
    """How many clauses were judged for each exchange and execution, such as `0.20 an exchange, 0.61 an execution`.

    None where nothing was sent or nothing judged.
    """
    judged = sum(clause.exercised for clause in report.clauses)
    taken = {"an exchange": report.totals.exchanges, "an execution": report.totals.executions}
    if report.target.recorded or not report.totals.exchanges or not judged:
        return None
    return ", ".join(f"{judged / count:.2f} {unit}" for unit, count in taken.items() if count)


def reach(report: Report) -> str | None:
    """How far back the last replay of the run's first token reached, which "passed" does not go beyond.

    None where it was not sent.
    """
    tokens, seconds = report.measured.get("retention.tokens"), report.measured.get("retention.seconds")
    if tokens is None or seconds is None:
        return None
    return f"{plural(int(tokens), 'other token')} and {seconds:.1f} s"


def _counts(report: Report, area: str) -> Mapping[Verdict, int]:
    return Counter(clause.verdict for clause in report.clauses if clause.selected and clause.area == area)
