"""Right answers to look at, made by the reference target: what a broken clause wants may be put in many ways.

Which of them fits a clause is read from the failures that are reported of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from starlette.datastructures import Headers

from imagebuilder_conformance.explaining.mistakes import mistakes_of
from imagebuilder_conformance.oracles import errors, everything, refusals, starts, successes, surroundings, well_formed
from imagebuilder_conformance.oracles.findings import Failure
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome
from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES, Settings
from imagebuilder_reports.explanation import Item, Section
from imagebuilder_spec import load_contract

# One id for all of them, so that a page is the same whenever it is made.
_REQUEST_ID = "7a0b8a38-4b1f-4f0c-9a3e-2f6f6e2f5c11"


class _Nowhere:
    """What no call comes on."""

    def is_closing(self) -> bool:
        """It is open."""
        return False

    def abort(self) -> None:
        """There is nothing to drop."""


@dataclass(frozen=True, slots=True)
class _Situation:
    """What is answered, in words, by which step of the target, and the failures of whoever answers otherwise."""

    words: str
    answer: Callable[[Behaviour], Answer]
    missed_by: tuple[type[Failure], ...]


def right_answers(revision: str, clause: str) -> Iterator[Section]:
    """A right answer to each kind of request that a clause is about."""
    mistakes = set(mistakes_of(clause))
    for situation in _SITUATIONS:
        if mistakes.intersection(situation.missed_by):
            yield _section(revision, situation)


@cache
def _section(revision: str, situation: _Situation) -> Section:
    answer = situation.answer(Behaviour(Settings(contract=load_contract(revision))))
    headers = (Item(name, value) for name, value in answer.headers.items())
    return Section(
        f"A right answer to {situation.words}",
        (Item("status", str(answer.status)), *headers, Item("body", answer.body.decode())),
        lead="As the command serve answers it. Yours may differ where the clause leaves it open.",
        code=True,
    )


def _call(target: Behaviour, *, method: str | None = None, body: bytes = b"") -> Call:
    operation = target.operation
    return Call(
        method=method or operation.method,
        path=operation.path,
        query="",
        headers=Headers(),
        body=body,
        oversized=False,
        request_id=_REQUEST_ID,
        connection=_Nowhere(),
    )


def _refusal(target: Behaviour, call: Call, step: Callable[[], object]) -> Answer:
    try:
        step()
    except Fault as fault:
        return target.refuse(call, fault)
    raise AssertionError("the reference target refuses this")


def _success(target: Behaviour) -> Answer:
    call = _call(target, body=_body("a-token", DEFAULT_PIPELINES[0]))
    request = target.read(call)
    execution = Execution(request, target.image_arn(target.find(request)), call.request_id)
    return target.succeed(call, Outcome(request, execution, replayed=False))


def _invalid(target: Behaviour) -> Answer:
    call = _call(target, body=_body("", DEFAULT_PIPELINES[0]))
    return _refusal(target, call, lambda: target.read(call))


def _unknown(target: Behaviour) -> Answer:
    call = _call(target, body=_body("a-token", f"{DEFAULT_PIPELINES[0]}-unknown"))
    return _refusal(target, call, lambda: target.find(target.read(call)))


def _mismatch(target: Behaviour) -> Answer:
    return target.refuse(_call(target), target.mismatch())


def _elsewhere(target: Behaviour) -> Answer:
    call = _call(target, method="DELETE")
    return _refusal(target, call, lambda: target.dispatch(call))


def _body(token: str, pipeline: str) -> bytes:
    return f'{{"clientToken": "{token}", "imagePipelineArn": "{pipeline}"}}'.encode()


_SITUATIONS = (
    _Situation(
        "a valid request",
        _success,
        (
            starts.ValidRefused,
            starts.ValidCrashes,
            starts.ReplayRefused,
            everything.RequestIdHeaderMissing,
            successes.WrongSuccessStatus,
            successes.WrongSuccessContentType,
            successes.NotAnObject,
            successes.TokenNotEchoed,
            successes.MemberBreaksSchema,
            successes.ImageElsewhere,
            successes.RequestIdShared,
        ),
    ),
    _Situation(
        "an invalid request, here one with an empty clientToken",
        _invalid,
        (
            refusals.InvalidAccepted,
            refusals.HeavyUnanswered,
            errors.WrongBadParameterStatus,
            errors.WrongBadParameterCode,
            errors.UndeclaredBadParameterCode,
            errors.CodeMissing,
            errors.CodesDisagree,
            errors.CodeUnknown,
            errors.ErrorBodyNotJson,
            errors.MessageMissing,
            errors.ErrorContentType,
        ),
    ),
    _Situation(
        "a well-formed ARN of a pipeline that does not exist",
        _unknown,
        (
            starts.UnknownPipelineAccepted,
            starts.UnknownPipelineMisnamed,
            well_formed.LegalNameRefused,
            well_formed.WellFormedTakenForMalformed,
        ),
    ),
    _Situation(
        "a used token with another pipeline",
        _mismatch,
        (starts.MismatchAccepted, starts.MismatchMisnamed),
    ),
    _Situation(
        "a method that is not the operation's, here DELETE",
        _elsewhere,
        (surroundings.StartedOffOperation, surroundings.OtherSpellingUnanswered, errors.Html, errors.ClaimsToBeHtml),
    ),
)
