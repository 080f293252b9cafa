"""The AWS SDK for JavaScript calls the reference target as it would call AWS."""

import json
import os
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.absent import give_up
from tests.support.command import environment
from tests.support.environments import expect_ci, node_environment

PIPELINE, OTHER_PIPELINE = DEFAULT_PIPELINES
CALLS: dict[str, dict[str, Any]] = {
    "start": {"clientToken": "used", "imagePipelineArn": PIPELINE},
    "replay": {"clientToken": "used", "imagePipelineArn": PIPELINE},
    "mismatch": {"clientToken": "used", "imagePipelineArn": OTHER_PIPELINE},
    "unknown": {"clientToken": "new", "imagePipelineArn": f"{PIPELINE}-unknown"},
    "automatic": {"imagePipelineArn": PIPELINE},
    "lost": {"imagePipelineArn": PIPELINE, "lost": 1},
    "next": {"imagePipelineArn": PIPELINE},
}


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Any]]:
    """What the SDK's user gets of each call, all made one after the other."""
    expect_ci("the SDK for JavaScript")
    node = shutil.which("node")
    if node is None:
        give_up("expected `node` on the PATH, got none: install Debian's package nodejs", os.environ)
    folder = node_environment(Path(__file__).with_name("javascript"))
    environ = environment(
        AWS_ACCESS_KEY_ID=DUMMY_CREDENTIALS.access_key_id, AWS_SECRET_ACCESS_KEY=DUMMY_CREDENTIALS.secret_access_key
    )
    with ReferenceServer() as server:
        ran = subprocess.run(
            [node, folder / "calls.mjs", server.url],
            env=environ,
            input=json.dumps(list(CALLS.values())),
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )
    assert ran.returncode == 0, ran.stderr
    return dict(zip(CALLS, json.loads(ran.stdout), strict=True))


def image(result: dict[str, Any]) -> str:
    arn: str = result["output"]["imageBuildVersionArn"]
    return arn


def test_a_start_gives_the_three_members(results: dict[str, dict[str, Any]]) -> None:
    assert results["start"]["output"].keys() == {"requestId", "clientToken", "imageBuildVersionArn"}
    assert results["start"]["status"] == 200


def test_a_replay_gives_the_same_image(results: dict[str, dict[str, Any]]) -> None:
    assert image(results["replay"]) == image(results["start"])


@pytest.mark.parametrize(
    ("call", "exception", "status"),
    [("mismatch", "IdempotentParameterMismatchException", 400), ("unknown", "ResourceNotFoundException", 404)],
)
def test_a_refusal_is_a_typed_exception(
    results: dict[str, dict[str, Any]], call: str, exception: str, status: int
) -> None:
    result = results[call]
    assert (result["error"], result["typed"], result["status"]) == (exception, True, status)
    assert result["message"]


def test_a_token_that_the_sdk_makes_starts_an_image(results: dict[str, dict[str, Any]]) -> None:
    [token] = results["automatic"]["tokens"]
    assert uuid.UUID(token).version == 4
    assert image(results["automatic"]) != image(results["start"])


def test_a_call_whose_answer_was_lost_is_sent_again_and_starts_one_image(results: dict[str, dict[str, Any]]) -> None:
    first, again = results["lost"]["tokens"]
    assert first == again
    numbers = [int(image(results[call]).rsplit("/", 1)[1]) for call in ("automatic", "lost", "next")]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
