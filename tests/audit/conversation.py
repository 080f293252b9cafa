"""What clients say to a target while somebody records it: every kind of call, and other traffic in between."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.calls import OTHER_PIPELINE, PIPELINE

RECORDINGS = Path(__file__).parent / "recordings"
# The defect of the target in the recordings of a broken one.
BROKEN = "token-ignored"
COOKIE = "a-cookie-that-nobody-may-see"
SESSION_TOKEN = "a-session-token-that-nobody-may-see"
UNKNOWN = f"{PIPELINE}-unknown"
# A token that is replayed, and one more; two pipelines; a request that breaks each member's schema.
CALLS = (
    ("first", PIPELINE),
    ("first", PIPELINE),
    ("second", OTHER_PIPELINE),
    ("first", OTHER_PIPELINE),
    ("third", UNKNOWN),
    ("x" * 37, PIPELINE),
    ("fourth", "not-an-arn"),
    ("first", PIPELINE),
)


def speak_by_sdk(endpoint: str, server: ReferenceServer) -> None:
    """Say it through AWS's SDK, at the endpoint of what records."""
    client: Any = boto3.client(
        "imagebuilder",
        endpoint_url=endpoint,
        region_name=server.region,
        aws_access_key_id=server.credentials.access_key_id,
        aws_secret_access_key=server.credentials.secret_access_key,
        aws_session_token=SESSION_TOKEN,
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-send.imagebuilder.*", _add_cookie)
    for token, pipeline in CALLS:
        with suppress(ClientError):
            client.start_image_pipeline_execution(clientToken=token, imagePipelineArn=pipeline)
    with suppress(ClientError):
        client.list_image_pipelines()


def _add_cookie(request: Any, **_: Any) -> None:
    request.headers["Cookie"] = f"session={COOKIE}"
