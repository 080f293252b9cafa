"""The comparison: of each thing that was asked, the answers of both sides, aspect by aspect."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from imagebuilder_conformance.auditing.answers.asked import ByRequest, Question, by_check, is_recorded
from imagebuilder_conformance.auditing.answers.normal import ASPECTS, NormalAnswer, Normaliser
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of
from imagebuilder_spec import Contract

# Load and accidents of the network come and go: they are no answer to what was asked.
_PASSING = frozenset({Excuse.TRANSIENT, Excuse.THROTTLED, Excuse.INTERIM})


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """Where two sides answered otherwise to the same question.

    Attributes:
        asked: The question.
        aspect: What differs, one of `ASPECTS`.
        before: The different values that side A answered, in order.
        after: Those of side B.
        exchanges: The first exchange of each side that shows it, by its id.
    """

    asked: str
    aspect: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    exchanges: tuple[str, str]


@dataclass(frozen=True, slots=True)
class AnswerComparison:
    """What came of comparing.

    Attributes:
        differences: The differences, by question.
        compared: How many questions both sides were asked.
        unpaired: The questions that only side A, and only side B, was asked.
        unrecorded: The aspects that were not compared as side A, and as side B, did not record them, with the number
            of questions.
        passing: How many answers of each side were left out: throttling, server errors and silence, which come and go.
    """

    differences: tuple[AnswerDifference, ...]
    compared: int
    unpaired: tuple[tuple[str, ...], tuple[str, ...]]
    unrecorded: tuple[Mapping[str, int], Mapping[str, int]]
    passing: tuple[int, int]


@dataclass(slots=True)
class _Side:
    """The answers of one side, by question and aspect; each value with the id of the exchange that showed it first."""

    answers: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    passing: int = 0

    def add(self, asked: str, answer: NormalAnswer, exchange: str) -> None:
        aspects = self.answers.setdefault(asked, {})
        for aspect, value in answer.aspects.items():
            aspects.setdefault(aspect, {}).setdefault(value, exchange)


def compare_answers(before: Iterable[Exchange], after: Iterable[Exchange], contract: Contract) -> AnswerComparison:
    """Compare two sides: the exchanges of each, in the order of their times."""
    ours, theirs = list(before), list(after)
    # Where one side can't say what its requests were for, both are told by the request.
    by_request = any(map(is_recorded, ours)) or any(map(is_recorded, theirs))
    sides = _side(ours, contract, by_request=by_request), _side(theirs, contract, by_request=by_request)
    common = [asked for asked in sides[0].answers if asked in sides[1].answers]
    unrecorded: tuple[dict[str, int], dict[str, int]] = {}, {}
    differences = [
        difference
        for asked in common
        for difference in _differences(asked, sides[0].answers[asked], sides[1].answers[asked], unrecorded)
    ]
    return AnswerComparison(
        differences=tuple(differences),
        compared=len(common),
        unpaired=(
            tuple(sorted(sides[0].answers.keys() - sides[1].answers.keys())),
            tuple(sorted(sides[1].answers.keys() - sides[0].answers.keys())),
        ),
        unrecorded=unrecorded,
        passing=(sides[0].passing, sides[1].passing),
    )


def _side(exchanges: Iterable[Exchange], contract: Contract, *, by_request: bool) -> _Side:
    in_order = sorted(exchanges, key=lambda each: each.ended_at)
    question: Question = ByRequest(in_order, contract) if by_request else by_check
    side, normaliser = _Side(), Normaliser(contract)
    for exchange in in_order:
        answer = normaliser.normal(exchange)
        if _is_passing(exchange):
            side.passing += 1
        else:
            side.add(question(exchange), answer, exchange.id)
    return side


def _is_passing(exchange: Exchange) -> bool:
    return known_or_none(lambda: excuse_of(exchange) in _PASSING) or False


def _differences(
    asked: str,
    ours: Mapping[str, Mapping[str, str]],
    theirs: Mapping[str, Mapping[str, str]],
    unrecorded: tuple[dict[str, int], dict[str, int]],
) -> Iterator[AnswerDifference]:
    for aspect in ASPECTS:
        values, others = ours.get(aspect, {}), theirs.get(aspect, {})
        for side, found in zip(unrecorded, (values, others), strict=True):
            if not found:
                side[aspect] = side.get(aspect, 0) + 1
        if values and others and values.keys() != others.keys():
            shown = _telling(values, others), _telling(others, values)
            yield AnswerDifference(asked, aspect, tuple(values), tuple(others), shown)


def _telling(values: Mapping[str, str], others: Mapping[str, str]) -> str:
    """The exchange with the first value that the other side does not have, or else the first one."""
    return next((values[value] for value in values if value not in others), next(iter(values.values())))
