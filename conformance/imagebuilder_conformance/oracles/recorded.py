"""Traffic that others recorded: what it shows of requests, without knowing what they were sent for."""

from collections.abc import Iterable

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_conformance.oracles.agreement import is_demanded, tokens_agree
from imagebuilder_conformance.oracles.everything import COMMON_CHECKS
from imagebuilder_conformance.oracles.findings import Finding, held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, PassiveCheck, passive
from imagebuilder_conformance.oracles.refusals import InvalidAccepted, InvalidLookedUp
from imagebuilder_conformance.oracles.starts import NOT_FOUND
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_spec import Contract, Family

_PATTERN = "request.image-pipeline-arn.pattern"


# Statuses that speak of something else than the parameters: who asks, for what, how often, with what size and form.
_OTHER_MATTERS = frozenset({401, 402, 403, 404, 405, 406, 408, 411, 413, 414, 415, 417, 426, 429, 431})
_OTHER_FAMILIES = (Family.AUTHENTICATION, Family.DENIAL, Family.THROTTLING, Family.UNKNOWN_OPERATION)


def speaks_of_parameters(answer: Answer | None, contract: Contract) -> bool:
    """Whether an answer to a request with a bad parameter can be held against the rules for those.

    In what order a service checks who asks, whether the pipeline exists and what the parameters are, nobody states.
    Where no status was recorded, the code has to be one for bad parameters.
    """
    if answer is None or not answer.is_client_error:
        return False
    status = known_or_none(lambda: answer.status)
    if status is None:
        return answer.code in contract.errors.family(Family.BAD_PARAMETER)
    other = set[str]().union(*map(contract.errors.family, _OTHER_FAMILIES), contract.errors.declared)
    return status not in _OTHER_MATTERS and answer.code not in other - contract.errors.family(Family.BAD_PARAMETER)


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

    def judge(exchange: Exchange) -> Iterable[Finding]:
        answer = exchange.answer
        if answer is None or exchange.request.off_operation or is_demanded(exchange):
            return ()
        breaks = read(exchange.request.body).breaks
        if answer.is_success:
            return [
                InvalidAccepted(clause, f"a client error (400), as {clause} is broken", str(answer), (exchange,))
                for clause in breaks
            ]
        if len(breaks) == 1 and speaks_of_parameters(answer, contract):
            return held(breaks[0])
        if breaks == (_PATTERN,) and answer.code == NOT_FOUND:
            expected = "a client error (400) for a malformed ARN"
            return (InvalidLookedUp(_PATTERN, expected, str(answer), (exchange,)),)
        return ()

    return judge


RECORDED_CHECKS: tuple[PassiveCheck, ...] = (*COMMON_CHECKS, invalid_refused, tokens_agree)
"""The passive checks of recorded traffic."""
