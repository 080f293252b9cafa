"""The fault interface of the reference target: the demanded fault and no other, before the start or after it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, FaultDemand, load_contract
from tests.project.places import ROOT

from .exchanges import PIPELINE_A, Client, Reply, body_of, signed

ERRORS = load_contract().errors.declared


def demanding(client: Client, demand: str, token: str = "token", arn: str = PIPELINE_A) -> Reply:
    body = body_of(token, arn)
    headers = signed(f"{client.url}/StartImagePipelineExecution", body)
    return client.exchange(body, headers={**headers, FAULT_HEADER: demand})


@pytest.mark.parametrize("code", ERRORS)
def test_each_declared_error_can_be_demanded(client: Client, code: str) -> None:
    reply = demanding(client, code)
    assert (reply.status, reply.code) == (ERRORS[code].status, code)
    assert reply.document["message"]
    assert reply.headers[FAULT_HEADER] == code


@pytest.mark.parametrize("demand", ["", "NoSuchException", "serviceexception", "ServiceException;before", ";after"])
def test_another_demand_is_not_looked_at(client: Client, demand: str) -> None:
    reply = demanding(client, demand)
    assert reply.status == 200
    assert reply.headers[FAULT_HEADER] is None


def test_before_the_start_nothing_is_started_and_nothing_looked_up(client: Client) -> None:
    assert demanding(client, "ServiceException", arn=f"{PIPELINE_A}-unknown").code == "ServiceException"
    assert demanding(client, "ServiceException").headers[IMAGE_HEADER] is None
    assert client.start("token").document["imageBuildVersionArn"].endswith("/1")


def test_after_the_start_the_token_has_the_image_that_the_fault_names(client: Client) -> None:
    hidden = demanding(client, "ServiceException;after").headers[IMAGE_HEADER]
    images = [client.start(token).document["imageBuildVersionArn"] for token in ("token", "other", "token")]
    assert images[0] == images[2] == hidden != images[1]


def test_after_a_start_that_is_refused_the_refusal_is_answered(client: Client) -> None:
    reply = demanding(client, "ServiceException;after", arn=f"{PIPELINE_A}-unknown")
    assert reply.code == "ResourceNotFoundException"
    assert reply.headers[FAULT_HEADER] is None


def test_a_request_that_is_signed_badly_gets_no_fault(client: Client) -> None:
    reply = client.exchange(body_of(), headers={FAULT_HEADER: "ServiceException"})
    assert reply.code == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("demand", [FaultDemand("ServiceException"), FaultDemand("ServiceException", after=True)])
def test_a_demand_is_written_as_it_is_read(demand: FaultDemand) -> None:
    assert FaultDemand.parse(str(demand)) == demand


def test_the_ten_lines_of_the_page_speak_it() -> None:
    page = (ROOT / "docs" / "fault-interface.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    started: list[object] = []

    def start(request: object) -> str:
        started.append(request)
        return "an image"

    names: dict[str, Any] = {
        "ERRORS": ERRORS,
        "error": lambda code, headers: (code, headers),
        "start_or_replay": start,
        "success": lambda image: ("success", image),
    }
    exec(code, names)

    def answer(demand: str) -> object:
        return names["start_image_pipeline_execution"](SimpleNamespace(headers={FAULT_HEADER: demand}))

    assert answer("ServiceException") == ("ServiceException", {FAULT_HEADER: "ServiceException"})
    assert started == []
    after = "ServiceException;after"
    assert answer(after) == ("ServiceException", {FAULT_HEADER: after, IMAGE_HEADER: "an image"})
    assert [answer(other) for other in ("", "NoSuchException", "ServiceException;before")] == [
        ("success", "an image")
    ] * 3
