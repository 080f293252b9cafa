"""Of each failure type: findings that contain it, and those of a conformant twin that differs in the rule only."""

from collections.abc import Iterator
from dataclasses import replace

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.idempotency import Started, TokenModel
from imagebuilder_conformance.oracles import (
    authentication,
    denial,
    faults,
    histories,
    particular,
    refusals,
    starts,
    surroundings,
    throttling,
    used_tokens,
    well_formed,
)
from imagebuilder_conformance.oracles.declaring import Oracle
from imagebuilder_conformance.oracles.findings import Finding, Held
from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, FaultDemand
from tests.support.calls import CONTRACT, OTHER_PIPELINE, PIPELINE, REQUESTS, image, start
from tests.support.exchanges import (
    BAD_PARAMETER,
    CRASH,
    MISMATCH,
    NOT_FOUND,
    THROTTLED,
    error,
    exchange,
    invalid,
    started,
    success,
)

from .broken_answers import ANSWER_RULES
from .rules import Findings, Rule

CLAUSE = "operation.start"
SIGNATURE_FAULT = error(403, "InvalidSignatureException")


def signed(outcome: Answer | Fault) -> Findings:
    return lambda: authentication.signature_refused(exchange(outcome, reproduced=True), CLAUSE)


def signature_form(outcome: Answer) -> Findings:
    return lambda: authentication.refusal_in_form(exchange(outcome), CONTRACT, "auth.status", "auth.code")


def denied(outcome: Answer | Fault) -> Findings:
    return lambda: denial.denied(exchange(outcome, reproduced=True), denial.DENIED_CALLER)


def denial_form(outcome: Answer) -> Findings:
    return lambda: denial.denied_in_form(exchange(outcome), CONTRACT, "errors.forbidden.form")


def refused(outcome: Answer | Fault) -> Findings:
    return lambda: refusals.refused(replace(invalid(outcome), reproduced=True), CLAUSE)


def refused_malformed(outcome: Answer) -> Findings:
    malformed = start(pipeline=f"{PIPELINE}\n").breaking("arn.name.trailing-newline")
    return lambda: refusals.refused(exchange(outcome, request=malformed), CLAUSE)


def refused_without_arn(outcome: Answer) -> Findings:
    nulls = replace(start(), pipeline=None).breaking("request.null-members")
    return lambda: refusals.refused(exchange(outcome, request=nulls), CLAUSE)


def accepted(outcome: Answer, oracle: Oracle[[Exchange, str]] = starts.accepted) -> Findings:
    return lambda: oracle(exchange(outcome), CLAUSE)


def accepted_or_refused(outcome: Answer) -> Findings:
    return lambda: starts.accepted_or_refused(exchange(outcome, reproduced=True), CLAUSE)


def replayed(outcome: Answer) -> Findings:
    return lambda: starts.replay_succeeds(started(), exchange(outcome), CLAUSE)


def same_image(number: int) -> Findings:
    return lambda: starts.same_image(started(number=1), started(number=number), CLAUSE)


def distinct(outcome: Answer) -> Findings:
    return lambda: starts.distinct(started(), exchange(outcome, request=start("another")), CLAUSE, "everything")


def mismatched(outcome: Answer) -> Findings:
    other = exchange(outcome, request=start(pipeline=OTHER_PIPELINE))
    return lambda: starts.mismatch_refused(started(), other, CLAUSE)


def mismatch_named(outcome: Answer) -> Findings:
    other = exchange(outcome, request=start(pipeline=OTHER_PIPELINE))
    return lambda: starts.mismatch_named(started(), other, CLAUSE)


def word_answered(outcome: Answer) -> Findings:
    return lambda: starts.word_answered(started(), replace(exchange(outcome), kept=outcome is CRASH), CLAUSE)


def word_free_or_used(outcome: Answer) -> Findings:
    other = exchange(outcome, request=start(pipeline=OTHER_PIPELINE))
    return lambda: starts.word_free_or_used(started(), exchange(MISMATCH), other, CLAUSE)


def not_found(outcome: Answer) -> Findings:
    return lambda: starts.not_found(exchange(outcome), CLAUSE)


def off_operation(outcome: Answer) -> Findings:
    request = REQUESTS.raw(start().body, "another method", method="POST")
    return lambda: surroundings.starts_nothing(exchange(outcome, request=request), CLAUSE)


def spelled(outcome: Answer | Fault) -> Findings:
    request = REQUESTS.raw(start().body, "another case", path="/startimagepipelineexecution")
    return lambda: surroundings.spelling_matters(exchange(outcome, request=request, reproduced=True), CLAUSE)


def nested(outcome: Answer | Fault) -> Findings:
    return lambda: refusals.nesting_refused(replace(invalid(outcome), reproduced=True), CLAUSE)


def answered(outcome: Answer | Fault) -> Findings:
    return lambda: refusals.answered(replace(exchange(outcome), reproduced=True), CLAUSE)


def kept(outcome: Answer) -> Findings:
    return lambda: starts.no_error_kept(exchange(outcome, reproduced=True), CLAUSE)


def first_answered(*outcomes: Answer | Fault) -> Findings:
    return lambda: surroundings.answered_at_once(exchange(*outcomes), CLAUSE)


def throttled(outcome: Answer) -> Findings:
    return lambda: throttling.throttled_in_form(exchange(outcome), CONTRACT, "throttling.status", "throttling.code")


def recovers(outcome: Answer) -> Findings:
    return lambda: throttling.recovered(exchange(THROTTLED), exchange(outcome), CLAUSE)


def token_free(outcome: Answer) -> Findings:
    return lambda: used_tokens.token_left_free(exchange(NOT_FOUND), exchange(outcome), CLAUSE)


def hidden(busy: list[int]) -> Findings:
    return lambda: used_tokens.no_hidden_builds([1, 1, 1], busy, [1, 2, 4], (started(),), CLAUSE)


def demanded(outcome: Answer, *, after: bool = False) -> Exchange:
    """The exchange of a demanded ServiceException whose answer says that it is that."""
    demand = FaultDemand("ServiceException", after=after)
    hidden = ((IMAGE_HEADER, image(1)),) if after else ()
    raised = replace(outcome, headers=(*outcome.headers, (FAULT_HEADER, str(demand)), *hidden))
    return exchange(raised, request=start().demanding(demand))


def raised(outcome: Answer) -> Findings:
    return lambda: faults.raised_as_declared(demanded(outcome), CONTRACT, CLAUSE)


def retried(outcome: Answer) -> Findings:
    return lambda: faults.retry_recovers(demanded(CRASH, after=True), exchange(outcome), CLAUSE)


def looked_up(outcome: Answer) -> Findings:
    return lambda: well_formed.well_formed(exchange(outcome), CLAUSE)


def not_malformed(outcome: Answer) -> Findings:
    return lambda: well_formed.not_malformed(exchange(BAD_PARAMETER), exchange(outcome), CLAUSE)


def known_elsewhere(outcome: Answer) -> Findings:
    return lambda: starts.starts_no_other(exchange(outcome), CLAUSE)


def explicable(*exchanges: Exchange) -> Findings:
    return lambda: histories.explicable(exchanges, CLAUSE)


def modelled(*numbers: int) -> Findings:
    """One token started again and again, each time answered with the image of that number."""

    def judged() -> Iterator[Finding]:
        model = TokenModel()
        for number in numbers:
            surprise = model.observe("token", PIPELINE, Started(image(number)))
            if surprise is None:
                yield Held(CLAUSE)
            else:
                yield from histories.astonishing(surprise, (started(number=number),), CLAUSE)

    return judged


def at(seconds: float, outcome: Answer, token: str = "a-token") -> Exchange:
    return exchange(outcome, request=start(token), at=seconds)


RULES = (
    Rule(authentication.BadSignatureAccepted, signed(success()), signed(SIGNATURE_FAULT)),
    Rule(authentication.BadSignatureCrashes, signed(CRASH), signed(SIGNATURE_FAULT)),
    Rule(
        authentication.BadSignatureStatus,
        signature_form(error(404, "InvalidSignatureException")),
        signature_form(SIGNATURE_FAULT),
    ),
    Rule(
        authentication.BadSignatureCode,
        signature_form(error(403, "ValidationException")),
        signature_form(error(403, "AccessDeniedException")),
    ),
    Rule(denial.DeniedCallerServed, denied(success()), denied(error(400, "ClientException"))),
    Rule(denial.DenialCrashes, denied(CRASH), denied(error(403, "ForbiddenException"))),
    Rule(
        denial.DenialForm,
        denial_form(error(400, "AccessDeniedException")),
        denial_form(error(403, "AccessDeniedException")),
    ),
    Rule(faults.DemandedMisnamed, raised(error(500, "serviceException")), raised(CRASH)),
    Rule(faults.DemandedStatus, raised(error(503, "ServiceException")), raised(CRASH)),
    Rule(faults.DemandedEnvelope, raised(error(500, "ServiceException", message=None)), raised(CRASH)),
    Rule(faults.RetryRefused, retried(MISMATCH), retried(success(number=1))),
    Rule(faults.HiddenImageLost, retried(success(number=2)), retried(success(number=1))),
    Rule(
        histories.Inexplicable,
        explicable(at(0, success(number=1)), at(1, success(number=2))),
        explicable(at(0, success(number=1)), at(1, success(number=1))),
    ),
    Rule(histories.Astonishing, modelled(1, 2), modelled(1, 1)),
    Rule(
        histories.NothingStarted,
        explicable(at(0, BAD_PARAMETER), at(1, BAD_PARAMETER)),
        explicable(at(0, BAD_PARAMETER), at(1, success())),
    ),
    Rule(refusals.InvalidAccepted, refused(success()), refused(BAD_PARAMETER)),
    Rule(refusals.InvalidCrashes, refused(CRASH), refused(BAD_PARAMETER)),
    Rule(refusals.InvalidUnanswered, refused(Fault.CLOSED), refused(BAD_PARAMETER)),
    Rule(refusals.NestingCrashes, nested(CRASH), nested(BAD_PARAMETER)),
    Rule(refusals.HeavyUnanswered, answered(Fault.CLOSED), answered(CRASH)),
    Rule(refusals.InvalidPassedValidation, refused(NOT_FOUND), refused(BAD_PARAMETER)),
    # Where there is no text in the ARN's place, its pattern is not what was forgotten.
    Rule(refusals.InvalidPassedValidation, refused_without_arn(NOT_FOUND), refused_without_arn(BAD_PARAMETER)),
    Rule(refusals.InvalidLookedUp, refused_malformed(NOT_FOUND), refused_malformed(BAD_PARAMETER)),
    # A 404 without that code is a framework's own, and says nothing of a look-up.
    Rule(refusals.InvalidLookedUp, refused_malformed(NOT_FOUND), refused_malformed(error(404, None))),
    Rule(refusals.InvalidTakenForMismatch, refused(MISMATCH), refused(BAD_PARAMETER)),
    Rule(starts.ValidRefused, accepted(BAD_PARAMETER), accepted(success())),
    *(
        Rule(oracle.reports[0], accepted(BAD_PARAMETER, oracle), accepted(success(), oracle))
        for oracle in (
            particular.accepted_in_chunks,
            particular.accepted_with_query,
            particular.accepted_with_expectation,
            particular.accepted_in_absolute_form,
            particular.accepted_with_charset,
            particular.accepted_with_session_token,
            particular.accepted_with_unknown_member,
            particular.accepted_afterwards,
        )
    ),
    Rule(starts.ValidCrashes, accepted_or_refused(CRASH), accepted_or_refused(BAD_PARAMETER)),
    Rule(starts.ServerErrorKept, kept(CRASH), kept(success())),
    Rule(starts.ReplayRefused, replayed(MISMATCH), replayed(success())),
    Rule(starts.ReplayStartsAnother, same_image(2), same_image(1)),
    Rule(starts.DistinctTokensShareImage, distinct(success(number=1)), distinct(success(number=2))),
    Rule(starts.DistinctTokenTakenForUsed, distinct(MISMATCH), distinct(success(number=2))),
    Rule(starts.WordCrashes, word_answered(CRASH), word_answered(MISMATCH)),
    Rule(starts.WordTakenForUsed, word_free_or_used(MISMATCH), word_free_or_used(success())),
    Rule(starts.MismatchAccepted, mismatched(success()), mismatched(MISMATCH)),
    Rule(starts.MismatchMisnamed, mismatch_named(error(400, "ClientException")), mismatch_named(MISMATCH)),
    Rule(starts.UnknownPipelineAccepted, not_found(success()), not_found(NOT_FOUND)),
    Rule(starts.UnknownPipelineAccepted, known_elsewhere(success()), known_elsewhere(error(403))),
    Rule(starts.UnknownPipelineMisnamed, not_found(error(400, "InvalidRequestException")), not_found(NOT_FOUND)),
    Rule(surroundings.StartedOffOperation, off_operation(success()), off_operation(error(405))),
    Rule(surroundings.OtherSpellingStarted, spelled(success()), spelled(error(404, None))),
    Rule(surroundings.OtherSpellingUnanswered, spelled(CRASH), spelled(error(404, None))),
    Rule(
        surroundings.ConnectionSpoilt,
        first_answered(Fault.CLOSED, success()),
        first_answered(success()),
    ),
    Rule(throttling.ThrottlingStatus, throttled(error(503, "ThrottlingException")), throttled(THROTTLED)),
    Rule(throttling.ThrottlingCode, throttled(error(429, "ClientException")), throttled(THROTTLED)),
    Rule(throttling.NeverRecovers, recovers(THROTTLED), recovers(NOT_FOUND)),
    Rule(used_tokens.TokenUsedUp, token_free(MISMATCH), token_free(success())),
    Rule(used_tokens.HiddenBuilds, hidden([2, 3, 5]), hidden([1, 1, 1])),
    Rule(well_formed.LegalNameRefused, looked_up(BAD_PARAMETER), looked_up(NOT_FOUND)),
    Rule(
        well_formed.WellFormedTakenForMalformed,
        not_malformed(BAD_PARAMETER),
        not_malformed(NOT_FOUND),
    ),
    *ANSWER_RULES,
)
