"""Of each failure type of the passive checks: exchanges that show it, and their conformant twins."""

from dataclasses import replace

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles import (
    agreement,
    build_numbers,
    errors,
    everything,
    legality,
    successes,
)
from imagebuilder_conformance.oracles.findings import Failure
from imagebuilder_conformance.oracles.passive import PassiveCheck
from tests.support.calls import CONTRACT, OTHER_PIPELINE, PIPELINE, REQUESTS, image, start
from tests.support.exchanges import (
    BAD_PARAMETER,
    CRASH,
    JSON,
    NOT_FOUND,
    REQUEST_ID,
    answer,
    error,
    exchange,
    invalid,
    started,
    success,
)

from .rules import Findings, Rule

CONFORMANT = exchange(success())
REFUSED = exchange(BAD_PARAMETER)


def passively(
    failure: type[Failure], check: PassiveCheck, broken: Exchange | list[Exchange], kept: Exchange | list[Exchange]
) -> Rule:
    def judged(exchanges: Exchange | list[Exchange]) -> Findings:
        several = exchanges if isinstance(exchanges, list) else [exchanges]
        return lambda: check.judge(several, CONTRACT)

    return Rule(failure, judged(broken), judged(kept))


def retry_after(value: str) -> Exchange:
    return exchange(replace(CRASH, headers=(*CRASH.headers, ("Retry-After", value))))


def html(status: int) -> Answer:
    return answer(status, b"<!doctype html><title>Error</title>", ("Content-Type", "text/html"))


OTHER_METHOD = REQUESTS.raw(b"", "another method", method="GET")


def _numbered(first: int, *, missing: int) -> list[Exchange]:
    """Twelve starts with numbers in a row, then one that met a fault, after so many numbers that nobody names."""
    last = first + 12 + missing
    faulty = exchange(CRASH, request=start(f"token-{last}"), at=4.0 * last - 1)
    in_a_row = (started(f"token-{number}", number, at=4.0 * number) for number in range(first, first + 12))
    return [*in_a_row, faulty, started(f"token-{last}", last, at=4.0 * last)]


ANSWER_RULES = (
    passively(errors.WrongErrorStatus, errors.error_status, exchange(error(409, "ClientException")), REFUSED),
    passively(
        errors.WrongBadParameterStatus,
        errors.bad_parameter,
        invalid(error(422, "ClientException")),
        invalid(error(400, "ClientException")),
    ),
    passively(
        errors.WrongBadParameterCode,
        errors.bad_parameter,
        [invalid(error(400, "ResourceInUseException")), started(at=10.0)],
        invalid(BAD_PARAMETER),
    ),
    passively(
        errors.UndeclaredBadParameterCode,
        errors.bad_parameter,
        invalid(error(400, "ValidationException")),
        invalid(error(400, "InvalidRequestException")),
    ),
    passively(
        legality.LegalValueCrashes,
        legality.legal_server_error,
        [exchange(CRASH, request=replace(start(f"fresh-{number}"), instead_of="a-token")) for number in range(3)],
        [exchange(success("fresh"), request=replace(start("fresh"), instead_of="a-token"))],
    ),
    passively(
        build_numbers.BuildsBehindFaults,
        build_numbers.no_builds_behind_faults,
        [each for first in (1, 15) for each in _numbered(first, missing=1)],
        [each for first in (1, 14) for each in _numbered(first, missing=0)],
    ),
    passively(
        agreement.Contradiction,
        agreement.tokens_agree,
        [started(number=1), started(number=2)],
        [started(number=1), started(number=1)],
    ),
    passively(errors.CodeMissing, errors.error_code, exchange(error(400, None)), REFUSED),
    passively(
        errors.CodesDisagree,
        errors.error_code,
        exchange(answer(400, {"message": "m", "__type": "ServiceException"}, JSON, ("X-Amzn-ErrorType", "Client"))),
        exchange(
            answer(
                400,
                {"message": "m", "__type": "aws.imagebuilder#ClientException"},
                JSON,
                ("X-Amzn-ErrorType", "ClientException:http://internal.amazon.com/"),
            )
        ),
    ),
    passively(
        errors.CodeUnknown,
        errors.error_code_known,
        exchange(error(400, "TeapotException")),
        exchange(error(400, "ValidationException")),
    ),
    passively(
        errors.ErrorBodyNotJson,
        errors.envelope,
        exchange(answer(400, b"no", JSON, ("X-Amzn-ErrorType", "ClientException"))),
        REFUSED,
    ),
    passively(errors.MessageMissing, errors.envelope, exchange(error(400, message=None)), REFUSED),
    passively(
        errors.ErrorContentType,
        errors.envelope,
        exchange(answer(400, {"message": "m"}, ("Content-Type", "text/plain"))),
        exchange(answer(400, {"message": "m"}, ("Content-Type", "application/x-amz-json-1.1"))),
    ),
    passively(errors.Html, errors.no_html, exchange(html(404)), exchange(NOT_FOUND)),
    passively(
        errors.ClaimsToBeHtml,
        errors.no_html,
        exchange(answer(405, b"Not allowed", ("Content-Type", "text/html")), request=OTHER_METHOD),
        exchange(answer(405, b"Not allowed", ("Content-Type", "text/plain")), request=OTHER_METHOD),
    ),
    passively(
        everything.RequestIdHeaderMissing,
        everything.request_id_header,
        exchange(answer(200, {}, JSON)),
        exchange(answer(200, {}, JSON, REQUEST_ID)),
    ),
    passively(everything.AnsweredLate, everything.first_try, exchange(CRASH, success()), CONFORMANT),
    passively(
        everything.RetryStartsAnother,
        everything.retry_after_error,
        [exchange(CRASH), started(number=1), started(number=2)],
        [exchange(CRASH), started(number=1), started(number=1)],
    ),
    passively(
        everything.ErrorKept,
        everything.error_kept,
        [exchange(CRASH), exchange(success("fresh"), request=replace(start("fresh"), instead_of="a-token"))],
        [exchange(CRASH), started(), exchange(success("fresh"), request=replace(start("fresh"), instead_of="a-token"))],
    ),
    passively(errors.RetryAfterIllegible, errors.retry_after, retry_after("soon"), retry_after("120")),
    passively(
        successes.ImageShared,
        successes.images_distinct,
        [started("one", 1), replace(started("two", 1), check="another.check")],
        [started("one", 1), replace(started("one", 1), check="another.check"), started("two", 2)],
    ),
    passively(successes.WrongSuccessStatus, successes.success_status, exchange(success(status=201)), CONFORMANT),
    passively(
        successes.WrongSuccessContentType,
        successes.success_content_type,
        exchange(answer(200, {}, ("Content-Type", "text/json"))),
        exchange(answer(200, {}, ("content-type", "Application/JSON; charset=utf-8"))),
    ),
    passively(successes.NotAnObject, successes.success_body, exchange(answer(200, b"[]", JSON)), CONFORMANT),
    passively(successes.TokenNotEchoed, successes.token_echo, exchange(success("A-TOKEN")), CONFORMANT),
    passively(
        successes.MemberBreaksSchema,
        successes.image_arn,
        exchange(success(imageBuildVersionArn=f"{image(1)}\n")),
        CONFORMANT,
    ),
    passively(
        successes.MemberBreaksSchema,
        successes.request_id_length,
        exchange(success(requestId="r" * 1025)),
        exchange(success(requestId="r" * 1024)),
    ),
    passively(
        successes.ImageShared,
        successes.images_distinct,
        [started("one", 1, PIPELINE), started("two", 1, OTHER_PIPELINE)],
        [started("one", 1, PIPELINE), started("two", 2, OTHER_PIPELINE), started("one", 1, PIPELINE)],
    ),
    passively(
        successes.ImageElsewhere,
        successes.image_scope,
        exchange(success(imageBuildVersionArn=image(1).replace("us-east-1", "eu-west-1"))),
        CONFORMANT,
    ),
    passively(
        successes.RequestIdShared,
        successes.request_id_unique,
        [exchange(success("one", 1, requestId="same")), exchange(success("two", 2, requestId="same"))],
        [exchange(success("one", 1, requestId="same")), exchange(success("one", 1, requestId="same"))],
    ),
)
