"""What another revision of the contract allows is told from what none does, by the contracts themselves."""

import json

import pytest

from imagebuilder_conformance.oracles.findings import Failure, Tally, failures
from imagebuilder_conformance.oracles.parameters import is_legal, is_legal_elsewhere, same_parameters
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.oracles.starts import accepted, mismatch_refused
from imagebuilder_conformance.oracles.successes import image_arn
from imagebuilder_spec import load_contract
from tests.support.calls import OTHER_PIPELINE, PIPELINE, REQUESTS, start
from tests.support.exchanges import BAD_PARAMETER, CRASH, exchange, success

from .broken_rules import RULES

DOCUMENTED, CURRENT = load_contract("documented"), load_contract("current")
CLAUSE = "request.client-token.max-length"
TAGS = {"team": "builders"}


def only(found: list[Failure]) -> Failure:
    [failure] = found
    return failure


def too_long(length: int) -> Failure:
    request = start("t" * length).breaking("token.too-long")
    return only(failures(refused(exchange(success("t" * length), request=request), CLAUSE)))


@pytest.mark.parametrize(("length", "allowed"), [(37, ("current",)), (40, ("current",)), (64, ("current",)), (65, ())])
def test_an_accepted_token_that_another_revision_allows_is_so(length: int, allowed: tuple[str, ...]) -> None:
    assert too_long(length).allowed_elsewhere(DOCUMENTED) == allowed


@pytest.mark.parametrize(("length", "allowed"), [(36, ()), (37, ("documented",)), (64, ("documented",))])
def test_a_refused_token_that_another_revision_refuses_too_is_so(length: int, allowed: tuple[str, ...]) -> None:
    failure = only(failures(accepted(exchange(BAD_PARAMETER, request=start("t" * length)), CLAUSE)))
    assert failure.allowed_elsewhere(CURRENT) == allowed


def test_a_server_error_is_allowed_by_no_revision() -> None:
    request = start("t" * 40).breaking("token.too-long")
    failure = only(failures(refused(exchange(CRASH, request=request, reproduced=True), CLAUSE)))
    assert failure.allowed_elsewhere(DOCUMENTED) == ()


@pytest.mark.parametrize(
    ("account", "allowed"),
    [("aws-managed", ("current",)), ("aws-Managed", ()), ("12345", ())],
)
def test_an_image_whose_account_another_revision_allows_is_so(account: str, allowed: tuple[str, ...]) -> None:
    arn = f"arn:aws:imagebuilder:us-east-1:{account}:image/recipe/1.0.0/1"
    failure = only(failures(image_arn.judge([exchange(success(imageBuildVersionArn=arn))], DOCUMENTED)))
    assert failure.allowed_elsewhere(DOCUMENTED) == allowed


def test_other_tags_are_the_same_request_where_tags_are_not_known() -> None:
    first = exchange(success(), request=REQUESTS.start("t", PIPELINE, tags=TAGS))
    for request, allowed in (
        (REQUESTS.start("t", PIPELINE), ("documented",)),
        (REQUESTS.start("t", PIPELINE, tags={"team": "x"}), ("documented",)),
        (REQUESTS.start("t", OTHER_PIPELINE, tags=TAGS), ()),
    ):
        failure = only(failures(mismatch_refused(first, exchange(success(), request=request), CLAUSE)))
        assert failure.allowed_elsewhere(CURRENT) == allowed


def test_bad_tags_are_ignored_where_tags_are_not_known() -> None:
    request = REQUESTS.members({"clientToken": "t", "imagePipelineArn": PIPELINE, "tags": {}}, "none")
    assert is_legal(request, DOCUMENTED)
    assert not is_legal(request, CURRENT)
    assert is_legal_elsewhere(request, CURRENT)
    assert not is_legal_elsewhere(request, DOCUMENTED)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_legal_nowhere_and_like_no_other(body: bytes) -> None:
    request = REQUESTS.raw(body, "nonsense")
    assert not is_legal(request, CURRENT)
    assert not same_parameters(request, request, CURRENT)


def test_null_is_no_value() -> None:
    plain = {"clientToken": "t", "imagePipelineArn": PIPELINE}
    null = REQUESTS.members({**plain, "tags": None}, "null")
    assert is_legal(null, CURRENT)
    assert same_parameters(null, REQUESTS.members(plain, "plain"), CURRENT)
    assert not is_legal(REQUESTS.members({**plain, "clientToken": None}, "null"), CURRENT)


def test_what_the_revision_itself_allows_is_not_excused_by_another() -> None:
    # Such as a body that is refused for its form, and not for its members.
    body = json.dumps({"clientToken": "t", "imagePipelineArn": PIPELINE, "x": [[]]}).encode()
    failure = only(failures(refused(exchange(success(), request=REQUESTS.raw(body, "deep")), CLAUSE)))
    assert failure.allowed_by == ("documented", "current")
    assert failure.allowed_elsewhere(DOCUMENTED) == ()


def test_the_example_that_no_revision_allows_is_the_evidence() -> None:
    small, large = too_long(37), too_long(70)
    for order in ([small, large], [large, small]):
        assert list(Tally(order)) == [large]


def test_most_rules_are_the_same_in_all_revisions() -> None:
    excused = {
        rule.failure.__name__
        for rule in RULES
        for failure in failures(rule.broken())
        if failure.allowed_elsewhere(DOCUMENTED)
    }
    assert excused == set()
