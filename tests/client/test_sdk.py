"""boto3 between the checks and the target: what it does goes on record, and nothing of the user's own AWS gets in."""

import json
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import botocore
import pytest

from imagebuilder_conformance import extras
from imagebuilder_conformance.client.boto3_apart import TRIES
from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.extras import ExtraMissingError
from imagebuilder_conformance.target import Credentials, Timeouts
from imagebuilder_spec import FAULT_HEADER, FaultDemand
from tests.support.calls import PIPELINE, Recorded, image, recorded, target_at
from tests.support.scripted import Action, HangUp, Reply, ScriptedServer, Silence

MODES = (
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_DEFAULTS_MODE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)
UNAVAILABLE = Reply(503, b'{"message": "Later."}', (("X-Amzn-ErrorType", "ServiceUnavailableException"),))
THROTTLED = Reply(429, b'{"message": "Slower."}', (("X-Amzn-ErrorType", "CallRateLimitExceededException"),))
UNKNOWN = Reply(404, b'{"message": "No such pipeline."}', (("X-Amzn-ErrorType", "ResourceNotFoundException:x"),))


def started(number: int = 1, token: str = "a-token") -> Reply:
    members = {"clientToken": token, "imageBuildVersionArn": image(number), "requestId": f"id-{number}"}
    return Reply(200, json.dumps(members).encode())


SdkOf = Callable[[Client], Sdk]


@pytest.fixture(params=[None, Path(sys.executable)], ids=["here", "another interpreter"])
def sdk_of(request: pytest.FixtureRequest) -> Iterator[SdkOf]:
    """Makes the SDK of a client. What another interpreter's does is no other than what that of this one does."""
    made: list[Sdk] = []

    def make(client: Client) -> Sdk:
        made.append(Sdk(client, request.param))
        return made[-1]

    yield make
    for sdk in made:
        sdk.close()


Called = Callable[..., tuple[SdkCall, Recorded, ScriptedServer]]


@pytest.fixture
def call(sdk_of: SdkOf) -> Called:
    """Makes a call to a server that plays some actions."""

    def make(
        *actions: Action, token: str | None = "a-token", lost: int = 0
    ) -> tuple[SdkCall, Recorded, ScriptedServer]:
        with ScriptedServer.playing(*actions) as server:
            recording = recorded(target_at(server.url))
            made = sdk_of(recording.client).call(PIPELINE, token=token, lost=lost, check="sdk.some")
        return made, recording, server

    return make


def test_a_success_is_given_as_boto3_parsed_it(call: Called) -> None:
    made, _, _ = call(started())
    assert made.output == {"clientToken": "a-token", "imageBuildVersionArn": image(1), "requestId": "id-1"}
    assert made.error is None


def test_each_sending_is_announced_and_concluded(call: Called) -> None:
    _, recording, server = call(UNAVAILABLE, started())
    assert [intent.token for intent in recording.intents] == ["a-token", "a-token"]
    assert [result.status for result in recording.results] == [503, 200]
    assert [exchange.check for exchange in recording.exchanges] == ["sdk.some"] * 2
    assert [exchange.request.body for exchange in recording.exchanges] == [each.body for each in server.received]


def test_the_record_has_the_headers_that_were_sent_but_no_signature(call: Called) -> None:
    _, recording, server = call(started())
    [result] = recording.results
    assert result.record is not None
    headers = dict(result.record.request.headers)
    assert headers["amz-sdk-request"] == server.received[0].header("amz-sdk-request")
    assert headers["amz-sdk-request"].startswith("attempt=1")
    assert headers["Authorization"] == "[redacted]"


def test_a_token_that_boto3_makes_is_announced_before_it_is_sent(call: Called) -> None:
    made, recording, _ = call(started(), token=None)
    [intent] = recording.intents
    assert uuid.UUID(intent.token).version == 4
    assert made.last.request.token == intent.token


def test_an_error_is_given_as_boto3_raised_it(call: Called) -> None:
    made, _, _ = call(UNKNOWN)
    assert made.error is not None
    assert (made.error.exception, made.error.code) == ("ResourceNotFoundException", "ResourceNotFoundException")
    assert (made.error.message, made.error.status) == ("No such pipeline.", 404)


@pytest.mark.parametrize("fault", [UNAVAILABLE, HangUp()], ids=["503", "hang-up"])
def test_boto3_sends_again_with_the_same_token_what_it_takes_for_a_passing_fault(call: Called, fault: Action) -> None:
    made, _, server = call(fault, started(), token=None)
    assert made.error is None
    assert len({each.body for each in server.received}) == 1
    # Older releases tell how many there may be from the second one on only.
    attempts = [(each.header("amz-sdk-request") or "").partition(";")[0] for each in server.received]
    assert attempts == ["attempt=1", "attempt=2"]


def test_boto3_gives_up_after_three_tries(call: Called) -> None:
    made, _, _ = call(*[UNAVAILABLE] * (TRIES + 1))
    assert len(made.exchanges) == TRIES
    assert made.error is not None
    assert made.error.exception == "ServiceUnavailableException"


def test_boto3_does_not_send_again_what_was_throttled(call: Called) -> None:
    made, _, _ = call(THROTTLED, started())
    assert len(made.exchanges) == 1
    assert made.error is not None
    assert made.error.exception == "CallRateLimitExceededException"


def test_a_lost_answer_is_on_record_and_boto3_sends_again(call: Called) -> None:
    made, _, _ = call(started(1), started(2), lost=1)
    assert [exchange.image for exchange in made.exchanges] == [image(1), image(2)]
    assert made.output is not None
    assert made.output["imageBuildVersionArn"] == image(2)


DEMANDS = (FaultDemand("ServiceUnavailableException", after=True), FaultDemand("ServiceException"))


def test_each_sending_demands_its_own_fault(sdk_of: SdkOf) -> None:
    with ScriptedServer.playing(UNAVAILABLE, UNAVAILABLE, started()) as server:
        made = sdk_of(recorded(target_at(server.url)).client).call(PIPELINE, demands=DEMANDS)
    assert [each.header(FAULT_HEADER) for each in server.received] == [*map(str, DEMANDS), None]
    assert [exchange.request.demand for exchange in made.exchanges] == [*DEMANDS, None]


def test_nothing_is_demanded_of_aws(sdk_of: SdkOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagebuilder_conformance.target.is_aws_host", lambda _: True)
    with ScriptedServer.playing(started()) as server:
        made = sdk_of(recorded(target_at(server.url)).client).call(PIPELINE, demands=DEMANDS)
    assert server.received[0].header(FAULT_HEADER) is None
    assert made.last.request.demand is None


def test_silence_is_a_fault_on_record(sdk_of: SdkOf) -> None:
    with ScriptedServer.playing(*[Silence()] * TRIES) as server:
        recording = recorded(target_at(server.url, timeouts=Timeouts(connect=5.0, read=0.05)))
        made = sdk_of(recording.client).call(PIPELINE)
    assert {exchange.fault for exchange in made.exchanges} == {Fault.TIMEOUT}
    assert made.error is not None
    assert made.error.status is None


def test_where_nothing_listens_the_target_is_lost(sdk_of: SdkOf) -> None:
    with ScriptedServer.playing() as server:
        url = server.url
    with pytest.raises(TargetLostError):
        sdk_of(recorded(target_at(url)).client).call(PIPELINE)


def test_nothing_is_sent_without_a_unit_of_the_budget(sdk_of: SdkOf) -> None:
    with ScriptedServer.playing(started()) as server, pytest.raises(OverBudgetError):
        sdk_of(recorded(target_at(server.url), budget=Budget(0)).client).call(PIPELINE)
    assert server.received == []


def test_the_configuration_of_the_users_own_aws_is_left_alone(
    call: Called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\nretry_mode = legacy\nmax_attempts = 7\n")
    # Models of one's own: the SDK looks there first, also below the home folder.
    models = tmp_path / ".aws" / "models"
    shutil.copytree(Path(botocore.__file__).parent / "data" / "imagebuilder", models / "imagebuilder")
    for model in models.rglob("service-2.json*"):
        model.unlink()
        (model.parent / "service-2.json").write_text('{"metadata": {}, "operations": {}, "shapes": {}}')
    (tmp_path / "spying.py").write_text(
        "from pathlib import Path\n"
        f"def initialize_client_plugin(client):\n    Path({str(tmp_path / 'loaded')!r}).touch()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_PROFILE": "no-such-profile",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CA_BUNDLE": "no-such-file",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "HOME": str(tmp_path),
        "AWS_DATA_PATH": str(models),
        "BOTOCORE_EXPERIMENTAL__PLUGINS": "spying=spying",
        **dict.fromkeys(MODES, "no-such-mode"),
    }.items():
        monkeypatch.setenv(name, value)
    made, _, server = call(UNAVAILABLE, started())
    assert made.error is None
    assert not (tmp_path / "loaded").exists()
    assert "/us-east-1/imagebuilder/" in (server.received[0].header("authorization") or "")


def test_a_session_token_is_sent_and_redacted(sdk_of: SdkOf) -> None:
    session_token = "a session token of some length"
    credentials = Credentials("AKIAEXAMPLE", "a secret of some length", session_token)
    with ScriptedServer.playing(started()) as server:
        recording = recorded(target_at(server.url, credentials=credentials))
        sdk_of(recording.client).call(PIPELINE)
    assert server.received[0].header("x-amz-security-token") == session_token
    assert session_token not in str(recording.journal)


def test_without_boto3_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match="`pip install boto3` or the extra `sdk`"):
        Sdk(recorded(target_at("http://127.0.0.1:1")).client)
