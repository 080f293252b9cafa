"""Credentials from botocore's chain: environment, profiles, SSO, assumed roles, processes, instance metadata."""

import getpass
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Credentials, CredentialsLostError

if TYPE_CHECKING:
    from botocore.credentials import Credentials as ChainCredentials
    from botocore.session import Session

INSTALL = "pip install 'imagebuilder-conformance[aws]'"
"""What brings botocore."""
INSTALL_LOGIN = "pip install 'imagebuilder-conformance[login]'"
"""What brings the part of botocore that profiles of `aws login` need."""

# So many seconds before their end credentials are asked for again: the first that is less than they have. botocore's
# own distance is ten minutes, which is each time that one looks where a session is short.
_SHORTLY_BEFORE = (30, 5)
# What botocore takes where a profile that was named has nothing: `findings/botocore-profile-without-credentials.sh`.
_OF_THE_MACHINE = frozenset({"ec2-credentials-file", "boto-config", "container-role", "iam-role"})
# What a profile has, and where to look when its credentials can't be had.
_PLACES: Mapping[str, str] = {
    "mfa_serial": "a profile with mfa_serial asks for a code, which takes a terminal",
    "credential_process": "look at the profile's credential_process: a program that prints one JSON object",
    "login_session": "log in again with `aws login`",
    "sso_session": "log in again with `aws sso login`",
    "sso_start_url": "log in again with `aws sso login`",
    "web_identity_token_file": "look at the profile's web_identity_token_file",
    "role_arn": "look at the profile's role_arn and at what it is assumed with",
}
_ANYWHERE = "look at the environment and at the files of AWS's command line"


class ProfileCredentials:
    """Credentials that are kept until shortly before they expire, and then asked for anew, or when they are refused."""

    def __init__(self, make: "Callable[[], ChainCredentials | None]", arguments: "_Arguments", hint: str) -> None:
        self._make = make
        self._arguments = arguments
        self._hint = hint
        self._lock = threading.RLock()
        self._chain: ChainCredentials | None = None
        self._present: Credentials | None = None
        self._margin = 0
        # In the order in which they were given out, each once.
        self._secrets: dict[str, None] = {}

    def __reduce__(self) -> "tuple[Callable[..., ProfileCredentials | None], _Arguments]":
        # Another process asks the chain itself.
        return chain_credentials, self._arguments

    @property
    def origin(self) -> str:
        """Who asks for them, and by which of botocore's methods they are had."""
        asked = self._arguments[1]
        return asked if self._chain is None else f"{asked} ({self._chain.method})"

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

    @property
    def is_empty(self) -> bool:
        """Whether the chain has no credentials. Raises `CredentialsLostError` where it can't be asked."""
        with self._lock, self._told():
            self._chain = self._chain or self._make()
            return self._chain is None

    def frozen(self) -> Credentials:
        """The present credentials. Raises `CredentialsLostError` where they have expired and can't be refreshed."""
        with self._lock:
            if self._present is None or (self._chain is not None and _ends_within(self._margin, self._chain)):
                self._present = self._asked()
            return self._present

    def renewed(self, refused: Credentials) -> bool:
        """Whether there are others now than those refused: the files are read and the services asked once more.

        Not where a person would have to be asked for a code.

        Raises:
            CredentialsLostError: They were asked for and can't be had.
        """
        with self._lock:
            if self._hint == _PLACES["mfa_serial"]:
                return False
            if self._present is None or self._present == refused:
                self._chain = None
                self._present = self._asked()
            return self._present != refused

    def _asked(self) -> Credentials:
        with self._told():
            self._chain = self._chain or self._make()
            if self._arguments[0] is not None and self._chain is not None and self._chain.method in _OF_THE_MACHINE:
                raise CredentialsLostError(
                    f"{self._arguments[1]}: the profile has no credentials of its own, and those of this machine "
                    f"({self._chain.method}) are not what it names; {self._hint}"
                )
            frozen = None if self._chain is None else self._chain.get_frozen_credentials()
        if self._chain is not None:
            self._margin = next((each for each in _SHORTLY_BEFORE if not _ends_within(each, self._chain)), 0)
        if frozen is None or not (frozen.access_key and frozen.secret_key):
            raise CredentialsLostError(f"the credentials of {self.origin} can't be had: there are none; {self._hint}")
        credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token or None, self.origin)
        if credentials.flaw:
            raise CredentialsLostError(
                f"the credentials of {self.origin} can't be used: {credentials.flaw}; {self._hint}"
            )
        self._secrets |= dict.fromkeys(credentials.secrets)
        return credentials

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn whatever goes wrong into one sentence."""
        from botocore.exceptions import MissingDependencyException

        try:
            # Where there is no terminal, it would read the code from whatever standard input is, and perhaps wait.
            with warnings.catch_warnings():
                warnings.simplefilter("error", getpass.GetPassWarning)
                yield
        except MissingDependencyException as error:
            raise CredentialsLostError(f"{self.origin}: a profile of `aws login` takes {INSTALL_LOGIN}") from error
        except CredentialsLostError:
            raise
        # What a user's files say ends in any exception: botocore looks into them and opens them as if they were right.
        except Exception as error:
            raise CredentialsLostError(
                f"the credentials of {self.origin} can't be had: {_in_words(error)}; {self._hint}"
            ) from error


_Arguments = tuple[str | None, str, str]


def _ends_within(seconds: int, chain: "ChainCredentials") -> bool:
    """Whether credentials end so soon; only some kinds do."""
    needed: Callable[[int], bool] | None = getattr(chain, "refresh_needed", None)
    return needed is not None and needed(seconds)


def chain_credentials(profile: str | None, origin: str, region: str) -> ProfileCredentials | None:
    """The credentials of botocore's chain, of a profile if one is named; None where no profile is and it has none.

    Args:
        profile: Its name.
        origin: Who asks for it, such as `--profile team`.
        region: Where a role is assumed, if neither its profile nor the environment says so.

    Raises:
        UsageError: botocore is not installed, there is no such profile, or its credentials can't be had.
    """
    try:
        from botocore.session import Session
    except ImportError:
        raise UsageError(f"{origin}: profiles take botocore: {INSTALL}") from None

    def session() -> "Session":
        made = Session(profile=profile)
        if made.get_config_variable("region") is None:
            made.set_config_variable("region", region)
        return made

    credentials = ProfileCredentials(
        lambda: session().get_credentials(), (profile, origin, region), _hint(lambda: session().get_scoped_config())
    )
    try:
        if credentials.is_empty and profile is None:
            return None
        credentials.frozen()
    except CredentialsLostError as error:
        raise UsageError(str(error)) from error
    return credentials


def _hint(configured: Callable[[], Mapping[str, object]]) -> str:
    """Where to look, by what a profile has."""
    try:
        has = configured()
    except Exception:  # noqa: BLE001  # asking for the credentials says what is wrong with the files
        return _ANYWHERE
    return next((place for name, place in _PLACES.items() if name in has), _ANYWHERE)


def _in_words(error: Exception) -> str:
    """An exception on one line: botocore's own speak for themselves, others need their kind."""
    from botocore.exceptions import BotoCoreError, ClientError

    words = " ".join(str(error).split()).rstrip(".")
    speaks = words and isinstance(error, BotoCoreError | ClientError | OSError)
    return words if speaks else f"{type(error).__name__} {words}"
