"""boto3's client of a target."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, ReadOnlyCredentials
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.session import Session

from imagebuilder_conformance.target import CredentialSource, Target
from imagebuilder_spec import Family, load_contract

# How often a call is sent again, up to seven seconds later in all. `cleanup` itself tries longer.
RETRIES = 3


class _Present(BotocoreCredentials):
    """The credentials that a source has at the moment of each signature: keys may end while images are waited for."""

    def __init__(self, source: CredentialSource) -> None:
        self._source = source
        self._given = present = source.frozen()
        super().__init__(present.access_key_id, present.secret_access_key, present.session_token)

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The present ones. Raises `CredentialsLostError` where they have ended and can't be refreshed."""
        self._given = present = self._source.frozen()
        return ReadOnlyCredentials(present.access_key_id, present.secret_access_key, present.session_token)

    def renew(self, response: tuple[Any, Mapping[str, Any]] | None, attempts: int, **_: Any) -> int | None:
        """Have a call that is refused for its keys sent again at once, if there are others now.

        Raises `CredentialsLostError` where others are asked for and can't be had.
        """
        code = "" if response is None else response[1].get("Error", {}).get("Code", "")
        has_ended = attempts <= RETRIES and code in load_contract().errors.family(Family.ENDED_KEY)
        return 0 if has_ended and self._source.renewed(self._given) else None


class _Provider(CredentialProvider):
    METHOD = "imagebuilder-conformance"

    def __init__(self, present: _Present) -> None:
        super().__init__()
        self._present = present

    def load(self) -> BotocoreCredentials:
        return self._present


def client_of(target: Target) -> Any:
    """boto3's client of a target, with its credentials, its timeouts and its TLS settings.

    Raises `CredentialsLostError`, also from its methods, where the credentials have ended and can't be refreshed.
    """
    session, present = Session(), _Present(target.credentials)
    session.register_component("credential_provider", CredentialResolver([_Provider(present)]))
    timeouts = target.timeouts
    config = Config(
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.read,
        # Not `standard`, which gives up on CallRateLimitExceededException at once.
        retries={"mode": "legacy", "max_attempts": RETRIES},
        # On this machine no proxy is wanted.
        proxies={} if target.is_loopback else None,
    )
    client = boto3.Session(botocore_session=session).client(
        "imagebuilder", endpoint_url=target.endpoint, region_name=target.region, verify=target.verify, config=config
    )
    client.meta.events.register("needs-retry.imagebuilder", present.renew)  # type: ignore[arg-type]  # the stubs know no answering handler
    return client
