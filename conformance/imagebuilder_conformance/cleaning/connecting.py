"""boto3's client of a target."""

from typing import Any

import boto3
from botocore.config import Config

from imagebuilder_conformance.target import Target

# How often a call is sent again, up to seven seconds later in all. Whoever is throttled longer calls cleanup again.
RETRIES = 3


def client_of(target: Target) -> Any:
    """boto3's client of a target, with its present credentials, its timeouts and its TLS settings.

    Raises `CredentialsLostError` where the credentials have expired and can't be refreshed.
    """
    credentials, timeouts = target.credentials.frozen(), target.timeouts
    config = Config(
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.read,
        # Not `standard`, which gives up on CallRateLimitExceededException at once.
        retries={"mode": "legacy", "max_attempts": RETRIES},
        # On this machine no proxy is wanted.
        proxies={} if target.is_loopback else None,
    )
    return boto3.client(
        "imagebuilder",
        endpoint_url=target.endpoint,
        region_name=target.region,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        verify=target.verify,
        config=config,
    )
