import pytest
from hypothesis import find, given

from imagebuilder_strategies import (
    client_tokens,
    image_build_version_arns,
    pipeline_arns,
    printable_ascii,
    requests,
    unknown_pipeline_arns,
)
from tests.strategies.drawing import NIGHTLY, UNIQUE, Oracle, drawn, revision

ORACLE = Oracle()
HEAD = NIGHTLY.rpartition("/")[0] + "/"


def test_client_tokens_are_legal_and_of_every_length_and_character() -> None:
    tokens = drawn(client_tokens())
    assert all(ORACLE.legal_token(token) and printable_ascii(token) for token in tokens)
    assert {len(token) for token in tokens} == set(range(1, 37))
    assert set("".join(tokens)) == {chr(code) for code in range(0x20, 0x7F)}


def test_client_tokens_contain_the_callers_text() -> None:
    tokens = drawn(client_tokens(unique=UNIQUE), 3000)
    assert all(ORACLE.legal_token(token) and UNIQUE in token and printable_ascii(token) for token in tokens)
    assert {len(token) for token in tokens} == set(range(len(UNIQUE), 37))


@pytest.mark.slow
def test_client_tokens_beyond_ascii_are_legal_and_of_every_kind() -> None:
    tokens = drawn(client_tokens(unique=UNIQUE, ascii_only=False))
    assert all(ORACLE.legal_token(token) and UNIQUE in token for token in tokens)
    characters = set("".join(tokens))
    assert characters >= set("é\u0301\u200b\0\n😀")
    assert len(characters) > 1000
    assert sum(not printable_ascii(token) for token in tokens) > len(tokens) // 2


def test_a_text_that_fills_a_token_is_the_token() -> None:
    assert set(drawn(client_tokens(unique="x" * 36), 200)) == {"x" * 36}


def test_a_text_longer_than_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 36 characters, got 37"):
        client_tokens(unique="x" * 37)


@pytest.mark.slow
def test_pipeline_arns_are_legal_and_of_many_places() -> None:
    arns = drawn(pipeline_arns())
    assert all(ORACLE.legal_arn(arn) for arn in arns)
    for place in range(5):
        values = {arn.split(":")[place] for arn in arns}
        assert len(values) == 1 if place in (0, 2) else len(values) > 4
    assert "aws" in {arn.split(":")[4] for arn in arns}


def test_pipeline_arns_share_the_place_of_a_given_one() -> None:
    arns = drawn(pipeline_arns(arn=NIGHTLY), 1000)
    assert all(ORACLE.legal_arn(arn) and arn.startswith(HEAD) for arn in arns)


@pytest.mark.slow
def test_unknown_pipeline_arns_cover_the_legal_space_of_names() -> None:
    known = HEAD + "weekly"
    arns = drawn(unknown_pipeline_arns(NIGHTLY, known=[known]))
    assert all(ORACLE.legal_arn(arn) and arn.startswith(HEAD) for arn in arns)
    assert not {NIGHTLY, known} & set(arns)
    names = [arn.removeprefix(HEAD) for arn in arns]
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert {len(name) for name in names} == set(range(1, 129))


@pytest.mark.slow
def test_image_build_version_arns_are_legal() -> None:
    arns = drawn(image_build_version_arns())
    assert all(ORACLE.legal_image(arn) for arn in arns)
    assert len(set(arns)) > 5000


def test_image_build_version_arns_share_the_place_of_a_pipeline() -> None:
    arns = drawn(image_build_version_arns(arn=NIGHTLY), 1000)
    place = NIGHTLY.rpartition(":")[0]
    assert all(ORACLE.legal_image(arn) and arn.startswith(f"{place}:image/") for arn in arns)


@pytest.mark.parametrize("strategy", [pipeline_arns, image_build_version_arns])
def test_a_malformed_place_is_refused(strategy: type) -> None:
    with pytest.raises(ValueError, match="account is malformed"):
        strategy(arn=NIGHTLY.replace("123456789012", "12"))


@pytest.mark.slow
def test_requests_are_legal_in_either_order() -> None:
    drawn_requests = drawn(requests(unique=UNIQUE))
    assert all(ORACLE.legal_request(request) for request in drawn_requests)
    assert {tuple(request) for request in drawn_requests} == {
        ("clientToken", "imagePipelineArn"),
        ("imagePipelineArn", "clientToken"),
    }
    assert all(UNIQUE in request["clientToken"] for request in drawn_requests)


def test_requests_may_have_unknown_members() -> None:
    drawn_requests = drawn(requests(arn=NIGHTLY, extra_members=True, ascii_only=False), 1000)
    assert all(ORACLE.legal_request(request) for request in drawn_requests)
    assert all(request["imagePipelineArn"] == NIGHTLY for request in drawn_requests)
    assert {len(request) for request in drawn_requests} == {2, 3, 4, 5}


@pytest.mark.slow
def test_another_revisions_limits_are_followed() -> None:
    contract = revision(longest=64, account="(?:[0-9]{12}|aws(?:-[a-z-]+)?)")
    oracle = Oracle(contract)
    tokens = drawn(client_tokens(contract=contract), 3000)
    assert {len(token) for token in tokens} == set(range(1, 65))
    arns = drawn(pipeline_arns(contract=contract), 1000)
    assert all(oracle.legal_arn(arn) for arn in arns)
    assert "aws-managed" in {arn.split(":")[4] for arn in arns}
    assert all(oracle.legal_request(request) for request in drawn(requests(contract=contract), 1000))


def test_a_least_length_is_followed() -> None:
    contract = revision(shortest=8)
    assert min(map(len, drawn(client_tokens(contract=contract, unique="ab"), 2000))) == 8


def test_examples_shrink_to_something_plain() -> None:
    assert find(client_tokens(), lambda _: True) == "a"
    assert find(client_tokens(unique="u"), lambda token: len(token) > 2) == "uaa"
    assert find(pipeline_arns(), lambda _: True) == "arn:aws:imagebuilder:us-east-1:000000000000:image-pipeline/a"


@given(request=requests(unique=UNIQUE))
def test_a_strangers_test_may_use_them_as_they_are(request: dict[str, str]) -> None:
    assert UNIQUE in request["clientToken"]
