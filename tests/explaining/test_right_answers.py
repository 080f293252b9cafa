"""What is shown as a right answer is what the reference target answers; what a single answer breaks has one."""

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from imagebuilder_conformance.explaining.right_answers import right_answers
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES
from imagebuilder_spec import load_contract, revisions
from tests.support.runs import serving

PIPELINE, OTHER = DEFAULT_PIPELINES
# A clause, and the request that its right answer is one to.
INVALID = ("PUT", {"clientToken": "", "imagePipelineArn": PIPELINE})
CASES = {
    "response.status": ("PUT", {"clientToken": "a-token", "imagePipelineArn": PIPELINE}),
    "request.image-pipeline-arn.type": INVALID,
    "errors.bad-parameter.code": INVALID,
    "errors.resource-not-found.code": ("PUT", {"clientToken": "b-token", "imagePipelineArn": f"{PIPELINE}-unknown"}),
    "idempotency.mismatch.refused": ("PUT", {"clientToken": "a-token", "imagePipelineArn": OTHER}),
    "errors.no-html.off-operation": ("DELETE", {}),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(Behaviour, verify_signatures=False) as server:
        answered(server.url, *CASES["response.status"])
        yield server.url


def answered(url: str, method: str, members: dict[str, str]) -> dict[str, str]:
    request = Request(f"{url}/StartImagePipelineExecution", json.dumps(members).encode(), method=method)
    try:
        with urlopen(request) as answer:
            return told(answer.status, dict(answer.headers), answer.read())
    except HTTPError as error:
        return told(error.code, dict(error.headers), error.read())


def told(status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
    return {"status": str(status), **{name.lower(): value for name, value in headers.items()}, "body": body.decode()}


def shown(revision: str, clause: str) -> list[dict[str, str]]:
    return [{item.name.lower(): item.text for item in each.items} for each in right_answers(revision, clause)]


@pytest.mark.parametrize("clause", CASES)
def test_a_right_answer_is_what_the_reference_target_answers(clause: str, url: str) -> None:
    (right,) = shown(revisions()[0], clause)
    came = answered(url, *CASES[clause])
    varying = {"x-amzn-requestid", "body"}
    assert {name: value for name, value in right.items() if name not in varying}.items() <= came.items()
    assert varying <= right.keys()
    one, other = json.loads(right["body"]), json.loads(came["body"])
    assert {**one, "requestId": ""} == {**other, "requestId": ""}


def test_a_limit_from_both_sides_has_an_answer_for_each_side() -> None:
    assert [right["status"] for right in shown("documented", "request.client-token.max-length")] == ["200", "400"]


def test_what_no_single_answer_shows_has_none() -> None:
    assert shown("documented", "idempotency.concurrent.duplicates") == []


@pytest.mark.parametrize("revision", revisions())
def test_each_clause_on_what_a_request_or_an_answer_holds_has_one(revision: str) -> None:
    areas = ("request.client-token.", "request.image-pipeline-arn.", "response.", "errors.bad-parameter.")
    clauses = [clause for clause in load_contract(revision).clauses if clause.startswith(areas)]
    assert clauses
    assert [clause for clause in clauses if not shown(revision, clause)] == []
