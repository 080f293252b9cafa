"""Tokens made fresh: other ones, in the same shape."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_conformance.probing.renewal import Renewal, alike
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_strategies import Edge, NearMiss, equivalent_bodies, malformed_body_edges, near_tokens

NONCE = "qhzkvbtm"
ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-a"
OTHER_ARN = "arn:aws:imagebuilder:eu-west-1:210987654321:image-pipeline/nightly"
TOKEN = Tokens(NONCE).fresh()


@pytest.fixture
def renewal() -> Renewal:
    return Renewal([NONCE])


def test_a_token_becomes_another_of_the_same_length_and_counter(renewal: Renewal) -> None:
    fresh = renewal.text(TOKEN)
    assert fresh != TOKEN
    assert len(fresh) == len(TOKEN)
    assert fresh[len(NONCE) :] == TOKEN[len(NONCE) :]


def test_the_same_token_always_becomes_the_same_and_in_another_replay_another() -> None:
    first, second = Renewal([NONCE]), Renewal([NONCE])
    assert first.text(TOKEN) == first.text(TOKEN)
    assert first.text(TOKEN) != second.text(TOKEN)


@pytest.mark.parametrize("pair", near_tokens(TOKEN), ids=lambda pair: pair.label)
def test_tokens_that_are_nearly_the_same_stay_so(pair: NearMiss, renewal: Renewal) -> None:
    for token in (pair.first, pair.second):
        assert NONCE in token
        assert renewal.text(token) == token.replace(NONCE, renewal.text(NONCE))


@pytest.mark.slow
@given(st.lists(st.booleans(), min_size=8, max_size=8), st.text(max_size=6), st.text(max_size=6))
def test_length_case_and_surroundings_are_kept(upper: list[bool], before: str, after: str) -> None:
    nonce = "".join(letter.upper() if up else letter for letter, up in zip(NONCE, upper, strict=True))
    text = f"{before}{nonce}{after}"
    fresh = Renewal([NONCE]).text(text)
    assert fresh[len(before) + len(NONCE) :] == after
    assert fresh[: len(before)] == before
    cases = [letter.isupper() for letter in fresh[len(before) : len(before) + len(NONCE)]]
    assert cases == upper


def test_a_uuid_becomes_another_in_the_same_spelling(renewal: Renewal) -> None:
    uuid = UUID("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f")
    fresh = renewal.text(str(uuid))
    assert UUID(fresh) != uuid
    assert fresh == str(UUID(fresh))
    assert renewal.text(uuid.hex) == UUID(fresh).hex
    assert renewal.text(str(uuid).upper()) == fresh.upper()
    assert renewal.data(json.dumps({"clientToken": str(uuid)}).encode()) == json.dumps({"clientToken": fresh}).encode()


def test_a_uuid_within_the_name_of_a_pipeline_stays(renewal: Renewal) -> None:
    arn = f"{ARN}-0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f"
    assert renewal.text(arn) == arn


def test_a_text_without_the_nonce_stays_as_it_is(renewal: Renewal) -> None:
    for text in ("c", "", "qhzkvbt", ARN, "😀" * 36):
        assert renewal.text(text) == text
    assert renewal.data(b"\xff\x00\xfe") == b"\xff\x00\xfe"


@pytest.mark.parametrize("edge", equivalent_bodies(TOKEN, ARN), ids=lambda edge: edge.label)
def test_a_body_says_the_same_of_the_fresh_token_however_it_is_written(edge: Edge[bytes], renewal: Renewal) -> None:
    fresh = renewal.data(edge.value)
    assert len(fresh) == len(edge.value)
    assert json.loads(fresh) == {"clientToken": renewal.text(TOKEN), "imagePipelineArn": ARN}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_other_encodings_are_made_fresh_too(encoding: str, renewal: Renewal) -> None:
    fresh = renewal.data(json.dumps({"clientToken": TOKEN}).encode(encoding))
    assert json.loads(fresh.decode(encoding)) == {"clientToken": renewal.text(TOKEN)}


def test_what_is_broken_in_a_body_stays_broken(renewal: Renewal) -> None:
    whole = renewal.text(NONCE).encode()
    for edge in malformed_body_edges(TOKEN, ARN):
        if NONCE.encode() in edge.value:
            assert renewal.data(edge.value) == edge.value.replace(NONCE.encode(), whole), edge.violates


def test_each_part_of_a_merged_report_has_a_nonce_of_its_own() -> None:
    renewal = Renewal(["qhzkvbtm", "abcdefgh"])
    fresh = {renewal.text("qhzkvbtmaaaa"), renewal.text("abcdefghaaaa")}
    assert len(fresh | {"qhzkvbtmaaaa", "abcdefghaaaa"}) == 4


@pytest.mark.parametrize("nonce", ["", "nönce", "a-b", "\ud800"])
def test_what_can_not_be_a_nonce_renews_nothing(nonce: str) -> None:
    assert Renewal([nonce]).text("a nönce a-b") == "a nönce a-b"


def test_pipelines_of_another_target_take_the_place_of_those_recorded() -> None:
    renewal = Renewal([NONCE], [(ARN, OTHER_ARN)])
    assert renewal.text(f'"{ARN}"') == f'"{OTHER_ARN}"'
    # What stood beside the pipeline stands beside the other one.
    beside = renewal.text(ARN.replace("conformance-a", "unknown"))
    assert beside == OTHER_ARN.replace("nightly", "unknown")


def test_a_pipeline_that_is_no_arn_is_not_moved() -> None:
    assert Renewal([NONCE], [("nightly", OTHER_ARN)]).text("nightly") == "nightly"


@pytest.mark.parametrize("token", ["ab ", " ab", "\tab\t", "a ", "  7"])
def test_blanks_around_a_short_token_stay_where_they_are(token: str) -> None:
    for _ in range(20):
        other = alike(token, range(1, 65))
        assert other != token
        inside = other.strip()
        assert other.replace(inside, "x") == token.replace(token.strip(), "x")
