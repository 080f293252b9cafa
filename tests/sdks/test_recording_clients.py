"""What is measured of a client is what it sent."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
import requests
from requests_aws4auth import AWS4Auth

from clients.calling import ANSWERED, Outcome, Situation
from clients.forms import form_text
from clients.measured import Seen
from clients.recorder import Recording, Treatment, recording
from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.scripted import Received

GIVEN, MISSING = ANSWERED[:2]


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    with ReferenceServer() as server:
        yield server.url


def put(server: Recording, **headers: str) -> requests.Response:
    key, secret = DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key
    return requests.put(
        f"{server.url}/StartImagePipelineExecution",
        json={"imagePipelineArn": DEFAULT_PIPELINES[0], "clientToken": "mine"},
        headers={"Content-Type": "application/json", **headers},
        auth=AWS4Auth(key, secret, "us-east-1", "imagebuilder"),
        timeout=0.5,
    )


@pytest.mark.parametrize(
    ("treatment", "status"), [(Treatment.ANSWERED, 200), (Treatment.THROTTLED, 429), (Treatment.FAILED, 500)]
)
def test_a_request_is_noted_and_answered(target: str, treatment: Treatment, status: int) -> None:
    with recording(treatment, target) as server:
        assert put(server).status_code == status
    assert [request.path for _, request in server.requests] == ["/StartImagePipelineExecution"]


@pytest.mark.parametrize("treatment", [Treatment.DROPPED, Treatment.SILENT])
def test_a_request_is_noted_and_not_answered(target: str, treatment: Treatment) -> None:
    with recording(treatment, target) as server, suppress(requests.ConnectionError, requests.Timeout):
        pytest.fail(f"expected no answer, got {put(server)}")
    assert len(server.requests) == 1


def test_a_form_is_as_it_was_sent_without_what_differs_from_call_to_call(target: str) -> None:
    with recording(Treatment.ANSWERED, target) as server:
        put(server, **{"User-Agent": "sdk/1 os/linux#6.1.0-44 m/b,Z,A", "x-id": "0CAD0408-c1a0-46c7-972f-c199cb64b3f8"})
    [(_, request)] = server.requests
    form = tomllib.loads(form_text("a client", "1.0", date(2026, 11, 27), request))
    headers = {header["name"]: header["value"] for header in form["header"]}
    assert list(headers) == [name for name, _ in request.headers]
    assert headers["User-Agent"] == "sdk/1 os/linux#<version> m/A,Z,b"
    assert headers["x-id"] == "<uuid>"
    assert (headers["Host"], headers["x-amz-date"], headers["x-amz-content-sha256"]) == ("<host>", "<date>", "<sha256>")
    assert form["separator"] == ", "
    assert form["content_sha256"] == "signed"
    assert "x-amz-date" in form["signed"]


@pytest.mark.parametrize(
    ("situation", "bodies", "token", "again"),
    [
        (MISSING, [], "stopped", ""),
        (MISSING, ["{}"], "absent", ""),
        (MISSING, ['{"clientToken": "made"}'], "filled", ""),
        (GIVEN, [f'{{"clientToken": "{GIVEN.token}"}}'] * 2, "given", "body"),
        (MISSING, ['{"clientToken": "made"}', '{ "clientToken": "made"}'], "filled", "token"),
        (MISSING, ['{"clientToken": "made"}', '{"clientToken": "anew"}'], "filled", "nothing"),
    ],
)
def test_what_is_sent_again_is_told_from_what_is_new(
    situation: Situation, bodies: list[str], token: str, again: str
) -> None:
    sent = tuple(Received("PUT", "/", (), body.encode(), 1) for body in bodies)
    outcome = Outcome(sent, tuple(0.25 * number for number in range(len(sent))), ok=True, error="", by="", ended=True)
    seen = Seen.of(situation, outcome)
    assert (seen.sent, seen.token, seen.again) == (len(bodies), token, again)
    assert seen.least_ms == (250 if len(bodies) > 1 else None)
