"""Sending: what a check asks of the target, with every exchange kept."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.race import hang_up, race
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.oracles.faults import was_raised
from imagebuilder_conformance.oracles.hindrances import IN_USE, hindrance
from imagebuilder_conformance.oracles.starts import MISMATCH
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_conformance.target import is_aws_host, sibling
from imagebuilder_spec import Contract, FaultDemand

_BURST_WIDTH = 8
# How long to wait, in seconds, for requests under way to be over.
_SETTLING = (0.05, 0.2, 0.5, 1.0)


class InconclusiveError(Exception):
    """The precondition of a check could not be brought about."""


class SecondPipelineMissingError(Exception):
    """A check needs a second pipeline, and the target has one only."""


class Sender:
    """Sends the requests of one check.

    Raises, from every method that sends, what the client raises: `OverBudgetError` and `TargetLostError`.
    """

    def __init__(self, check: Check, client: Client, tokens: Tokens, shared: Shared) -> None:
        self.check = check
        self.client = client
        self.tokens = tokens
        self.requests = RequestFactory(client.contract.operation)
        self.exchanges: list[Exchange] = []
        self._shared = shared

    @property
    def contract(self) -> Contract:
        """The contract that the run holds the target against."""
        return self.client.contract

    @property
    def pipeline(self) -> str:
        """The ARN of a pipeline that the target knows."""
        return self.client.target.pipelines[0]

    @property
    def other_pipeline(self) -> str:
        """The ARN of a second one. Raises `SecondPipelineMissingError` where there is none."""
        if len(self.client.target.pipelines) < 2:
            raise SecondPipelineMissingError("it takes a second --pipeline-arn")
        return self.client.target.pipelines[1]

    def send(self, request: Request) -> Exchange:
        """Send a request. Where only server errors or silence came, see whether the request is the reason.

        It is if the same comes again after a plain start was answered well; the exchange is then `reproduced`
        and can be judged. An invalid request need not be sent again: it may never be answered that way. One that
        demands a fault asks for it.

        Raises `TargetLostError` where the plain start gets no answer either, and `InconclusiveError` where an
        invalid request and the plain start both meet server errors.
        """
        exchange = self._send(request)
        if request.demand is not None or not exchange.is_undecided or exchange.is_throttled:
            return exchange
        control = self._send(self.requests.start(self.spent_token(), self.pipeline, "a control"))
        if exchange.answer is None and control.answer is None:
            raise TargetLostError(control)
        if request.violates is not None:
            if control.is_undecided:
                raise InconclusiveError(f"no valid request is answered either: {control}")
            return exchange
        again = self._send(request)
        return replace(again, reproduced=control.is_success)

    def start(self, token: str | None = None, pipeline: str | None = None, label: str = "a valid request") -> Exchange:
        """Send a valid request, with a fresh token unless one is given."""
        return self.send(self.requests.start(token or self.tokens.fresh(), pipeline or self.pipeline, label))

    def started(self, token: str | None = None, pipeline: str | None = None) -> Exchange:
        """A start that succeeded and named its image. Raises `InconclusiveError` where it did not."""
        return self.require(self.start(token, pipeline, "an original"))

    def require(self, exchange: Exchange) -> Exchange:
        """The exchange, if it is a success that names an image. Raises `InconclusiveError` where it is not."""
        if not exchange.is_success:
            raise InconclusiveError(f"{exchange.request.label} was not accepted: {hindrance(exchange) or exchange}")
        if exchange.image is None:
            raise InconclusiveError(f"{exchange.request.label} was answered without an image ARN")
        return exchange

    def replay(self, original: Exchange, label: str = "a replay") -> Exchange:
        """Send the request of an exchange again."""
        return self.send(original.request.labelled(label))

    def settled(self, request: Request) -> Exchange:
        """Send a request after overlapping ones: while it is refused for those still under way, wait and ask again."""
        exchange = self.send(request)
        for wait in _SETTLING:
            if exchange.is_success or exchange.is_undecided or _is_mismatch(exchange):
                break
            time.sleep(wait)
            exchange = self.send(request)
        return exchange

    def race(self, requests: Sequence[Request], *, least: int = 2) -> list[Exchange]:
        """Send requests so that they arrive together, once each.

        Under a budget only the first ones race, `least` of them at the least.
        """
        exchanges = race(self.client, requests, check=self.check.id, least=least)
        self.exchanges.extend(exchanges)
        return exchanges

    def hang_up(self, request: Request, *, wait: float = 0.0) -> Exchange:
        """Send a request and hang up before its answer, after `wait` seconds."""
        exchange = hang_up(self.client, request, check=self.check.id, wait=wait)
        self.exchanges.append(exchange)
        return exchange

    def burst(self, requests: Sequence[Request]) -> Iterator[Exchange]:
        """Send requests as fast as they go, once each, where throttling is to be seen, and give the exchanges.

        The run itself does not slow down for it.
        """
        client = self._shared.burst_client()
        # Where the budget leaves no room for any, sending says so.
        with ThreadPoolExecutor(max(1, client.width(requests[:_BURST_WIDTH]))) as pool:
            for exchange in pool.map(lambda request: client.send(request, check=self.check.id, tries=1), requests):
                self.exchanges.append(exchange)
                yield exchange

    def call_sdk(
        self,
        pipeline: str | None = None,
        *,
        token: str | None = None,
        label: str = "a call by boto3",
        violates: str | None = None,
        lost: int = 0,
        demands: Sequence[FaultDemand] = (),
    ) -> SdkCall:
        """Let an AWS SDK make a call, as `Sdk.call` says. Raises `ExtraMissingError` where there is none."""
        if self._shared.sdk is None:
            self._shared.sdk = Sdk(self.client)
        call = self._shared.sdk.call(
            pipeline or self.pipeline,
            token=token,
            label=label,
            check=self.check.id,
            violates=violates,
            lost=lost,
            demands=demands,
        )
        self.exchanges.extend(call.exchanges)
        return call

    def unknown(self, label: str) -> Request:
        """A request for a pipeline that does not exist, so that it starts nothing."""
        return self.requests.start(self.tokens.fresh(), sibling(self.pipeline, self.tokens.fresh()), label)

    def no_faults(self) -> str | None:
        """Why no fault can be demanded of the target, or None where it speaks the fault interface."""
        if is_aws_host(self.client.target.host):
            return "no fault is demanded of AWS"
        if self._shared.raises_faults is None:
            request = self.unknown("the probe of the fault interface").demanding(FaultDemand(IN_USE))
            self._shared.raises_faults = was_raised(self.send(request))
        return None if self._shared.raises_faults else "the target does not speak the fault interface"

    def reconnect(self) -> None:
        """Send what follows on a new connection."""
        self.client.transport.close()

    def first_start(self) -> Exchange:
        """The first valid request of the run, made before all checks.

        Raises `InconclusiveError` if it was not made, or `OverBudgetError` where the budget is the reason.
        """
        first = self._shared.first
        if first is None and self._shared.thrift is not None:
            raise OverBudgetError(f"the budget of {self.client.budget.limit} executions does not pay for a first start")
        if first is None:
            raise InconclusiveError("the run made no start to look back at")
        self.exchanges.append(first)
        return first

    def spent_token(self) -> str:
        """A token for what may be a success or not. Under a budget that of the first start: it starts nothing more."""
        first = self._shared.first if self._shared.thrift else None
        return (first.request.token if first and first.image else None) or self.tokens.fresh()

    def _send(self, request: Request) -> Exchange:
        exchange = self.client.send(request, check=self.check.id)
        self.exchanges.append(exchange)
        return exchange


def _is_mismatch(exchange: Exchange) -> bool:
    return exchange.answer is not None and exchange.answer.code == MISMATCH
