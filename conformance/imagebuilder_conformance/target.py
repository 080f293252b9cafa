"""The endpoint under test, and what it takes to call it."""

import ipaddress
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

_AWS_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn", ".aws.dev")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What requests are signed with. The secrets stay out of `repr`."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must reach no file."""
        return tuple(secret for secret in (self.secret_access_key, self.session_token) if secret)

    def frozen(self) -> "Credentials":
        """These very credentials: they never change."""
        return self


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

    def frozen(self) -> Credentials:
        """The present credentials, which belong together. Raises `CredentialsLostError` where they can't be had."""


class CredentialsLostError(Exception):
    """The credentials have expired and can't be refreshed; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, for a connection and for the next bytes of an answer."""

    connect: float = 5.0
    read: float = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint, the pipelines known to it, and how it is called.

    `denied` is a caller whom it knows and who may not start images, if one is given.
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

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must reach no file."""
        return self.credentials.secrets + (self.denied.secrets if self.denied else ())

    @property
    def host(self) -> str:
        """The host of the endpoint, without the port."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine, where no proxy is wanted."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def is_aws_host(host: str) -> bool:
    """Whether a host is AWS's own, where an accepted call starts a real image build."""
    return host.lower().rstrip(".").endswith(_AWS_SUFFIXES)


def arn_scope(arn: str) -> tuple[str, str, str]:
    """The partition, region and account of an ARN that follows the contract's pattern."""
    _, partition, _, region, account, *_ = arn.split(":", 5)
    return partition, region, account


def sibling(pipeline: str, name: str) -> str:
    """The ARN of another pipeline beside this one: same partition, region and account."""
    return f"{pipeline.rsplit('/', 1)[0]}/{name}"


def token_space(pipeline: str) -> str:
    """Where the token of a request for this pipeline is of: EC2's page on idempotency scopes tokens by region.

    Accounts are kept apart as well, since a token of one says nothing to another.
    """
    return ":".join(arn_scope(pipeline)) if pipeline.count(":") >= 5 else ""
