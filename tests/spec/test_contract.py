from typing import Any

import pytest

from imagebuilder_spec import DEFAULT_REVISION, Evidence, TagLimits, load_contract, revisions, validator_for

from .page import (
    LONGEST_REQUEST_ID,
    LONGEST_TOKEN,
    MODEL_LONGEST_KEY,
    MODEL_LONGEST_TOKEN,
    MODEL_LONGEST_VALUE,
    MODEL_MOST_TAGS,
    MODEL_RESPONSE_PATTERN,
    MODEL_TAG_KEY,
    request,
    response,
)

CURRENT = load_contract("current")


def test_the_default_revision_is_the_documented_one_and_comes_first() -> None:
    assert DEFAULT_REVISION == revisions()[0] == "documented"
    assert load_contract() == load_contract("documented")


@pytest.mark.parametrize("revision", ["", "Documented", "latest", "../documented", "schemas"])
def test_an_unknown_revision_is_refused_and_the_known_ones_are_named(revision: str) -> None:
    with pytest.raises(ValueError, match="documented") as caught:
        load_contract(revision)
    assert repr(revision) in str(caught.value)


def test_the_operation_is_that_of_the_page() -> None:
    operation = load_contract().operation
    assert (operation.method, operation.path) == ("PUT", "/StartImagePipelineExecution")
    assert (operation.content_type, operation.success_status) == ("application/json", 200)
    assert (operation.signing_name, operation.api_version) == ("imagebuilder", "2019-12-02")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(request(clientToken="t"), id="a token of one character"),
        pytest.param(request(clientToken="t" * LONGEST_TOKEN), id="the longest token"),
        pytest.param(request(clientToken="😀" * LONGEST_TOKEN), id="lengths count code points"),
        pytest.param(request(clientToken=" \n"), id="a token has no pattern"),
        pytest.param(request(extra=1), id="other members are not the schema's business"),
    ],
)
def test_legal_requests_are_valid(body: dict[str, Any]) -> None:
    assert validator_for(load_contract().request_schema).is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "text",
        {"clientToken": "t"},
        {"imagePipelineArn": request()["imagePipelineArn"]},
        request(clientToken=""),
        request(clientToken="t" * (LONGEST_TOKEN + 1)),
        request(clientToken=None),
        request(clientToken=1),
        request(clientToken=True),
        request(clientToken=["t"]),
        request(imagePipelineArn=""),
        request(imagePipelineArn=None),
        request(imagePipelineArn=["arn"]),
    ],
)
def test_illegal_requests_are_not(body: Any) -> None:
    assert not validator_for(load_contract().request_schema).is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        response(requestId="r"),
        response(requestId="r" * LONGEST_REQUEST_ID),
        response(tags={"added": "later"}),
    ],
)
def test_legal_responses_are_valid(body: dict[str, Any]) -> None:
    assert validator_for(load_contract().response_schema).is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        response(requestId=""),
        response(requestId="r" * (LONGEST_REQUEST_ID + 1)),
        response(requestId=7),
        response(clientToken=""),
        response(clientToken=None),
        response(imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:123456789012:image/nightly"),
        response(imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:123456789012:image/nightly/1.0.0"),
        response(imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:123456789012:image/nightly/1.0.x/1"),
    ],
)
def test_illegal_responses_are_not(body: dict[str, Any]) -> None:
    assert not validator_for(load_contract().response_schema).is_valid(body)


def test_the_limits_are_those_of_the_page() -> None:
    assert load_contract().token_lengths == range(1, LONGEST_TOKEN + 1)


def test_the_limits_of_the_current_revision_are_those_of_the_model() -> None:
    assert CURRENT.token_lengths == range(1, MODEL_LONGEST_TOKEN + 1)
    assert CURRENT.pipeline_arn_pattern == load_contract().pipeline_arn_pattern
    assert CURRENT.image_arn_pattern == MODEL_RESPONSE_PATTERN
    assert CURRENT.tags == TagLimits(
        entries=range(1, MODEL_MOST_TAGS + 1),
        key_lengths=range(1, MODEL_LONGEST_KEY + 1),
        key_pattern=MODEL_TAG_KEY,
        value_lengths=range(MODEL_LONGEST_VALUE + 1),
    )


def test_the_documented_revision_knows_no_tags() -> None:
    assert load_contract().tags is None


def tags(count: int) -> dict[str, str]:
    return {f"key-{number}": "value" for number in range(count)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(request(), id="tags are optional"),
        pytest.param(request(tags=tags(1)), id="one tag"),
        pytest.param(request(tags=tags(MODEL_MOST_TAGS)), id="as many tags as may be"),
        pytest.param(request(tags={"k": ""}), id="an empty value"),
        pytest.param(request(tags={"k" * MODEL_LONGEST_KEY: "😀" * MODEL_LONGEST_VALUE}), id="the longest tag"),
        pytest.param(request(tags={"Az 09_.:/=+-@": "v"}), id="every kind of character in a key"),
        pytest.param(request(tags={"my:aws:key": "v"}), id="the reserved prefix elsewhere"),
        pytest.param(request(clientToken="t" * MODEL_LONGEST_TOKEN), id="the longest token"),
    ],
)
def test_the_current_revision_allows(body: dict[str, Any]) -> None:
    assert validator_for(CURRENT.request_schema).is_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(request(tags={}), id="no tag at all"),
        pytest.param(request(tags=tags(MODEL_MOST_TAGS + 1)), id="a tag too many"),
        pytest.param(request(tags=[]), id="a list"),
        pytest.param(request(tags="k=v"), id="a string"),
        pytest.param(request(tags={"": "v"}), id="an empty key"),
        pytest.param(request(tags={"k" * (MODEL_LONGEST_KEY + 1): "v"}), id="a key too long"),
        pytest.param(request(tags={"aws:key": "v"}), id="the reserved prefix"),
        pytest.param(request(tags={"schlüssel": "v"}), id="a letter outside ASCII"),
        pytest.param(request(tags={"a*": "v"}), id="other punctuation"),
        pytest.param(request(tags={"k": "v" * (MODEL_LONGEST_VALUE + 1)}), id="a value too long"),
        pytest.param(request(tags={"k": 1}), id="a number as a value"),
        pytest.param(request(tags={"k": None}), id="null as a value"),
        pytest.param(request(clientToken="t" * (MODEL_LONGEST_TOKEN + 1)), id="a token too long"),
    ],
)
def test_the_current_revision_refuses(body: dict[str, Any]) -> None:
    assert not validator_for(CURRENT.request_schema).is_valid(body)


def test_each_revision_has_its_own_clauses_and_those_of_all() -> None:
    documented, current = load_contract().clauses, CURRENT.clauses
    assert documented.keys() < current.keys()
    assert all("tags" in clause for clause in current.keys() - documented.keys())


def test_a_clause_rests_in_each_revision_on_that_revision() -> None:
    longest = "request.client-token.max-length"
    assert load_contract().clauses[longest].evidence is Evidence.DOCUMENTED
    assert CURRENT.clauses[longest].evidence is Evidence.MODEL
    assert str(MODEL_LONGEST_TOKEN) in CURRENT.clauses[longest].source


def test_a_digest_belongs_to_one_revision() -> None:
    digests = {load_contract(revision).digest for revision in revisions()}
    assert len(digests) == len(revisions())
    assert all(len(digest) == 64 for digest in digests)


def test_a_clause_knows_its_area() -> None:
    assert load_contract().clauses["idempotency.replay.same-image"].area == "idempotency"


def test_a_revision_is_read_once_whether_it_is_named_or_the_default() -> None:
    assert load_contract() is load_contract(DEFAULT_REVISION)


def test_a_schema_that_was_made_anew_has_a_validator_of_its_own() -> None:
    # Without names the earlier schemas may be gone, and a later one be where an earlier one was.
    lengths = [length for length in range(100) if validator_for({"maxLength": length}).is_valid("x" * 50)]
    assert lengths == list(range(50, 100))
