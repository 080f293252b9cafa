"""The images that were started can be seen, cancelled and deleted with boto3, as its service model has it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from imagebuilder_conformance.reference import Settings
from imagebuilder_conformance.reference.defects.refusals import ErrorHtml
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import PIPELINE_A, PIPELINE_B, Client

if TYPE_CHECKING:
    from types_boto3_imagebuilder.client import ImagebuilderClient

UNKNOWN = "arn:aws:imagebuilder:us-east-1:123456789012:image/conformance-a-recipe/1.0.0/99"


def client_of(server: ReferenceServer, secret: str | None = None) -> "ImagebuilderClient":
    return boto3.client(
        "imagebuilder",
        endpoint_url=server.url,
        region_name=server.region,
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key=secret or server.credentials.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}),
    )


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def images(server: ReferenceServer) -> "ImagebuilderClient":
    return client_of(server)


def start(client: "ImagebuilderClient", token: str, pipeline: str = PIPELINE_A) -> str:
    answer = client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=pipeline)
    return answer["imageBuildVersionArn"]


def listed(client: "ImagebuilderClient", pipeline: str) -> list[str]:
    return [each["arn"] for each in client.list_image_pipeline_images(imagePipelineArn=pipeline)["imageSummaryList"]]


def test_an_image_is_building_until_it_is_cancelled_and_gone_when_it_is_deleted(images: "ImagebuilderClient") -> None:
    arn = start(images, "a")
    image = images.get_image(imageBuildVersionArn=arn)["image"]
    assert (image["arn"], image["state"]["status"], image["sourcePipelineArn"]) == (arn, "BUILDING", PIPELINE_A)
    assert images.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c")["imageBuildVersionArn"] == arn
    assert images.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"] == "CANCELLED"
    assert images.delete_image(imageBuildVersionArn=arn)["imageBuildVersionArn"] == arn
    assert code_of(lambda: images.get_image(imageBuildVersionArn=arn)) == "ResourceNotFoundException"


def test_a_build_is_cancelled_once_and_deleted_only_after_that(images: "ImagebuilderClient") -> None:
    arn = start(images, "a")
    assert code_of(lambda: images.delete_image(imageBuildVersionArn=arn)) == "InvalidRequestException"
    images.cancel_image_creation(imageBuildVersionArn=arn, clientToken="c")
    again = code_of(lambda: images.cancel_image_creation(imageBuildVersionArn=arn, clientToken="d"))
    assert again == "InvalidRequestException"


def test_a_pipeline_lists_its_own_images_page_by_page(images: "ImagebuilderClient") -> None:
    started = [start(images, f"t{number}") for number in range(3)]
    other = start(images, "other", PIPELINE_B)
    first = images.list_image_pipeline_images(imagePipelineArn=PIPELINE_A, maxResults=2)
    rest = images.list_image_pipeline_images(imagePipelineArn=PIPELINE_A, nextToken=first["nextToken"])
    assert [each["arn"] for each in first["imageSummaryList"] + rest["imageSummaryList"]] == started
    assert "nextToken" not in rest
    assert listed(images, PIPELINE_B) == [other]
    assert listed(images, f"{PIPELINE_A}-unknown") == []


def test_deleting_an_image_leaves_the_others_and_what_its_token_started(images: "ImagebuilderClient") -> None:
    first, second = start(images, "a"), start(images, "b")
    images.cancel_image_creation(imageBuildVersionArn=first, clientToken="c")
    images.delete_image(imageBuildVersionArn=first)
    assert listed(images, PIPELINE_A) == [second]
    assert start(images, "a") == first


@pytest.mark.parametrize("token", ["x", "-1"])
def test_a_page_that_was_never_given_out_is_refused(images: "ImagebuilderClient", token: str) -> None:
    code = code_of(lambda: images.list_image_pipeline_images(imagePipelineArn=PIPELINE_A, nextToken=token))
    assert code == "InvalidPaginationTokenException"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"maxResults": "x"}', b'{"maxResults": 0.5}'])
def test_a_body_that_can_not_be_read_is_refused(client: Client, body: bytes) -> None:
    assert client.exchange(body, method="POST", target="/ListImagePipelineImages").status == 400


def test_a_wrong_signature_is_refused(server: ReferenceServer) -> None:
    code = code_of(lambda: client_of(server, "wrong").get_image(imageBuildVersionArn=UNKNOWN))
    assert code == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/GetImage"), ("GET", "/DeleteImage"), ("POST", "/GetImage/"), ("PUT", "/ListImages")]
)
def test_other_methods_and_paths_are_unknown_as_before(client: Client, method: str, path: str) -> None:
    reply = client.exchange(b"{}", method=method, target=path)
    assert (reply.status, reply.code) == (404, "UnknownOperationException")


def test_no_defect_and_no_rate_limit_reaches_them() -> None:
    with ReferenceServer(Settings(rate_limit=1), behaviour=ErrorHtml) as server:
        client = client_of(server)
        codes = {code_of(lambda: client.get_image(imageBuildVersionArn=UNKNOWN)) for _ in range(5)}
    assert codes == {"ResourceNotFoundException"}
