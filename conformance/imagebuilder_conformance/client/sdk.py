"""An AWS SDK, boto3, as a client of the target.

What it sends and what comes goes on record as every other exchange of the run does: announced before it is sent, paid
from the budget, kept as evidence. boto3 signs, fills in, retries and parses as it does for its users; ours is only
the place between it and the network. It comes with the extra `sdk`, and is imported when a check asks for it.
"""

import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Answer, Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.sdk_calls import SdkCall, SdkError
from imagebuilder_conformance.extras import ExtraMissingError, is_installed
from imagebuilder_conformance.target import Target, is_aws_host
from imagebuilder_spec import FAULT_HEADER, FaultDemand, Suite

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.httpsession import URLLib3Session

TRIES = 3
"""How often boto3 sends a call at most, in its retry mode `standard`."""


class Sdk:
    """Calls the operation through boto3. Raises `ExtraMissingError` where it is not installed."""

    def __init__(self, client: Client) -> None:
        if not is_installed(Suite.SDK):
            raise ExtraMissingError(Suite.SDK)
        self._client = client
        self._boto3 = _boto3_client(client)
        self._http = _http_session(client.target)

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
        Raises `OverBudgetError` and `TargetLostError` as `Client.send` does.
        """
        wire = _Wire(self._client, self._http, label, check, violates, lost, demands)
        operation = self._client.contract.operation
        event = f"before-send.{operation.signing_name}.{operation.name}"
        self._boto3.meta.events.register(event, wire.send)
        parameters = {"imagePipelineArn": pipeline} | ({} if token is None else {"clientToken": token})
        try:
            output = self._boto3.start_image_pipeline_execution(**parameters)
        except (OverBudgetError, TargetLostError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the SDK's users would get it
            return SdkCall(tuple(wire.exchanges), error=_seen(error))
        finally:
            self._boto3.meta.events.unregister(event, wire.send)
        return SdkCall(
            tuple(wire.exchanges), output={name: output[name] for name in output if name != "ResponseMetadata"}
        )


@dataclass(slots=True)
class _Wire:
    """The network of one call, in the place of boto3's own."""

    client: Client
    http: "URLLib3Session"
    label: str
    check: str
    violates: str | None
    lost: int
    demands: Sequence[FaultDemand]
    exchanges: list[Exchange] = field(default_factory=list)

    def send(self, request: "AWSPreparedRequest", **_: object) -> "AWSResponse":
        """Send what boto3 has signed, once. boto3 decides whether to send again."""
        from botocore.exceptions import BotoCoreError, ConnectionClosedError

        if demand := self._demand():
            request.headers[FAULT_HEADER] = str(demand)
        sent = self._request(request)
        exchange_id = self.client.announce(sent, self.check)
        self.client.pace.wait()
        at, began = self.client.clock(), time.perf_counter()
        try:
            response = self.http.send(request)
        except BotoCoreError as error:
            fault = Attempt(at, time.perf_counter() - began, fault=_fault(error), detail=str(error))
            self._conclude(exchange_id, sent, request, fault)
            raise
        answer = Answer(response.status_code, tuple(response.headers.items()), response.content)
        self._conclude(exchange_id, sent, request, Attempt(at, time.perf_counter() - began, answer=answer))
        if len(self.exchanges) <= self.lost:
            raise ConnectionClosedError(endpoint_url=request.url)
        return response

    def _conclude(self, exchange_id: str, sent: Request, request: "AWSPreparedRequest", attempt: Attempt) -> None:
        headers = tuple((name, _text(value)) for name, value in request.headers.items())
        exchange = Exchange(exchange_id, self.check, sent, str(request.url), headers, (attempt,))
        self.exchanges.append(self.client.conclude(exchange))

    def _demand(self) -> FaultDemand | None:
        """The fault that the next sending demands. AWS is no place for demanding faults."""
        if len(self.exchanges) >= len(self.demands) or is_aws_host(self.client.target.host):
            return None
        return self.demands[len(self.exchanges)]

    def _request(self, request: "AWSPreparedRequest") -> Request:
        operation, body, demand = self.client.contract.operation, request.body, self._demand()
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
        members = json.loads(data)
        return Request(
            label=f"{self.label}, sent again" if self.exchanges else self.label,
            body=data,
            method=operation.method,
            path=operation.path,
            headers={} if demand is None else {FAULT_HEADER: str(demand)},
            token=members.get("clientToken"),
            pipeline=members.get("imagePipelineArn"),
            violates=self.violates,
        )


def _boto3_client(client: Client) -> Any:
    """A client of boto3 that the configuration of the user's own AWS does not touch."""
    import boto3
    import botocore.session
    from botocore.config import Config

    target, operation = client.target, client.contract.operation
    nowhere: Mapping[str, tuple[Any, ...]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "ca_bundle": (None, None, None, None),
    }
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=dict(nowhere))).client(
        "imagebuilder",
        api_version=operation.api_version,
        endpoint_url=target.endpoint,
        region_name=target.region,
        aws_access_key_id=target.credentials.access_key_id,
        aws_secret_access_key=target.credentials.secret_access_key,
        aws_session_token=target.credentials.session_token,
        config=Config(retries={"mode": "standard", "total_max_attempts": TRIES}),
    )


def _http_session(target: Target) -> "URLLib3Session":
    """The way to the network that boto3 itself takes, with the settings of the run."""
    from botocore.httpsession import URLLib3Session
    from botocore.utils import get_environ_proxies

    # botocore itself passes such values; the stubs have other types.
    options: dict[str, Any] = {
        "verify": target.verify,
        "proxies": {} if target.is_loopback else get_environ_proxies(target.endpoint),
        "timeout": (target.timeouts.connect, target.timeouts.read),
        "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    }
    return URLLib3Session(**options)


def _seen(error: Exception) -> SdkError:
    from botocore.exceptions import ClientError

    name = type(error).__name__
    if not isinstance(error, ClientError):
        return SdkError(name, message=str(error))
    told, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    return SdkError(name, told.get("Code"), told.get("Message"), metadata.get("HTTPStatusCode"))


def _fault(error: Exception) -> Fault:
    from botocore import exceptions

    faults: tuple[tuple[type[Exception], Fault], ...] = (
        (exceptions.SSLError, Fault.TLS),
        (exceptions.ConnectTimeoutError, Fault.TIMEOUT),
        (exceptions.ReadTimeoutError, Fault.TIMEOUT),
        (exceptions.EndpointConnectionError, Fault.REFUSED),
        (exceptions.ProxyConnectionError, Fault.REFUSED),
        (exceptions.ConnectionClosedError, Fault.CLOSED),
    )
    return next((fault for kind, fault in faults if isinstance(error, kind)), Fault.GARBLED)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
