"""boto3 between the checks and the target: what it does goes on record, and nothing of the user's own AWS gets in."""

import json
import uuid
from pathlib import Path

import pytest

from imagebuilder_conformance import extras
from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.sdk import TRIES, Sdk
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.target import Credentials, Timeouts
from imagebuilder_spec import FAULT_HEADER, FaultDemand
from tests.support.calls import PIPELINE, Recorded, image, recorded, target_at
from tests.support.scripted import Action, HangUp, Reply, ScriptedServer, Silence

UNAVAILABLE = Reply(503, b'{"message": "Later."}', (("X-Amzn-ErrorType", "ServiceUnavailableException"),))
THROTTLED = Reply(429, b'{"message": "Slower."}', (("X-Amzn-ErrorType", "CallRateLimitExceededException"),))
UNKNOWN = Reply(404, b'{"message": "No such pipeline."}', (("X-Amzn-ErrorType", "ResourceNotFoundException:x"),))


def started(number: int = 1, token: str = "a-token") -> Reply:
    members = {"clientToken": token, "imageBuildVersionArn": image(number), "requestId": f"id-{number}"}
    return Reply(200, json.dumps(members).encode())


def call(*actions: Action, token: str | None = "a-token", lost: int = 0) -> tuple[SdkCall, Recorded, ScriptedServer]:
    """A call to a server that plays these actions."""
    with ScriptedServer.playing(*actions) as server:
        recording = recorded(target_at(server.url))
        made = Sdk(recording.client).call(PIPELINE, token=token, lost=lost, check="sdk.some")
    return made, recording, server


def test_a_success_is_given_as_boto3_parsed_it() -> None:
    made, _, _ = call(started())
    assert made.output == {"clientToken": "a-token", "imageBuildVersionArn": image(1), "requestId": "id-1"}
    assert made.error is None


def test_each_sending_is_announced_and_concluded() -> None:
    _, recording, server = call(UNAVAILABLE, started())
    assert [intent.token for intent in recording.intents] == ["a-token", "a-token"]
    assert [result.status for result in recording.results] == [503, 200]
    assert [exchange.check for exchange in recording.exchanges] == ["sdk.some"] * 2
    assert [exchange.request.body for exchange in recording.exchanges] == [each.body for each in server.received]


def test_the_record_has_the_headers_that_were_sent_but_no_signature() -> None:
    _, recording, server = call(started())
    [result] = recording.results
    assert result.record is not None
    headers = dict(result.record.request.headers)
    assert headers["amz-sdk-request"] == server.received[0].header("amz-sdk-request") == "attempt=1; max=3"
    assert headers["Authorization"] == "[redacted]"


def test_a_token_that_boto3_makes_is_announced_before_it_is_sent() -> None:
    made, recording, _ = call(started(), token=None)
    [intent] = recording.intents
    assert uuid.UUID(intent.token).version == 4
    assert made.last.request.token == intent.token


def test_an_error_is_given_as_boto3_raised_it() -> None:
    made, _, _ = call(UNKNOWN)
    assert made.error is not None
    assert (made.error.exception, made.error.code) == ("ResourceNotFoundException", "ResourceNotFoundException")
    assert (made.error.message, made.error.status) == ("No such pipeline.", 404)


@pytest.mark.parametrize("fault", [UNAVAILABLE, HangUp()], ids=["503", "hang-up"])
def test_boto3_sends_again_with_the_same_token_what_it_takes_for_a_passing_fault(fault: Action) -> None:
    made, _, server = call(fault, started(), token=None)
    assert made.error is None
    assert len({each.body for each in server.received}) == 1
    assert [each.header("amz-sdk-request") for each in server.received] == ["attempt=1; max=3", "attempt=2; max=3"]


def test_boto3_gives_up_after_three_tries() -> None:
    made, _, _ = call(*[UNAVAILABLE] * (TRIES + 1))
    assert len(made.exchanges) == TRIES
    assert made.error is not None
    assert made.error.exception == "ServiceUnavailableException"


def test_boto3_does_not_send_again_what_was_throttled() -> None:
    made, _, _ = call(THROTTLED, started())
    assert len(made.exchanges) == 1
    assert made.error is not None
    assert made.error.exception == "CallRateLimitExceededException"


def test_a_lost_answer_is_on_record_and_boto3_sends_again() -> None:
    made, _, _ = call(started(1), started(2), lost=1)
    assert [exchange.image for exchange in made.exchanges] == [image(1), image(2)]
    assert made.output is not None
    assert made.output["imageBuildVersionArn"] == image(2)


DEMANDS = (FaultDemand("ServiceUnavailableException", after=True), FaultDemand("ServiceException"))


def test_each_sending_demands_its_own_fault() -> None:
    with ScriptedServer.playing(UNAVAILABLE, UNAVAILABLE, started()) as server:
        made = Sdk(recorded(target_at(server.url)).client).call(PIPELINE, demands=DEMANDS)
    assert [each.header(FAULT_HEADER) for each in server.received] == [*map(str, DEMANDS), None]
    assert [exchange.request.demand for exchange in made.exchanges] == [*DEMANDS, None]


def test_nothing_is_demanded_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagebuilder_conformance.client.sdk.is_aws_host", lambda _: True)
    with ScriptedServer.playing(started()) as server:
        made = Sdk(recorded(target_at(server.url)).client).call(PIPELINE, demands=DEMANDS)
    assert server.received[0].header(FAULT_HEADER) is None
    assert made.last.request.demand is None


def test_silence_is_a_fault_on_record() -> None:
    with ScriptedServer.playing(*[Silence()] * TRIES) as server:
        recording = recorded(target_at(server.url, timeouts=Timeouts(connect=5.0, read=0.05)))
        made = Sdk(recording.client).call(PIPELINE)
    assert {exchange.fault for exchange in made.exchanges} == {Fault.TIMEOUT}
    assert made.error is not None
    assert made.error.status is None


def test_where_nothing_listens_the_target_is_lost() -> None:
    with ScriptedServer.playing() as server:
        url = server.url
    with pytest.raises(TargetLostError):
        Sdk(recorded(target_at(url)).client).call(PIPELINE)


def test_nothing_is_sent_without_a_unit_of_the_budget() -> None:
    with ScriptedServer.playing(started()) as server, pytest.raises(OverBudgetError):
        Sdk(recorded(target_at(server.url), budget=Budget(0)).client).call(PIPELINE)
    assert server.received == []


def test_the_configuration_of_the_users_own_aws_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\nretry_mode = legacy\nmax_attempts = 7\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "no-such-profile",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CA_BUNDLE": "no-such-file",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    made, _, server = call(UNAVAILABLE, started())
    assert made.error is None
    assert "/us-east-1/imagebuilder/" in (server.received[0].header("authorization") or "")


def test_a_session_token_is_sent_and_redacted() -> None:
    session_token = "a session token of some length"
    credentials = Credentials("AKIAEXAMPLE", "a secret of some length", session_token)
    with ScriptedServer.playing(started()) as server:
        recording = recorded(target_at(server.url, credentials=credentials))
        Sdk(recording.client).call(PIPELINE)
    assert server.received[0].header("x-amz-security-token") == session_token
    assert session_token not in str(recording.journal)


def test_without_boto3_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match="`pip install boto3` or the extra `sdk`"):
        Sdk(recorded(target_at("http://127.0.0.1:1")).client)
