from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from imagebuilder_conformance.reference import Settings
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import PIPELINE_A, PIPELINE_B

if TYPE_CHECKING:
    from types_boto3_imagebuilder.client import ImagebuilderClient


def client_of(server: ReferenceServer, **config: Any) -> "ImagebuilderClient":
    return boto3.client(
        "imagebuilder",
        endpoint_url=server.url,
        region_name=server.region,
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key=server.credentials.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def test_a_request_starts_an_image(server: ReferenceServer) -> None:
    answer = client_of(server).start_image_pipeline_execution(clientToken="t", imagePipelineArn=PIPELINE_A)
    assert answer["clientToken"] == "t"
    assert answer["imageBuildVersionArn"].startswith("arn:aws:imagebuilder:us-east-1:123456789012:image/")
    assert answer["requestId"] == answer["ResponseMetadata"]["RequestId"]


def test_a_token_that_boto3_fills_in_starts_an_image(server: ReferenceServer) -> None:
    client: Any = client_of(server)  # its type has the token as required
    answers = [client.start_image_pipeline_execution(imagePipelineArn=PIPELINE_A) for _ in range(2)]
    assert len({answer["imageBuildVersionArn"] for answer in answers}) == 2


def test_a_replay_gets_the_same_image_and_a_request_id_of_its_own(server: ReferenceServer) -> None:
    client = client_of(server)
    first, again = (client.start_image_pipeline_execution(clientToken="t", imagePipelineArn=PIPELINE_A) for _ in "12")
    assert first["imageBuildVersionArn"] == again["imageBuildVersionArn"]
    assert first["requestId"] != again["requestId"]


def test_builds_are_numbered_by_pipeline(server: ReferenceServer) -> None:
    client = client_of(server)
    numbers = [
        client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=arn)["imageBuildVersionArn"]
        for token, arn in [("1", PIPELINE_A), ("2", PIPELINE_A), ("3", PIPELINE_B), ("4", PIPELINE_A)]
    ]
    assert [arn.rsplit("/", 1)[1] for arn in numbers] == ["1", "2", "1", "3"]
    assert len(set(numbers)) == 4


@pytest.mark.parametrize(
    ("token", "arn", "exception", "status"),
    [
        ("used", PIPELINE_B, "IdempotentParameterMismatchException", 400),
        ("new", f"{PIPELINE_A}-of-somebody-else", "ResourceNotFoundException", 404),
        ("new", "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/Capital", "ClientException", 400),
        ("x" * 37, PIPELINE_A, "ClientException", 400),
    ],
)
def test_a_refusal_is_a_typed_exception(
    server: ReferenceServer, token: str, arn: str, exception: str, status: int
) -> None:
    client = client_of(server)
    client.start_image_pipeline_execution(clientToken="used", imagePipelineArn=PIPELINE_A)
    with pytest.raises(getattr(client.exceptions, exception)) as caught:
        client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=arn)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["ResponseMetadata"]["RequestId"]
    assert response["Error"]["Message"]


def test_a_throttled_request_is_a_typed_exception() -> None:
    with ReferenceServer(Settings(rate_limit=1)) as server:
        client = client_of(server)
        client.start_image_pipeline_execution(clientToken="1", imagePipelineArn=PIPELINE_A)
        with pytest.raises(client.exceptions.CallRateLimitExceededException) as caught:
            client.start_image_pipeline_execution(clientToken="2", imagePipelineArn=PIPELINE_A)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_secret_that_is_wrong_is_refused(server: ReferenceServer) -> None:
    client = boto3.client(
        "imagebuilder",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key="wrong",
    )
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.start_image_pipeline_execution(clientToken="t", imagePipelineArn=PIPELINE_A)
    assert caught.value.response["Error"]["Code"] == "InvalidSignatureException"
