import pytest

from imagebuilder_conformance.client.answers import Answer
from tests.support.calls import CONTRACT
from tests.support.exchanges import JSON, answer

CODE = "ResourceNotFoundException"


def status_clause(code: str) -> str:
    return f"errors.{CONTRACT.errors.declared[code].words}.status"


def refused(*headers: tuple[str, str], **members: object) -> Answer:
    return answer(404, members, JSON, *headers)


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        f"{CODE}:",
        f"{CODE}:http://internal.amazon.com/coral/com.amazon.coral.validate/",
        f"aws.protocoltests.restjson#{CODE}",
        f"aws.protocoltests.restjson#{CODE}:http://internal.amazon.com/coral/",
        f"com.amazonaws.imagebuilder#{CODE}",
        f" {CODE} ",
    ],
)
@pytest.mark.parametrize("place", ["header", "code", "Code", "__type"])
def test_a_code_is_bared_of_namespace_and_uri_wherever_it_stands(written: str, place: str) -> None:
    named = refused(("X-Amzn-ErrorType", written)) if place == "header" else refused(**{place: written})
    assert named.code == CODE


@pytest.mark.parametrize("header", ["x-amzn-errortype", "X-Amzn-ErrorType", "X-AMZN-ERRORTYPE"])
def test_the_header_is_found_in_any_case(header: str) -> None:
    assert refused((header, CODE)).code == CODE


def test_the_header_comes_before_the_body() -> None:
    both = refused(("X-Amzn-ErrorType", CODE), __type="ClientException")
    assert (both.code, both.header_code, both.body_code) == (CODE, CODE, "ClientException")


def test_in_the_body_code_comes_before_type() -> None:
    assert refused(__type="ServiceException", code=CODE).code == CODE
    assert refused(__type="ServiceException", Code=CODE).code == CODE


@pytest.mark.parametrize("members", [{}, {"code": ""}, {"code": None}, {"code": 404}, {"code": {"name": CODE}}])
def test_what_is_no_text_is_no_code(members: dict[str, object]) -> None:
    assert refused(**members).code is None


@pytest.mark.parametrize("written", ["", ":", "#", "  ", "name#", ":http://x"])
def test_an_empty_header_is_no_code_and_the_body_is_asked(written: str) -> None:
    assert refused(("X-Amzn-ErrorType", written)).code is None
    assert refused(("X-Amzn-ErrorType", written), code=CODE).code == CODE


@pytest.mark.parametrize("body", [b"", b"text", b"[]", b'"code"', b"\xff", b"{" * 100_000, b"null"])
def test_a_body_that_is_no_object_names_nothing(body: bytes) -> None:
    made = answer(400, body)
    assert (made.members, made.code, made.message, made.image) == (None, None, None, None)


def test_a_success_has_no_error_code_by_its_status() -> None:
    fine = answer(200, {"code": "FINE"}, ("X-Amzn-ErrorType", CODE))
    assert fine.code is None
    assert fine.named_code == CODE


def test_an_error_names_no_image() -> None:
    assert answer(400, {"imageBuildVersionArn": "arn"}).image is None


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        ("CallRateLimitExceededException", "errors.call-rate-limit-exceeded.status"),
        ("ClientException", "errors.client.status"),
        ("ForbiddenException", "errors.forbidden.status"),
        ("IdempotentParameterMismatchException", "errors.idempotent-parameter-mismatch.status"),
        ("InvalidRequestException", "errors.invalid-request.status"),
        ("ResourceInUseException", "errors.resource-in-use.status"),
        ("ResourceNotFoundException", "errors.resource-not-found.status"),
        ("ServiceException", "errors.service.status"),
        ("ServiceUnavailableException", "errors.service-unavailable.status"),
    ],
)
def test_each_declared_error_has_the_clause_of_its_status(code: str, clause: str) -> None:
    assert status_clause(code) == clause
    assert clause in CONTRACT.clauses
    assert f"{code} has the HTTP status {CONTRACT.errors.declared[code].status}." == CONTRACT.clauses[clause].statement


def test_these_are_all_that_are_declared() -> None:
    status_clauses = {status_clause(code) for code in CONTRACT.errors.declared}
    assert len(status_clauses) == len(CONTRACT.errors.declared) == 9
    assert status_clauses <= CONTRACT.clauses.keys()
