import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from click.testing import CliRunner, Result

from imagebuilder_conformance.cli.serve import command
from imagebuilder_conformance.reference import SESSION_CREDENTIALS
from imagebuilder_conformance.reference.defects.catalogue import defects, variations

from .exchanges import JSON, PATH, PIPELINE_A, Client, body_of, signed

OWN = "arn:aws:imagebuilder:eu-west-1:000000000000:image-pipeline/own"
START = "import sys; from imagebuilder_conformance.cli.serve import command; command(sys.argv[1:])"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command in a process of its own, until its first line; the rest of its output can be read on."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", START, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Listening on http://127.0.0.1:")
            yield process, line.split()[-1]
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_on_a_signal(number: signal.Signals) -> None:
    with serving() as (process, url):
        client = boto3.client(
            "imagebuilder",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="imagebuilder-conformance",
            aws_secret_access_key="imagebuilder-conformance",
        )
        answer = client.start_image_pipeline_execution(clientToken="t", imagePipelineArn=PIPELINE_A)
        assert answer["clientToken"] == "t"
        process.send_signal(number)
        assert process.wait(5) == 0


def test_it_says_what_to_use() -> None:
    with serving("--pipeline-arn", OWN, "--defect", "token-ignored") as (process, _):
        process.terminate()
        assert process.stdout is not None
        output = process.stdout.read()
        process.wait(5)
    assert OWN in output
    assert "eu-west-1" in output
    # A key and its secret, of the caller who may start images, of one with a session token, and of one who may not.
    assert output.count("imagebuilder-conformance") == 7
    assert str(SESSION_CREDENTIALS.session_token) in output
    assert defects()["token-ignored"].sentence in output


@pytest.mark.parametrize("allowed", [True, False])
def test_a_body_may_stay_unsigned_only_if_that_is_allowed(*, allowed: bool) -> None:
    with serving(*(["--allow-unsigned-payload"] if allowed else [])) as (process, url):
        client = Client(url)
        headers = signed(url + PATH, body_of(), headers={**JSON, "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
        reply = client.exchange(body_of(), headers=headers)
        client.close()
        process.terminate()
        assert process.stdout is not None
        assert ("unsigned payloads" in process.stdout.read()) == allowed
    assert reply.status == (200 if allowed else 403)
    assert allowed or "UNSIGNED-PAYLOAD" in reply.document["message"]


@pytest.mark.parametrize(
    ("arguments", "revision"),
    [
        ([], "documented"),
        (["--contract", "current"], "current"),
        (["--defect", "tags-not-compared"], "current"),
        (["--defect", "token-ignored", "--contract", "current"], "current"),
    ],
)
def test_it_keeps_the_contract_that_is_asked_for_or_that_a_defect_is_about(arguments: list[str], revision: str) -> None:
    with serving(*arguments) as (process, _):
        process.terminate()
        assert process.stdout is not None
        assert f"contract:              {revision}" in process.stdout.read()


def test_the_defects_are_listed_with_their_clauses() -> None:
    result = invoke("--list-defects")
    assert result.exit_code == 0
    for entry in defects().values():
        assert entry.name in result.output
        assert entry.breaks in result.output


def test_the_variations_are_listed() -> None:
    result = invoke("--list-variations")
    assert result.exit_code == 0
    assert all(name in result.output for name in variations())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--defect", "token-ignord"], "did you mean token-ignored"),
        (["--variation", "answers-slo"], "did you mean answers-slow"),
        (["--defect", "token-ignored", "--variation", "answers-slow"], "exclude each other"),
        (["--pipeline-arn", "x"], "expected a pipeline ARN that matches"),
        (["--rate-limit", "0"], "--rate-limit"),
        (["--port", "70000"], "--port"),
        (["--allow-unsigned-payload", "--no-verify-signatures"], "verifies none"),
        (["--allow-unsigned-payload", "--variation", "signatures-unverified"], "verifies none"),
        (["--allow-unsigned-payload", "--proxy", "http://127.0.0.1:1"], "exclude it"),
        (["--contract", "later"], "'documented', 'current'"),
        (["--contract", "documented", "--defect", "tags-not-compared"], "serve it with --contract current"),
    ],
)
def test_what_makes_no_sense_is_exit_2_with_a_sentence(arguments: list[str], sentence: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert sentence in result.output


def test_a_port_that_is_taken_is_exit_2_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = invoke("--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert "Cannot listen on port" in result.output


def test_it_serves_the_fault_interface_in_front_of_another_target() -> None:
    with serving() as (_, upstream), serving("--proxy", upstream) as (process, url):
        process.terminate()
        assert process.stdout is not None
        assert upstream in process.stdout.read()
        assert url != upstream


@pytest.mark.parametrize("option", ["--defect", "--variation", "--proxy"])
def test_what_can_be_given_once_is_refused_when_it_is_given_twice(option: str) -> None:
    result = CliRunner().invoke(command, [option, "token-ignored", option, "replay-refused"])
    assert result.exit_code == 2
    assert "expected one, got token-ignored, replay-refused" in result.output
