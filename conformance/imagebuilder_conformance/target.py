"""The endpoint under test, and what it takes to call it."""

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from urllib3.util import parse_url

from imagebuilder_conformance.partitions import is_aws_host

__all__ = [
    "CredentialSource",
    "Credentials",
    "CredentialsLostError",
    "Target",
    "Timeouts",
    "arn_scope",
    "host_of",
    "is_aws_host",
    "sibling",
    "token_space",
]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What requests are signed with. The secrets stay out of `repr`.

    `origin` says where they come from, such as `AWS_ACCESS_KEY_ID`.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    origin: str = field(default="", compare=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must reach no file."""
        return tuple(secret for secret in (self.secret_access_key, self.session_token) if secret)

    @property
    def flaw(self) -> str | None:
        """What keeps a request from being signed with these, in words: files and programs may hold anything."""
        parts = {
            "access key id": self.access_key_id,
            "secret access key": self.secret_access_key,
            "session token": self.session_token,
        }
        for name, text in parts.items():
            if text is not None and not _is_sendable(text):
                return f"the {name} is no text of ASCII characters on one line without blanks around it"
        return None

    def frozen(self) -> "Credentials":
        """These very credentials: they never change."""
        return self

    def renewed(self, refused: "Credentials") -> bool:  # noqa: ARG002  # that of a source that can
        """Whether there are others now than those that were refused: never."""
        return False


def _is_sendable(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable() and text == text.strip()


class CredentialSource(Protocol):
    """Where the credentials of each signature come from. Those of a source that refreshes them differ in time."""

    @property
    def access_key_id(self) -> str:
        """That of the present credentials, as are the others."""

    @property
    def secret_access_key(self) -> str: ...  # noqa: D102  # see above

    @property
    def session_token(self) -> str | None: ...  # noqa: D102  # see above

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that was ever given out."""

    @property
    def origin(self) -> str:
        """Where they come from, such as `--profile team`."""

    def frozen(self) -> Credentials:
        """The present credentials, which belong together. Raises `CredentialsLostError` where they can't be had."""

    def renewed(self, refused: Credentials) -> bool:
        """Whether there are others now than those that were refused; asks for new ones unless somebody has already.

        Raises:
            CredentialsLostError: New ones were asked for and can't be had.
        """


class CredentialsLostError(Exception):
    """The credentials are not accepted any more, or can't be had; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, for a connection and for the next bytes of an answer."""

    connect: float = 5.0
    read: float = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint, the pipelines known to it, and how it is called.

    `denied` is a caller whom it knows and who may not start images, if one is given.
    `stands_for_aws` says that a target on this machine is to be treated as AWS is.
    `verify` is True, False (no TLS verification) or the path of a CA bundle, as in `requests`.
    """

    name: str
    endpoint: str
    region: str
    pipelines: tuple[str, ...]
    credentials: CredentialSource
    timeouts: Timeouts = Timeouts()
    verify: bool | str = True
    reference: bool = False
    denied: Credentials | None = None
    stands_for_aws: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must reach no file."""
        return self.credentials.secrets + (self.denied.secrets if self.denied else ())

    @property
    def signer(self) -> str:
        """Which key signs and where it comes from, in words. Raises `CredentialsLostError` where it can't be had."""
        return f"signed with {self.credentials.access_key_id} from {self.credentials.origin}"

    @property
    def host(self) -> str:
        """The host of the endpoint, without the port."""
        return host_of(self.endpoint)

    @property
    def is_aws(self) -> bool:
        """Whether it is AWS's own, where an accepted call starts a real image build."""
        return self.stands_for_aws or is_aws_host(self.host)

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, where no proxy is wanted."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def host_of(url: str) -> str:
    """The host of a URL, without brackets, as the parser reads it that connects (urllib3's, which `requests` uses).

    Other parsers find another host in some spellings, and a guard must judge the one that is called.

    Raises:
        ValueError: It is no URL that can be called (urllib3's LocationParseError is one).
    """
    return (parse_url(url).host or "").strip("[]")


@lru_cache(maxsize=16)
def arn_scope(arn: str) -> tuple[str, str, str]:
    """The partition, region and account of an ARN that follows the contract's pattern."""
    _, partition, _, region, account, *_ = arn.split(":", 5)
    return partition, region, account


def sibling(pipeline: str, name: str) -> str:
    """The ARN of another pipeline beside this one: same partition, region and account."""
    return f"{pipeline.rsplit('/', 1)[0]}/{name}"


@lru_cache(maxsize=16)
def token_space(pipeline: str) -> str:
    """Where the token of a request for this pipeline is of: EC2's page on idempotency scopes tokens by region.

    Accounts are kept apart as well, since a token of one says nothing to another.
    """
    return ":".join(arn_scope(pipeline)) if pipeline.count(":") >= 5 else ""
