"""Requests that are signed in the query string, by botocore."""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from imagebuilder_conformance.reference import DUMMY_CREDENTIALS, Credentials

from .verifying import BODY


class BodyPresigner(SigV4QueryAuth):
    """botocore's presigner, for a body that stays a body: its own moves the members of one into the query string."""

    def __init__(
        self, credentials: Credentials, body_hash: str, *, expires: int = 60, service: str = "imagebuilder"
    ) -> None:
        keys = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
        super().__init__(keys, service, "us-east-1", expires=expires)
        self.body_hash = body_hash

    def payload(self, request: AWSRequest) -> str:  # noqa: ARG002  # botocore's signature
        return self.body_hash


def presigned(
    url: str,
    body: bytes = BODY,
    *,
    credentials: Credentials = DUMMY_CREDENTIALS,
    headers: Mapping[str, str] | None = None,
    expires: int = 60,
    service: str = "imagebuilder",
) -> str:
    """The target of a presigned request: its path and its query string."""
    request = AWSRequest("PUT", url, headers=headers)
    BodyPresigner(credentials, hashlib.sha256(body).hexdigest(), expires=expires, service=service).add_auth(request)
    parts = urlsplit(str(request.url))
    return f"{parts.path}?{parts.query}"
