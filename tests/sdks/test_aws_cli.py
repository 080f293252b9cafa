"""The AWS CLI calls the reference target as it would call AWS."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.command import Finished, environment
from tests.support.environments import expect_ci, python_environment

PIPELINE, OTHER_PIPELINE = DEFAULT_PIPELINES
Aws = Callable[..., Finished]


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    with ReferenceServer() as server:
        yield server


@pytest.fixture(scope="module")
def aws(server: ReferenceServer) -> Aws:
    """Starts an image by the AWS CLI."""
    expect_ci("the AWS CLI")
    program = python_environment(Path(__file__).with_name("aws-cli.txt")) / "aws"
    environ = environment(
        AWS_ACCESS_KEY_ID=DUMMY_CREDENTIALS.access_key_id,
        AWS_SECRET_ACCESS_KEY=DUMMY_CREDENTIALS.secret_access_key,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )

    def call(pipeline: str, *options: str) -> Finished:
        words = ["imagebuilder", "start-image-pipeline-execution", "--image-pipeline-arn", pipeline, *options]
        words += ["--endpoint-url", server.url, "--region", server.region, "--output", "json"]
        ran = subprocess.run([program, *words], env=environ, capture_output=True, check=False, text=True, timeout=120)
        return Finished(ran.returncode, ran.stdout, ran.stderr)

    return call


def output(finished: Finished) -> dict[str, Any]:
    assert finished.code == 0, finished.text
    members: dict[str, Any] = json.loads(finished.out)
    return members


def test_a_start_without_a_token_and_its_replay_give_one_image(aws: Aws) -> None:
    first = output(aws(PIPELINE))
    assert first.keys() == {"requestId", "clientToken", "imageBuildVersionArn"}
    again = output(aws(PIPELINE, "--client-token", first["clientToken"]))
    assert again["imageBuildVersionArn"] == first["imageBuildVersionArn"]


def test_a_mismatch_is_called_by_its_name(aws: Aws) -> None:
    output(aws(PIPELINE, "--client-token", "used"))
    refused = aws(OTHER_PIPELINE, "--client-token", "used")
    assert refused.code
    assert "(IdempotentParameterMismatchException)" in refused.err


def test_an_unknown_pipeline_is_called_so(aws: Aws) -> None:
    refused = aws(f"{PIPELINE}-unknown")
    assert refused.code
    assert "(ResourceNotFoundException)" in refused.err
