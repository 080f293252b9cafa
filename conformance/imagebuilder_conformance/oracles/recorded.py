"""Traffic that others recorded: what it shows of requests and tokens, without knowing what it was sent for.

A recording need not be whole: other clients may have used the target, and tokens may be older than it. So nothing is
made of what is missing, and an answer is blamed only if no traffic that was not recorded can explain it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from imagebuilder_conformance.client.messages import Answer, Exchange
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME, Anomaly, Call, HistoryChecker, Kind, Mismatch, Started
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.histories import calls_of
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, PassiveCheck, passive
from imagebuilder_conformance.oracles.refusals import InvalidAccepted, InvalidLookedUp
from imagebuilder_conformance.oracles.starts import NOT_FOUND
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import FAULT_HEADER, Contract, Family

_PATTERN = "request.image-pipeline-arn.pattern"
_SAME_IMAGE, _SUCCEEDS = "idempotency.replay.same-image", "idempotency.replay.succeeds"
_MISMATCH, _MISMATCH_CODE = "idempotency.mismatch.refused", "errors.idempotent-parameter-mismatch.code"
_DUPLICATES, _RACE = "idempotency.concurrent.duplicates", "idempotency.concurrent.mismatch"
_OTHER_TAGS, _DISTINCT, _START = "idempotency.mismatch.tags", "idempotency.token.distinct", "operation.start"

# Between a pipeline and the other parameters; no ARN that follows the pattern has two colons in a row.
_AND = ":: with "

# Statuses that speak of something else than the parameters: who asks, for what, how often, with what size and form.
_OTHER_MATTERS = frozenset({401, 402, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 426, 429, 431})
_OTHER_FAMILIES = (Family.AUTHENTICATION, Family.DENIAL, Family.THROTTLING, Family.UNKNOWN_OPERATION)


class Contradiction(Failure):
    """Two answers to a token can't both be right, whatever else was sent."""

    code = "recorded.contradiction"
    title = "Two answers contradict each other"
    hint = "A token stands for its first parameters and its image; look it up and record it in one step."


def speaks_of_parameters(answer: Answer | None, contract: Contract) -> bool:
    """Whether an answer to a request with a bad parameter can be held against the rules for those.

    In what order a service checks who asks, whether the pipeline exists and what the parameters are, nobody states.
    """
    if answer is None or not answer.is_client_error or answer.status in _OTHER_MATTERS:
        return False
    other = set[str]().union(*map(contract.errors.family, _OTHER_FAMILIES), contract.errors.declared)
    return answer.code not in other - contract.errors.family(Family.BAD_PARAMETER)


@passive(
    "answers.to-invalid-requests",
    "request.client-token.required",
    "request.client-token.null",
    "request.client-token.type",
    "request.client-token.min-length",
    "request.client-token.max-length",
    "request.image-pipeline-arn.required",
    "request.image-pipeline-arn.null",
    "request.image-pipeline-arn.type",
    _PATTERN,
    "request.body.json",
    "request.body.object",
    "request.body.empty",
    "request.tags.type",
    "request.tags.min-entries",
    "request.tags.max-entries",
    "request.tags.key-min-length",
    "request.tags.key-max-length",
    "request.tags.key-pattern",
    "request.tags.value-type",
    "request.tags.value-max-length",
    stimuli=(),
)
def invalid_refused(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """A request that breaks the contract is refused, whoever sent it."""
    read = body_reader(contract)

    def judge(exchange: Exchange) -> Iterator[Finding]:
        answer = exchange.answer
        if answer is None or exchange.request.off_operation or _is_demanded(exchange):
            return
        breaks = read(exchange.request.body).breaks
        if answer.is_success:
            for clause in breaks:
                yield InvalidAccepted(clause, f"a client error (400), as {clause} is broken", str(answer), (exchange,))
        elif len(breaks) == 1 and speaks_of_parameters(answer, contract):
            yield Held(breaks[0])
        elif breaks == (_PATTERN,) and answer.code == NOT_FOUND:
            yield InvalidLookedUp(_PATTERN, "a client error (400) for a malformed ARN", str(answer), (exchange,))

    return judge


@passive(
    "answers.to-tokens",
    _START,
    _SAME_IMAGE,
    _SUCCEEDS,
    _MISMATCH,
    _MISMATCH_CODE,
    _DUPLICATES,
    _RACE,
    _OTHER_TAGS,
    _DISTINCT,
    stimuli=(),
)
def tokens_agree(contract: Contract, memory: Memory) -> Judge:
    """The answers to a token agree on one image, and on the parameters that it stands for."""
    checker = HistoryChecker(memory.table, lifetime=TOKEN_LIFETIME, remember=False)
    kept = memory.exchanges()
    parameters = _parameters_by(contract)

    def judge(exchange: Exchange) -> Iterator[Finding]:
        tied_to = parameters(exchange)
        if tied_to is None:
            return
        for call in calls_of(exchange, parameters=tied_to, space=token_space(exchange.request.pipeline or "")):
            first = checker.first_success(call)
            anomalies = checker.add(call)
            if checker.holds(call):
                kept[exchange.id] = exchange
            for anomaly in anomalies:
                yield from contradiction(anomaly, [kept.get(each.id, exchange) for each in anomaly.calls], contract)
            if not anomalies:
                yield from kept_by(first, call)

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
        if request.token is None or request.pipeline is None or request.off_operation or _is_demanded(exchange):
            return None
        reading = read(request.body)
        if reading.members is None or reading.breaks or reading.members.keys() - known:
            return None
        return _described(reading.members)

    return parameters


def _is_demanded(exchange: Exchange) -> bool:
    """Whether an answer is a fault that its request had demanded: it says nothing of the token or the parameters."""
    answers = (attempt.answer for attempt in exchange.attempts)
    return any(answer is not None and answer.header(FAULT_HEADER) is not None for answer in answers)


def _described(members: Mapping[str, Any]) -> str:
    more = {name: member for name, member in members.items() if name not in {"clientToken", "imagePipelineArn"}}
    pipeline = str(members["imagePipelineArn"])
    return f"{pipeline}{_AND}{json.dumps(more, sort_keys=True)}" if more else pipeline


def contradiction(anomaly: Anomaly, evidence: Sequence[Exchange], contract: Contract) -> Iterator[Failure]:
    """What two answers that exclude each other break, if the contract has a clause for it."""
    clause = _clause(anomaly)
    # Two pipelines with one image are told by `answers.images-distinct`.
    told = anomaly.kind is Kind.IMAGE_SHARED and len({each.request.pipeline for each in evidence}) > 1
    if clause is None or told or clause not in contract.clauses:
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
        Kind.IMAGE_SHARED: _DISTINCT,
        Kind.MISMATCH_FOR_OWNER: _SUCCEEDS,
    }
    return clauses.get(anomaly.kind)


def kept_by(first: Call | None, call: Call) -> Iterator[Finding]:
    """What an answer shows that contradicts nothing, given the first success of its token."""
    if isinstance(call.outcome, Started):
        yield Held(_START)
        if first is None:
            yield Held(_DISTINCT)
        elif first.pipeline == call.pipeline and first.outcome == call.outcome:
            # Tools' times are too coarse to claim that calls were concurrent and that this promise was kept.
            yield from (Held(_SAME_IMAGE), Held(_SUCCEEDS))
    elif isinstance(call.outcome, Mismatch) and first is not None and first.pipeline != call.pipeline:
        yield Held(_OTHER_TAGS if _one_pipeline(first, call) else _MISMATCH)
        yield Held(_MISMATCH_CODE)


def _one_pipeline(one: Call, other: Call) -> bool:
    return one.pipeline.partition(_AND)[0] == other.pipeline.partition(_AND)[0]


def _overlap(one: Call, other: Call) -> bool:
    return one.invoked <= other.deadline and other.invoked <= one.deadline


RECORDED_CHECKS: tuple[PassiveCheck, ...] = (*PASSIVE_CHECKS, invalid_refused, tokens_agree)
"""The passive checks of a run, and those of recorded traffic."""
