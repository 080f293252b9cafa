"""The answers to a token agree, whoever sent the requests and whatever for: one image, and one set of parameters.

In a run it judges what has come however a check ended; in recordings and soaks there is nobody else. A recording need
not be whole: other clients may have used the target, and tokens may be older than it. So nothing is made of what is
missing, and an answer is blamed only if no traffic that was not recorded can explain it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import NotRecordedError
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME, Anomaly, Call, HistoryChecker, Kind, Mismatch, Started
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import NONE
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held, held
from imagebuilder_conformance.oracles.histories import calls_of
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, passive
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import FAULT_HEADER, Contract

_SAME_IMAGE, _SUCCEEDS = "idempotency.replay.same-image", "idempotency.replay.succeeds"
_MISMATCH, _MISMATCH_CODE = "idempotency.mismatch.refused", "errors.idempotent-parameter-mismatch.code"
_DUPLICATES, _RACE = "idempotency.concurrent.duplicates", "idempotency.concurrent.mismatch"
_OTHER_TAGS, _DISTINCT, _START = "idempotency.mismatch.tags", "idempotency.token.distinct", "operation.start"

# Between a pipeline and the other parameters; no ARN that follows the pattern has two colons in a row.
_AND = ":: with "


class Contradiction(Failure):
    """Two answers to a token can't both be right, whatever else was sent."""

    code = "recorded.contradiction"
    title = "Two answers contradict each other"
    hint = "A token stands for its first parameters and its image; look it up and record it in one step."


_BROKEN = (_SAME_IMAGE, _SUCCEEDS, _MISMATCH, _DUPLICATES, _RACE, _OTHER_TAGS)
"""What contradictions break."""


@passive("answers.to-tokens", _START, *_BROKEN, _MISMATCH_CODE, _DISTINCT, stimuli=())
def tokens_agree(contract: Contract, memory: Memory) -> Judge:
    """The answers to a token agree on one image, and on the parameters that it stands for."""
    return _judge_of(contract, memory, holds=True)


@passive("answers.to-tokens", *_BROKEN, stimuli=(), residual=True)
def no_contradictions(contract: Contract, memory: Memory) -> Judge:
    """No two answers to a token contradict each other, however the check ended that had asked for them.

    Kept beside the checks that ask for it: one that ends before it has judged would lose the proof. That the answers
    agree is for those to say, which know what they asked.
    """
    return _judge_of(contract, memory, holds=False)


def _judge_of(contract: Contract, memory: Memory, *, holds: bool) -> Judge:
    # Two tokens with one image `answers.images-distinct` tells.
    checker = HistoryChecker(memory.table, lifetime=TOKEN_LIFETIME, remember=False, shared=False)
    kept = memory.archive
    parameters = _parameters_by(contract)

    def judge(exchange: Exchange) -> Iterable[Finding]:
        tied_to = parameters(exchange)
        if tied_to is None:
            return ()
        space = token_space(exchange.request.pipeline or "")
        found: list[Finding] = []
        for call in calls_of(exchange, parameters=tied_to, space=space):
            anomalies, first, is_held = checker.take(call)
            if is_held:
                kept.keep(exchange)
            for anomaly in anomalies:
                evidence = [kept.get(each.id) or exchange for each in anomaly.calls]
                found += contradiction(anomaly, evidence, contract)
            if holds and not anomalies:
                found += kept_by(first, call)
        return found

    return judge


def _parameters_by(contract: Contract) -> Callable[[Exchange], str | None]:
    """What tells the parameters that tie a token down, or None where a request says nothing of its token.

    That is so if it is invalid, and if it has members that the contract does not know: nobody can tell whether the
    target takes them for parameters.
    """
    read = body_reader(contract)
    known = contract.request_schema["properties"].keys()

    def parameters(exchange: Exchange) -> str | None:
        request = exchange.request
        if request.token is None or request.pipeline is None or request.off_operation or is_demanded(exchange):
            return None
        reading = read(request.body)
        if reading.members is None or reading.breaks or reading.members.keys() - known:
            return None
        return _described(reading.members)

    return parameters


def is_demanded(exchange: Exchange) -> bool:
    """Whether an answer is a fault that its request had demanded: it says nothing of the token or the parameters.

    Where no headers were recorded, nothing says that one was.
    """
    for attempt in exchange.attempts:
        answer = attempt.answer
        try:
            if answer is not None and answer.header(FAULT_HEADER) is not None:
                return True
        except NotRecordedError:
            continue
    return False


def _described(members: Mapping[str, Any]) -> str:
    more = {name: member for name, member in members.items() if name not in {"clientToken", "imagePipelineArn"}}
    pipeline = str(members["imagePipelineArn"])
    return f"{pipeline}{_AND}{json.dumps(more, sort_keys=True)}" if more else pipeline


@oracle(Contradiction, excused_by=NONE, replay="it shows only among requests that others sent and recorded")
def contradiction(anomaly: Anomaly, evidence: Sequence[Exchange], contract: Contract) -> Iterator[Finding]:
    """What two answers that exclude each other break, if the contract has a clause for it."""
    clause = _clause(anomaly)
    if clause is None or clause not in contract.clauses:
        return
    law, _, _ = anomaly.sentence.partition(": ")
    received = "; ".join(f"{exchange.id}: {exchange}" for exchange in evidence)
    yield Contradiction(clause, law, received, tuple(evidence))


def _clause(anomaly: Anomaly) -> str | None:
    """The clause that a contradiction breaks, or None for what only a whole history could show."""
    first, second = anomaly.calls[0], anomaly.calls[-1]
    overlapping = _overlap(first, second)
    other = _RACE if overlapping else _MISMATCH
    if _one_pipeline(first, second):
        other = _OTHER_TAGS
    clauses: Mapping[Kind, str] = {
        Kind.TWO_IMAGES: _DUPLICATES if overlapping else _SAME_IMAGE,
        Kind.TWO_OWNERS: other,
        Kind.ACCEPTED_FOR_OTHER: other,
        Kind.MISMATCH_FOR_OWNER: _SUCCEEDS,
    }
    return clauses.get(anomaly.kind)


def kept_by(first: Call | None, call: Call) -> Iterable[Finding]:
    """What an answer shows that contradicts nothing, given the first success of its token."""
    if isinstance(call.outcome, Started):
        if first is None:
            return _FIRST
        # Tools' times are too coarse to claim that calls were concurrent and that this promise was kept.
        return _REPLAYED if first.pipeline == call.pipeline and first.outcome == call.outcome else _STARTED
    if isinstance(call.outcome, Mismatch) and first is not None and first.pipeline != call.pipeline:
        return Held(_OTHER_TAGS if _one_pipeline(first, call) else _MISMATCH), Held(_MISMATCH_CODE)
    return ()


_STARTED = held(_START)
_FIRST = *_STARTED, *held(_DISTINCT)
_REPLAYED = *_STARTED, *held(_SAME_IMAGE), *held(_SUCCEEDS)


def _one_pipeline(one: Call, other: Call) -> bool:
    return one.pipeline.partition(_AND)[0] == other.pipeline.partition(_AND)[0]


def _overlap(one: Call, other: Call) -> bool:
    return one.invoked <= other.deadline and other.invoked <= one.deadline
