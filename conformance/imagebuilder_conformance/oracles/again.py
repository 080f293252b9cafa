"""Judges exchanges that show a recorded failure when they are made again: each by the oracle that had found it."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import TokenModel
from imagebuilder_conformance.oracles.authentication import (
    BadSignatureAccepted,
    BadSignatureCode,
    BadSignatureCrashes,
    BadSignatureStatus,
    refusal_in_form,
    signature_refused,
)
from imagebuilder_conformance.oracles.denial import (
    DenialCrashes,
    DenialForm,
    DeniedCallerServed,
    denied,
    denied_in_form,
)
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.faults import (
    DemandedEnvelope,
    DemandedMisnamed,
    DemandedStatus,
    HiddenImageLost,
    RetryRefused,
    raised_as_declared,
    retry_recovers,
)
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.histories import (
    Astonishing,
    Inexplicable,
    NothingStarted,
    astonishing,
    explicable,
    outcome_of,
)
from imagebuilder_conformance.oracles.recorded import Contradiction
from imagebuilder_conformance.oracles.refusals import (
    InvalidAccepted,
    InvalidCrashes,
    InvalidLookedUp,
    InvalidTakenForMismatch,
    InvalidUnanswered,
    refused,
)
from imagebuilder_conformance.oracles.sdk import SDK_FAILURES
from imagebuilder_conformance.oracles.starts import (
    DistinctTokensShareImage,
    DistinctTokenTakenForUsed,
    MismatchAccepted,
    MismatchMisnamed,
    ReplayRefused,
    ReplayStartsAnother,
    UnknownPipelineAccepted,
    UnknownPipelineMisnamed,
    ValidCrashes,
    ValidRefused,
    accepted,
    accepted_or_refused,
    distinct,
    mismatch_named,
    mismatch_refused,
    not_found,
    replay_succeeds,
    same_image,
)
from imagebuilder_conformance.oracles.surroundings import (
    ConnectionSpoilt,
    StartedOffOperation,
    answered_at_once,
    starts_nothing,
)
from imagebuilder_conformance.oracles.throttling import NeverRecovers, ThrottlingCode, ThrottlingStatus
from imagebuilder_conformance.oracles.used_tokens import HiddenBuilds, TokenUsedUp, token_left_free
from imagebuilder_conformance.oracles.well_formed import (
    LegalNameRefused,
    WellFormedTakenForMalformed,
    not_malformed,
    well_formed,
)
from imagebuilder_spec import Contract


class CannotJudgeError(Exception):
    """The exchanges do not show the failure by themselves; the message is a sentence for people."""


def judge_again(
    check: str, failure: str, clause: str, exchanges: Sequence[Exchange], contract: Contract
) -> list[Finding]:
    """What the oracle that had found a failure, by its code, finds of `clause` in exchanges like those recorded.

    Raises:
        CannotJudgeError: There is no such oracle, or the exchanges are not such as it judges.
    """
    return [finding for finding in _findings(check, failure, clause, exchanges, contract) if finding.clause == clause]


def expect_judgeable(check: str, failure: str, count: int) -> None:
    """See, before anything is sent, whether `count` exchanges can show such a failure.

    Raises:
        CannotJudgeError: They can't.
    """
    if failure in _NOT_BY_THEMSELVES:
        raise CannotJudgeError(_NOT_BY_THEMSELVES[failure])
    if check not in _PASSIVE and failure not in _EACH and failure not in _PAIRS and failure not in _HISTORIES:
        raise CannotJudgeError(f"this version of the suite knows no failure {failure}")
    if not count or (check not in _PASSIVE and count != _EXPECTED.get(failure, count)):
        raise CannotJudgeError(f"the report has {count} exchanges of it, which is not what shows such a failure")


def _findings(
    check: str, failure: str, clause: str, exchanges: Sequence[Exchange], contract: Contract
) -> Iterator[Finding]:
    expect_judgeable(check, failure, len(exchanges))
    if check in _PASSIVE:
        yield from _PASSIVE[check].judge(exchanges, contract)
    elif failure in _EACH:
        yield from _EACH[failure](exchanges[0], clause, contract)
    elif failure in _PAIRS:
        yield from _PAIRS[failure](exchanges[0], exchanges[1], clause)
    else:
        yield from _HISTORIES[failure](exchanges, clause)


def _replay(original: Exchange, replay: Exchange, clause: str) -> Iterator[Finding]:
    yield from replay_succeeds(original, replay, clause)
    yield from same_image(original, replay, clause)


def _walk(exchanges: Sequence[Exchange], clause: str) -> Iterator[Finding]:
    model = TokenModel()
    for exchange in exchanges:
        token, pipeline = exchange.request.token or "", exchange.request.pipeline or ""
        surprise = model.observe(token, pipeline, outcome_of(exchange.attempts[-1]))
        if surprise is not None:
            yield from astonishing(surprise, tuple(exchanges), clause)
            return
    yield Held(clause)


_Each = Callable[[Exchange, str, Contract], Iterator[Finding]]
_Pair = Callable[[Exchange, Exchange, str], Iterator[Finding]]
_History = Callable[[Sequence[Exchange], str], Iterator[Finding]]


def _by_code(
    *rows: tuple[Callable[..., Iterator[Finding]], tuple[type[Failure], ...]],
) -> dict[str, Callable[..., Iterator[Finding]]]:
    return {kind.code: oracle for oracle, kinds in rows for kind in kinds}


_PASSIVE = {check.id: check for check in PASSIVE_CHECKS}
_EACH: Mapping[str, _Each] = _by_code(
    (lambda exchange, clause, _: accepted(exchange, clause), (ValidRefused,)),
    (lambda exchange, clause, _: accepted_or_refused(exchange, clause), (ValidCrashes,)),
    (lambda exchange, clause, _: not_found(exchange, clause), (UnknownPipelineAccepted, UnknownPipelineMisnamed)),
    (
        lambda exchange, clause, _: refused(exchange, clause),
        (InvalidAccepted, InvalidCrashes, InvalidUnanswered, InvalidLookedUp, InvalidTakenForMismatch),
    ),
    (lambda exchange, clause, _: well_formed(exchange, clause), (LegalNameRefused,)),
    (lambda exchange, clause, _: starts_nothing(exchange, clause), (StartedOffOperation,)),
    (lambda exchange, clause, _: answered_at_once(exchange, clause), (ConnectionSpoilt,)),
    (lambda exchange, clause, _: denied(exchange, clause), (DeniedCallerServed, DenialCrashes)),
    (lambda exchange, clause, contract: denied_in_form(exchange, contract, clause), (DenialForm,)),
    (lambda exchange, clause, _: signature_refused(exchange, clause), (BadSignatureAccepted, BadSignatureCrashes)),
    (
        lambda exchange, clause, contract: refusal_in_form(exchange, contract, clause, clause),
        (BadSignatureStatus, BadSignatureCode),
    ),
    (
        lambda exchange, clause, contract: raised_as_declared(exchange, contract, clause),
        (DemandedMisnamed, DemandedStatus, DemandedEnvelope),
    ),
)
_PAIRS: Mapping[str, _Pair] = _by_code(
    (_replay, (ReplayRefused, ReplayStartsAnother)),
    (
        lambda first, second, clause: distinct(first, second, clause, "its text"),
        (DistinctTokensShareImage, DistinctTokenTakenForUsed),
    ),
    (mismatch_refused, (MismatchAccepted,)),
    (mismatch_named, (MismatchMisnamed,)),
    (token_left_free, (TokenUsedUp,)),
    (retry_recovers, (RetryRefused, HiddenImageLost)),
    (lambda malformed, exchange, clause: not_malformed(exchange, malformed, clause), (WellFormedTakenForMalformed,)),
)
_HISTORIES: Mapping[str, _History] = _by_code((explicable, (Inexplicable, NothingStarted)), (_walk, (Astonishing,)))
_EXPECTED = dict.fromkeys(_EACH, 1) | dict.fromkeys(_PAIRS, 2)

# The exchanges of the report are not all that it takes to show these.
_NOT_BY_THEMSELVES: Mapping[str, str] = {
    HiddenBuilds.code: "it shows only among requests that are not in the report",
    Contradiction.code: "it shows only among requests that others sent and recorded",
    **dict.fromkeys(
        (ThrottlingStatus.code, ThrottlingCode.code, NeverRecovers.code),
        "it takes a burst of requests, which is not in the report",
    ),
    **dict.fromkeys((each.code for each in SDK_FAILURES), "it takes an AWS SDK to show it"),
}
