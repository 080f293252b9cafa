"""Credentials from botocore's chain: environment, profiles, SSO, assumed roles, processes, instance metadata."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Credentials, CredentialsLostError

if TYPE_CHECKING:
    from botocore.credentials import Credentials as ChainCredentials

INSTALL = "pip install 'imagebuilder-conformance[aws]'"
"""What brings botocore."""


class ProfileCredentials:
    """Credentials that botocore refreshes before they expire. They are asked for at each signing."""

    def __init__(self, chain: "ChainCredentials", profile: str | None) -> None:
        self._chain = chain
        self._profile = profile
        self._lock = threading.Lock()
        # In the order in which they were given out, each once.
        self._secrets: dict[str, None] = {}

    def __reduce__(self) -> tuple[Callable[[str | None], "ProfileCredentials | None"], tuple[str | None]]:
        # Another process asks the chain itself.
        return chain_credentials, (self._profile,)

    @property
    def access_key_id(self) -> str:
        """That of the present credentials."""
        return self.frozen().access_key_id

    @property
    def secret_access_key(self) -> str:
        """That of the present credentials."""
        return self.frozen().secret_access_key

    @property
    def session_token(self) -> str | None:
        """That of the present credentials, if they have one."""
        return self.frozen().session_token

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that was ever given out."""
        with self._lock:
            return tuple(self._secrets)

    def frozen(self) -> Credentials:
        """The present credentials. Raises `CredentialsLostError` where they have expired and can't be refreshed."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            frozen = self._chain.get_frozen_credentials()
        # botocore raises a RuntimeError where what it was given has expired already.
        except (BotoCoreError, ClientError, ValueError, RuntimeError) as error:
            raise CredentialsLostError(f"the credentials can't be had: {_one_line(error)}") from error
        if not (frozen.access_key and frozen.secret_key):
            raise CredentialsLostError("the credentials can't be had: the profile gave none")
        credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token or None)
        with self._lock:
            self._secrets |= dict.fromkeys(credentials.secrets)
        return credentials


def chain_credentials(profile: str | None) -> ProfileCredentials | None:
    """The credentials of botocore's chain, of a profile if one is named; None where the chain has none.

    Raises `UsageError` where botocore is not installed, there is no such profile, or it gives no credentials.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.session import Session
    except ImportError:
        raise UsageError(f"profiles take botocore: {INSTALL}") from None
    try:
        found = Session(profile=profile).get_credentials()
    except (BotoCoreError, ClientError, ValueError) as error:
        raise UsageError(f"no credentials: {_one_line(error)}") from error
    if found is None:
        return None
    credentials = ProfileCredentials(found, profile)
    try:
        credentials.frozen()
    except CredentialsLostError as error:
        raise UsageError(str(error)) from error
    return credentials


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
