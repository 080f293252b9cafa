"""The target that behaves like the service: images appear late, build for long, and are not removed at once."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from imagebuilder_conformance.reference.credentials import TEMPORARY_KEY_PREFIX
from imagebuilder_conformance.reference.lifecycle import ServiceLike
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Lifecycle, Settings
from tests.support.command import served

from .exchanges import PIPELINE_A

if TYPE_CHECKING:
    from types_boto3_imagebuilder.client import ImagebuilderClient

LONG = 3600.0


def serving(**seconds: Any) -> ReferenceServer:
    """A target on which nothing takes its time but what is named."""
    nothing = {"invisible": 0.0, "busy": 0.0, "cancelling": 0.0, "building": LONG, "rate_limit": None}
    return ReferenceServer(Settings(lifecycle=Lifecycle(**nothing | seconds)), behaviour=ServiceLike)


def client_of(url: str, key: str = "imagebuilder-conformance", token: str | None = None) -> "ImagebuilderClient":
    return boto3.client(
        "imagebuilder",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key="imagebuilder-conformance",
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def started(client: "ImagebuilderClient") -> str:
    return client.start_image_pipeline_execution(clientToken="a", imagePipelineArn=PIPELINE_A)["imageBuildVersionArn"]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_a_fresh_image_is_shown_by_nothing() -> None:
    with serving(invisible=LONG) as server:
        client = client_of(server.url)
        arn = started(client)
        calls: list[Callable[[], object]] = [
            lambda: client.get_image(imageBuildVersionArn=arn),
            lambda: client.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c"),
            lambda: client.delete_image(imageBuildVersionArn=arn),
        ]
        assert {code_of(call) for call in calls} == {"ResourceNotFoundException"}
        assert client.list_image_pipeline_images(imagePipelineArn=PIPELINE_A)["imageSummaryList"] == []


def test_it_is_shown_in_the_end() -> None:
    with serving(invisible=0.2) as server:
        client = client_of(server.url)
        arn = started(client)
        time.sleep(0.3)
        assert client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"] == "BUILDING"


def test_cancelling_and_deleting_are_refused_for_a_while() -> None:
    with serving(busy=LONG) as server:
        client = client_of(server.url)
        arn = started(client)
        cancel = lambda: client.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c")  # noqa: E731
        assert code_of(cancel) == "ResourceInUseException"
        assert code_of(lambda: client.delete_image(imageBuildVersionArn=arn)) == "InvalidRequestException"


def test_a_cancelled_build_goes_on_for_a_while() -> None:
    with serving(cancelling=0.3) as server:
        client = client_of(server.url)
        arn = started(client)
        client.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c")
        assert client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"] == "BUILDING"
        time.sleep(0.4)
        assert client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"] == "CANCELLED"
        client.delete_image(imageBuildVersionArn=arn)


def test_a_build_that_ends_leaves_an_ami_and_can_not_be_cancelled() -> None:
    with serving(building=0.0) as server:
        client = client_of(server.url)
        arn = started(client)
        image = client.get_image(imageBuildVersionArn=arn)["image"]
        assert image["state"]["status"] == "AVAILABLE"
        assert image["outputResources"]["amis"][0]["image"].startswith("ami-")
        cancel = lambda: client.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c")  # noqa: E731
        assert code_of(cancel) == "InvalidRequestException"


def test_the_operations_on_images_are_throttled_too() -> None:
    with serving(rate_limit=1.0) as server:
        client = client_of(server.url)
        arn = started(client)
        client.get_image(imageBuildVersionArn=arn)
        assert code_of(lambda: client.get_image(imageBuildVersionArn=arn)) == "CallRateLimitExceededException"


def test_a_temporary_key_is_good_until_the_moment_that_it_names() -> None:
    end = f"{TEMPORARY_KEY_PREFIX}{int(time.time()) + 60}"
    ended = f"{TEMPORARY_KEY_PREFIX}{int(time.time()) - 1}"
    with serving() as server:
        assert started(client_of(server.url, end, "any session token"))
        for key, token, code in (
            (ended, "any session token", "ExpiredTokenException"),
            (end, None, "UnrecognizedClientException"),
            (f"{TEMPORARY_KEY_PREFIX}tomorrow", "any session token", "UnrecognizedClientException"),
            ("imagebuilder-conformance", "any session token", "UnrecognizedClientException"),
        ):
            assert code_of(lambda key=key, token=token: started(client_of(server.url, key, token))) == code  # type: ignore[misc]  # mypy can't infer a lambda with defaults


def test_serve_has_it(tmp_path: Path) -> None:
    with served("--lifecycle", cwd=tmp_path) as (url, _):
        client = client_of(url)
        arn = started(client)
        assert code_of(lambda: client.get_image(imageBuildVersionArn=arn)) == "ResourceNotFoundException"
