"""A plain client: one HTTP exchange at a time, signed by botocore unless told otherwise."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS, Credentials

PATH = "/StartImagePipelineExecution"
PIPELINE_A, PIPELINE_B = DEFAULT_PIPELINES
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        return self.headers.get("x-amzn-ErrorType")


def body_of(token: object = "token", arn: object = PIPELINE_A, **others: object) -> bytes:
    return json.dumps({"clientToken": token, "imagePipelineArn": arn, **others}).encode()


def signed(
    url: str,
    body: bytes,
    *,
    method: str = "PUT",
    headers: Mapping[str, str] = JSON,
    region: str = "us-east-1",
    service: str = "imagebuilder",
    credentials: Credentials = DUMMY_CREDENTIALS,
) -> dict[str, str]:
    """The headers of a request with a signature by botocore."""
    request = AWSRequest(method, url, headers=dict(headers), data=body)
    signer = SigV4Auth(BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key), service, region)
    signer.add_auth(request)
    return {**dict(request.headers.items()), "Host": urlsplit(url).netloc}


class Client:
    """Exchanges over one connection that is kept alive."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)

    def exchange(
        self,
        body: bytes,
        *,
        method: str = "PUT",
        target: str = PATH,
        headers: Mapping[str, str] | None = None,
        encode_chunked: bool = False,
    ) -> Reply:
        if headers is None:
            headers = signed(self.url + target, body, method=method)
        sent: Any = iter([body[:10], body[10:]]) if encode_chunked else body
        self.connection.request(method, target, sent, dict(headers), encode_chunked=encode_chunked)
        answer = self.connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())

    def start(self, token: object = "token", arn: object = PIPELINE_A) -> Reply:
        return self.exchange(body_of(token, arn))

    def close(self) -> None:
        self.connection.close()
