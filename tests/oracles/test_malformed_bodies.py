"""Which bodies nobody may accept, told from their bytes alone, as in recorded traffic."""

import json

import pytest

from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_strategies import MalformedBody, malformed_bodies, malformed_body_edges
from tests.strategies.drawing import drawn
from tests.support.calls import CONTRACT, PIPELINE

READ = body_reader(CONTRACT)
MEMBERS = f'"clientToken": "t", "imagePipelineArn": "{PIPELINE}"'
LEGAL = f"{{{MEMBERS}}}"
JSON = ("request.body.json",)

# The bodies of the test RestJsonInvalidJsonBody, about the members of this operation.
OF_THE_PROTOCOL = {
    "opening-brackets": "{[",
    "trailing-junk": f"{LEGAL}abc",
    "leading-junk": f"abc{LEGAL}",
    "comment-line": f"{{\n{MEMBERS} // the token\n}}",
    "comment-block": f"{{\n{MEMBERS} /* the token */\n}}",
    "form-feed": LEGAL.replace('": ', '" :\f', 1),
    "single-quotes": LEGAL.replace('"', "'"),
    "trailing-comma": f"{{{MEMBERS},}}",
}


@pytest.mark.parametrize("body", OF_THE_PROTOCOL.values(), ids=OF_THE_PROTOCOL)
def test_what_the_protocols_tests_send_is_refused(body: str) -> None:
    assert READ(body.encode()).breaks == JSON


@pytest.mark.parametrize("body", ["[{}]", "10", "null"])
def test_so_is_what_is_no_structure(body: str) -> None:
    assert READ(body.encode()).breaks == ("request.body.object",)


EDGES = malformed_body_edges("a-token", PIPELINE, contract=CONTRACT)


@pytest.mark.parametrize("edge", [edge for edge in EDGES if not edge.judged], ids=lambda edge: edge.violates)
def test_nobody_is_blamed_for_what_a_run_only_records(edge: MalformedBody) -> None:
    assert not set(READ(edge.value).breaks) & {*JSON, "request.body.object"}


def test_what_a_run_judges_a_recording_shows_too_but_for_rare_junk() -> None:
    unseen = {edge.violates for edge in EDGES if edge.judged and not READ(edge.value).breaks}
    assert unseen == {"body.leading-junk.guard"}


def test_drawn_bodies_are_not_blamed_either() -> None:
    for body in drawn(malformed_bodies(contract=CONTRACT), 1000):
        # Without its opening quote a token may begin with what is beyond dispute, such as a single one.
        if not body.judged and body.violates != "body.missing-punctuation":
            assert READ(body.value).breaks != JSON, body


@pytest.mark.parametrize("cut", range(1, len(LEGAL)))
def test_a_body_that_is_cut_anywhere_is_refused(cut: int) -> None:
    assert READ(LEGAL[:cut].encode()).breaks == JSON


def test_a_legal_body_is_read() -> None:
    assert READ(LEGAL.encode()).members == json.loads(LEGAL)
