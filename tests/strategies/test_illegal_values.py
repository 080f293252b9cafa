import json
from collections import Counter

import pytest

from imagebuilder_strategies import (
    InvalidArn,
    InvalidRequest,
    InvalidToken,
    MalformedBody,
    invalid_client_tokens,
    invalid_pipeline_arns,
    invalid_requests,
    malformed_bodies,
)
from tests.strategies.drawing import NIGHTLY, UNIQUE, Oracle, drawn, revision, strictly_read
from tests.strategies.meanings import arn_label_holds, body_label_holds, request_label_holds, token_label_holds

pytestmark = pytest.mark.slow

ORACLE = Oracle()


def test_invalid_client_tokens_are_invalid_as_labelled() -> None:
    tokens = drawn(invalid_client_tokens(), 3000)
    assert all(isinstance(token, InvalidToken) and not ORACLE.legal_token(token.value) for token in tokens)
    assert [token for token in tokens if not token_label_holds(token.violates, token.value, 36)] == []
    assert {"token.empty", "token.too-long"} <= {token.violates for token in tokens}


def test_invalid_client_tokens_contain_the_callers_text() -> None:
    tokens = drawn(invalid_client_tokens(unique=UNIQUE))
    assert all(not ORACLE.legal_token(token.value) for token in tokens)
    assert all(UNIQUE in token.value for token in tokens if token.violates != "token.empty")
    assert [token for token in tokens if not token_label_holds(token.violates, token.value, 36)] == []


def test_invalid_client_tokens_follow_the_revision() -> None:
    contract = revision(longest=256)
    oracle = Oracle(contract)
    tokens = drawn(invalid_client_tokens(contract=contract, unique=UNIQUE), 2000)
    assert all(not oracle.legal_token(token.value) for token in tokens)
    assert "token.too-long.256" not in {token.violates for token in tokens}


def test_invalid_pipeline_arns_are_invalid() -> None:
    arns = drawn(invalid_pipeline_arns())
    assert all(isinstance(arn, InvalidArn) and not ORACLE.legal_arn(arn.value) for arn in arns)


def test_invalid_pipeline_arns_are_broken_as_labelled() -> None:
    arns = drawn(invalid_pipeline_arns(arn=NIGHTLY))
    assert all(not ORACLE.legal_arn(arn.value) for arn in arns)
    assert [arn for arn in arns if not arn_label_holds(arn.violates, arn.value, NIGHTLY)] == []
    components = Counter(arn.violates.split(".")[1] for arn in arns)
    for component in ("scheme", "partition", "service", "region", "account", "resource-type", "name"):
        assert components[component] > 30, component


def test_invalid_pipeline_arns_follow_the_revision() -> None:
    contract = revision(account="(?:[0-9]{10}|aws(?:-[a-z-]+)?)")
    oracle = Oracle(contract)
    arns = drawn(invalid_pipeline_arns(contract=contract), 1000)
    assert all(not oracle.legal_arn(arn.value) for arn in arns)


def test_invalid_requests_are_invalid_as_labelled() -> None:
    requests = drawn(invalid_requests(unique=UNIQUE))
    assert all(isinstance(request, InvalidRequest) and not ORACLE.legal_request(request.value) for request in requests)
    assert [request for request in requests if not request_label_holds(request.violates, request.value, ORACLE)] == []
    assert all(json.loads(json.dumps(request.value)) == request.value for request in requests)


def test_invalid_requests_of_one_pipeline_keep_it_where_the_arn_is_sound() -> None:
    requests = drawn(invalid_requests(unique=UNIQUE, arn=NIGHTLY), 1000)
    sound = [request for request in requests if request.violates.startswith("token.")]
    assert sound
    assert all(
        NIGHTLY in request.value.values() for request in sound if not request.violates.startswith("token.missing.")
    )


def test_malformed_bodies_are_no_json_objects_as_labelled() -> None:
    bodies = drawn(malformed_bodies(unique=UNIQUE))
    assert all(isinstance(body, MalformedBody) for body in bodies)
    assert [body for body in bodies if body.judged and _is_object(body.value)] == []
    assert [body for body in bodies if not body_label_holds(body.violates, body.value)] == []


# What the tests of the protocol send, and what has no body at all.
_JUDGED = {"empty", "blank", "truncated", "trailing-junk", "leading-junk", "comment", "space", "single-quotes"}
_JUDGED |= {"trailing-comma", "top-level"}


def test_only_what_the_protocols_tests_send_is_judged() -> None:
    bodies = drawn(malformed_bodies(unique=UNIQUE), 2000)
    assert {body.violates.split(".")[1] for body in bodies if body.judged} == _JUDGED
    disputed = {body.violates.removeprefix("body.") for body in bodies if not body.judged}
    assert {"word.nan", "two-objects", "trailing-junk.nul", "unquoted-names", "escape.short"} <= disputed
    assert {"number.leading-zero", "word.python", "control-character", "lone-surrogate.high"} <= disputed


def test_invalid_values_are_frozen() -> None:
    (broken, *_) = drawn(invalid_client_tokens(), 1000)
    with pytest.raises(AttributeError):
        broken.value = "legal"  # type: ignore[misc]


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(strictly_read(body), dict)
    except ValueError:
        return False
