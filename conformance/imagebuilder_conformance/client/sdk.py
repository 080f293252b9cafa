"""An AWS SDK, boto3, as a client of the target.

What it sends and what comes goes on record as every other exchange of the run does: announced before it is sent, paid
from the budget, kept as evidence. boto3 signs, fills in, retries and parses as it does for its users; ours is only
the place between it and the network. It comes with the extra `sdk`, and is imported when a check asks for it, or it is
that of another interpreter, in a process of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.boto3_apart import MODE, TRIES, Boto3, Came, Wire
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.sdk_calls import SdkCall, SdkError
from imagebuilder_conformance.client.sdk_process import SdkProcess
from imagebuilder_conformance.extras import ExtraMissingError, is_installed
from imagebuilder_conformance.target import Credentials
from imagebuilder_spec import FAULT_HEADER, FaultDemand, Suite

Headers = Sequence[tuple[str, str]]


class Caller(Protocol):
    """Whoever makes the calls: the boto3 of this interpreter, or that of another one."""

    def versions(self) -> Mapping[str, str]: ...  # noqa: D102  # see `Boto3`

    def call(self, settings: Mapping[str, Any], parameters: Mapping[str, str], wire: Wire) -> Mapping[str, Any]: ...  # noqa: D102

    def close(self) -> None: ...  # noqa: D102


class Sdk:
    """Calls the operation through boto3, that of the interpreter `python` if one is given.

    Without one it raises `ExtraMissingError` where boto3 is not installed. An interpreter that can't be used is an
    `SdkProcessError` when it is asked for something.
    """

    def __init__(self, client: Client, python: Path | None = None) -> None:
        if python is None and not is_installed(Suite.SDK):
            raise ExtraMissingError(Suite.SDK)
        self._client = client
        self._caller: Caller = Boto3() if python is None else SdkProcess(python)

    @property
    def described(self) -> str:
        """What makes the calls, with its versions, and how often it tries, in words."""
        versions = ", ".join(f"{name} {version}" for name, version in self._caller.versions().items())
        return f"{versions}; retry mode {MODE}, {TRIES} attempts at most"

    def close(self) -> None:
        """End what makes the calls."""
        self._caller.close()

    def call(
        self,
        pipeline: str,
        *,
        token: str | None = None,
        label: str = "a call by boto3",
        check: str = "",
        violates: str | None = None,
        lost: int = 0,
        demands: Sequence[FaultDemand] = (),
    ) -> SdkCall:
        """Make a call and give what came of it. Without a `token` boto3 makes one.

        The answers to the first `lost` sendings reach the record but not boto3, for which the connection is closed.
        The first sendings demand the faults of `demands`, one each, but never of AWS.
        Raises `OverBudgetError`, `TargetLostError` and `CredentialsLostError` as `Client.send` does, and
        `CredentialsRenewedError` where the call can be made again with other credentials.
        """
        wire = _Wire(self._client, label, check, violates, lost, demands)
        parameters = {"imagePipelineArn": pipeline} | ({} if token is None else {"clientToken": token})
        made = self._caller.call(self._settings(self._client.target.credentials.frozen()), parameters, wire)
        error = SdkError(**made["error"]) if "error" in made else None
        call = SdkCall(tuple(wire.exchanges), output=made.get("output"), error=error)
        self._client.expect_accepted(call.exchanges)
        return call

    def _settings(self, credentials: Credentials) -> dict[str, Any]:
        target, operation = self._client.target, self._client.contract.operation
        return {
            "api_version": operation.api_version,
            "event": f"before-send.{operation.signing_name}.{operation.name}",
            "endpoint": target.endpoint,
            "region": target.region,
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key,
            "session_token": credentials.session_token,
            "verify": target.verify,
            "direct": target.is_loopback,
            "timeouts": [target.timeouts.connect, target.timeouts.read],
        }


@dataclass(slots=True)
class _Wire(Wire):
    """What goes between boto3 and the network in one call."""

    client: Client
    label: str
    check: str
    violates: str | None
    lost: int
    demands: Sequence[FaultDemand]
    exchanges: list[Exchange] = field(default_factory=list)
    _announced: tuple[str, Request, str, float] | None = None

    def sending(self, url: str, headers: Headers, body: bytes) -> Mapping[str, str]:  # noqa: ARG002  # see `Wire`
        """Announce what boto3 has signed, and demand the fault that is next."""
        request = self._request(body)
        exchange_id = self.client.announce(request, self.check)
        self.client.pace.wait()
        self._announced = exchange_id, request, url, self.client.clock()
        return {name: value for name, value in request.headers.items() if value is not None}

    def came(self, headers: Headers, came: Came) -> bool:
        """Put what came on record, and tell whether boto3 is not to see it."""
        if self._announced is None:
            raise ValueError("expected a sending that was announced")
        exchange_id, request, url, at = self._announced
        if came.fault:
            attempt = Attempt(at, came.seconds, fault=Fault[came.fault], detail=came.detail)
        else:
            answer = Answer(came.status, tuple(came.headers), bytes(came.body))
            attempt = Attempt(at, came.seconds, answer=answer)
        exchange = Exchange(exchange_id, self.check, request, url, tuple(headers), (attempt,))
        self.exchanges.append(self.client.conclude(exchange))
        return not came.fault and len(self.exchanges) <= self.lost

    def _demand(self) -> FaultDemand | None:
        """The fault that the next sending demands. AWS is no place for demanding faults."""
        if len(self.exchanges) >= len(self.demands) or self.client.target.is_aws:
            return None
        return self.demands[len(self.exchanges)]

    def _request(self, body: bytes) -> Request:
        operation, demand = self.client.contract.operation, self._demand()
        members = json.loads(body)
        return Request(
            label=f"{self.label}, sent again" if self.exchanges else self.label,
            body=body,
            method=operation.method,
            path=operation.path,
            headers={} if demand is None else {FAULT_HEADER: str(demand)},
            token=members.get("clientToken"),
            pipeline=members.get("imagePipelineArn"),
            violates=self.violates,
        )
