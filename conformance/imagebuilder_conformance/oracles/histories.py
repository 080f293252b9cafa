"""Overlapping exchanges: does some order explain the answers?"""

from collections.abc import Iterable, Iterator, Sequence

from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.idempotency import (
    Anomaly,
    Call,
    Kind,
    Mismatch,
    Outcome,
    Refused,
    Started,
    Surprise,
    TokenModel,
    Unknown,
    explain,
)
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import NONE, excuse_of
from imagebuilder_conformance.oracles.findings import Excused, Failure, Finding, Held
from imagebuilder_conformance.oracles.starts import MISMATCH


class Inexplicable(Failure):
    """No order in which the requests may have taken effect explains the answers."""

    code = "history.inexplicable"
    title = "No order of the requests explains the answers"
    hint = (
        "Look the token up, compare what it came with, and record it in one step: between them another request gets "
        "through."
    )


class Astonishing(Failure):
    """An answer that the sequential model of the token does not allow."""

    code = "model.surprise"
    title = "The answer does not follow from what was answered before"
    hint = "Read the exchanges in order: a token stands for its first pipeline and image, for good."


class NothingStarted(Failure):
    """Not one of the overlapping requests was a success, nor a replay after them."""

    code = "history.nothing-started"
    title = "A token that was used at the same time stays without an image"
    hint = "Give a token's lock up once its requests are over or their client is gone, so that a retry gets the image."


@oracle(Inexplicable, NothingStarted)
def explicable(exchanges: Sequence[Exchange], clause: str) -> Iterator[Finding]:
    """Some order explains the answers, and the token was given an image in the end."""
    found = explain(call for exchange in exchanges for call in calls_of(exchange))
    # That refusals leave a token free is only a recommendation, and judged by a check of its own.
    anomalies = [anomaly for anomaly in found if anomaly.kind is not Kind.MISMATCH_AFTER_REFUSAL]
    if anomalies:
        yield _inexplicable(anomalies[0], exchanges, clause)
    elif any(exchange.image for exchange in exchanges):
        yield Held(clause)
    elif judged := [exchange for exchange in exchanges if excuse_of(exchange) is None]:
        received = ", ".join(sorted({str(exchange) for exchange in judged}))
        yield NothingStarted(clause, "an image for the token", received, tuple(exchanges))
    else:
        excuses = [(excuse, exchange) for exchange in exchanges if (excuse := excuse_of(exchange))]
        # The account's own matters first: they are what helps.
        yield Excused(clause, *max(excuses, key=lambda each: each[0].is_of_the_account))


def _walk(exchanges: Sequence[Exchange], clause: str) -> Iterator[Finding]:
    """Hold exchanges against the sequential model, one after the other."""
    model = TokenModel()
    for exchange in exchanges:
        token, pipeline = exchange.request.token or "", exchange.request.pipeline or ""
        surprise = model.observe(token, pipeline, outcome_of(exchange.attempts[-1]))
        if surprise is not None:
            yield from astonishing(surprise, tuple(exchanges), clause)
            return
    yield Held(clause)


@oracle(Astonishing, excused_by=NONE, replay=_walk)
def astonishing(surprise: Surprise, exchanges: tuple[Exchange, ...], clause: str) -> Iterator[Finding]:
    """What the sequential model did not allow is a failure."""
    yield Astonishing(clause, surprise.expected, surprise.received, exchanges)


def _inexplicable(anomaly: Anomaly, exchanges: Iterable[Exchange], clause: str) -> Failure:
    involved = {call.id for call in anomaly.calls}
    evidence = tuple(exchange for exchange in exchanges if exchange.id in involved)
    received = "; ".join(f"{exchange.id}: {exchange}" for exchange in evidence)
    law, _, _ = anomaly.sentence.partition(": ")
    return Inexplicable(clause, law, received, evidence)


def calls_of(exchange: Exchange, *, parameters: str | None = None, space: str = "") -> Iterator[Call]:
    """One call for each sending: a try that failed may have taken effect as well.

    `parameters` is what the token is tied to, by default the pipeline alone; `space` where the token is of.
    """
    for attempt in exchange.attempts:
        returned = None if attempt.answer is None else attempt.at + attempt.seconds
        token, pipeline = exchange.request.token or "", parameters or exchange.request.pipeline or ""
        yield Call(exchange.id, token, pipeline, attempt.at, returned, outcome_of(attempt), space)


def outcome_of(attempt: Attempt) -> Outcome:
    """What a sending shows of its effect on the token."""
    answer = attempt.answer
    if answer is None or answer.is_server_error:
        return Unknown()
    if answer.is_success:
        return Started(answer.image) if answer.image else Unknown()
    return Mismatch() if answer.code == MISMATCH else Refused(answer.code or str(answer.status))
