"""Signature Version 4: requests are signed by requests-aws4auth, one signer a thread."""

import threading
from dataclasses import replace

from requests import PreparedRequest
from requests_aws4auth import AWS4Auth

from imagebuilder_conformance.client.messages import Signer
from imagebuilder_conformance.target import Credentials, Target


def aws4auth(service: str) -> Signer:
    """A signer with the target's credentials, as they are at the time, and region for `service`."""
    signers = threading.local()

    def sign(prepared: PreparedRequest, target: Target) -> None:
        credentials = target.credentials.frozen()
        if getattr(signers, "credentials", None) != credentials:
            signers.credentials = credentials
            signers.auth = AWS4Auth(
                credentials.access_key_id,
                credentials.secret_access_key,
                target.region,
                service,
                session_token=credentials.session_token,
            )
        signers.auth(prepared)

    return sign


def signed_by(caller: Credentials, service: str) -> Signer:
    """A signer with the credentials of another caller."""

    def sign(prepared: PreparedRequest, target: Target) -> None:
        aws4auth(service)(prepared, replace(target, credentials=caller))

    return sign
