"""Sending: what a check asks of the target, with every exchange kept."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.race import ask_first, hang_up, race
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.client.threads import threads
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of, reason
from imagebuilder_conformance.oracles.legality import FRESH_TOKENS
from imagebuilder_conformance.oracles.starts import MISMATCH
from imagebuilder_conformance.probing.in_turns import InTurns
from imagebuilder_conformance.probing.renewal import Renewal, alike
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_conformance.target import sibling, token_space
from imagebuilder_spec import Contract, FaultDemand, compile_pattern

_BURST_WIDTH = 8
# The fault by which a target shows that it speaks the fault interface.
_ANY_FAULT = "ResourceInUseException"
# How long to wait, in seconds, for requests under way to be over.
_SETTLING = (0.05, 0.2, 0.5, 1.0)


class InconclusiveError(Exception):
    """The precondition of a check could not be brought about."""


# What keeps a replay from its image only if it keeps a fresh start from one too.
_SHARED_WITH_STARTS = frozenset({Excuse.DENIED, Excuse.THROTTLED})


class SecondPipelineMissingError(Exception):
    """A check needs a second pipeline, and the target has one only."""


class Sender(InTurns):
    """Sends the requests of one check.

    Raises, from every method that sends, what the client raises: `OverBudgetError` and `TargetLostError`.
    """

    def __init__(self, check: Check, client: Client, tokens: Tokens, shared: Shared) -> None:
        super().__init__(check, client, shared)
        self.tokens = tokens
        self.excused: list[Exchange] = []
        """What could not be judged, or was done without, for reasons that are not the target's."""
        self._waited_in_vain = False
        self._denied_alike = False

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
        """The ARN of a second one.

        Raises:
            SecondPipelineMissingError: There is none.
            InconclusiveError: The target knows it, and refuses to start it.
        """
        others = self.client.target.pipelines[1:]
        if not others:
            raise SecondPipelineMissingError("it takes a second --pipeline-arn")
        return self._usable(others[0])

    @property
    def mismatching_pipeline(self) -> str:
        """The ARN of a second one for which a token of the first is a mismatch: in the same region and account.

        Raises what `other_pipeline` raises, `SecondPipelineMissingError` also where all others are elsewhere.
        """
        others = self.client.target.pipelines[1:]
        beside = [other for other in others if token_space(other) == token_space(self.pipeline)]
        if others and not beside:
            raise SecondPipelineMissingError(
                f"tokens may be apart by region and account, and {others[0]} is not in those of {self.pipeline}: "
                "name a second --pipeline-arn that is"
            )
        return self._usable(beside[0]) if beside else self.other_pipeline

    def _usable(self, pipeline: str) -> str:
        if pipeline in self._shared.refusing:
            raise InconclusiveError(self._shared.refusing[pipeline])
        return pipeline

    def send(self, request: Request, *, elsewhere: bool = False) -> Exchange:
        """Send a request. Where only server errors or silence came, see whether the request is the reason.

        It is if the same comes again after a plain start was answered well, and for fresh tokens of the same form too;
        the exchange is then `reproduced` and can be judged. If it comes for this very token only, the exchange is
        `kept`. A request that demands a fault asks for it. A replay that is denied or throttled is held against fresh
        starts in the same way, and so is whatever else is denied to a caller who may start a known pipeline.
        `elsewhere` says that it is known to be no pipeline of the caller's.

        Raises `TargetLostError` where the plain start gets no answer either, and `InconclusiveError` where an
        invalid request and the plain start both meet server errors.
        """
        exchange = self._in_turn(request)
        excuse = excuse_of(exchange)
        if excuse in _SHARED_WITH_STARTS and self._is_replay(request):
            return self._against_starts(exchange)
        if excuse is Excuse.DENIED and (elsewhere or self._is_allowed(request)):
            return self._against_starts(exchange, self.spent_token)
        if request.demand is not None or excuse is not Excuse.TRANSIENT:
            return exchange
        control = self._send(self.requests.start(self.spent_token(), self.pipeline, "a control"))
        if exchange.answer is None and control.answer is None:
            raise TargetLostError(control)
        if control.is_undecided and request.violates is not None:
            raise InconclusiveError(f"no valid request is answered either: {control}")
        again = self._send(request)
        if again.is_throttled or not again.is_undecided or not (control.is_success or request.violates is not None):
            return again
        return self._attributed(again)

    def start(self, token: str | None = None, pipeline: str | None = None, label: str = "a valid request") -> Exchange:
        """Send a valid request, with a fresh token unless one is given."""
        return self.send(self.requests.start(token or self.tokens.fresh(), pipeline or self.pipeline, label))

    def started(self, token: str | None = None, pipeline: str | None = None) -> Exchange:
        """A start that succeeded and named its image. Raises `InconclusiveError` where it did not."""
        return self.require(self.start(token, pipeline, "an original"))

    def require(self, exchange: Exchange) -> Exchange:
        """The exchange, if it is a success that names an image. Raises `InconclusiveError` where it is not."""
        if not exchange.is_success:
            label, pipeline = exchange.request.label, exchange.request.pipeline
            self.require_judgeable(exchange)
            what = label if pipeline == self.pipeline else f"{label} for {pipeline}"
            raise InconclusiveError(f"{what} was not accepted: {exchange}")
        if exchange.image is None:
            raise InconclusiveError(f"{exchange.request.label} was answered without an image ARN")
        return exchange

    def require_judgeable(self, exchange: Exchange) -> None:
        """Raise `InconclusiveError` where an exchange says nothing of the target."""
        if why := reason(exchange):
            self.excused.append(exchange)
            raise InconclusiveError(f"{exchange.request.label} was answered {why}")

    def replay(self, original: Exchange, label: str = "a replay") -> Exchange:
        """Send the request of an exchange again."""
        return self.send(original.request.labelled(label))

    def settled(self, request: Request) -> Exchange:
        """Send a request after others with its token: while it is refused for those under way, wait and ask again.

        What then still has an excuse that fresh starts have not is the token's own: it is stuck.
        """
        exchange = self.send(request)
        for wait in () if self._waited_in_vain else _SETTLING:
            final = exchange.is_success or exchange.reproduced or _is_mismatch(exchange)
            if final or excuse_of(exchange) not in {None, Excuse.BUSY}:
                break
            time.sleep(wait)
            exchange = self.send(request)
        self._waited_in_vain = excuse_of(exchange) is Excuse.BUSY
        passes = excuse_of(exchange) in {None, Excuse.TRANSIENT, Excuse.KEPT, Excuse.INTERIM}
        return exchange if passes or self._is_replay(request) else self._against_starts(exchange)

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

    def ask_first(self, request: Request) -> Exchange:
        """Send a request that waits with its body until it is asked for it, or a while.

        Where no answer comes twice, and one comes to a plain start in between, the exchange is `reproduced`.
        """
        exchange = ask_first(self.client, request, check=self.check.id)
        self.exchanges.append(exchange)
        if exchange.is_throttled or not exchange.is_undecided:
            return exchange
        control = self._send(self.requests.start(self.spent_token(), self.pipeline, "a control"))
        again = ask_first(self.client, request, check=self.check.id)
        self.exchanges.append(again)
        return replace(again, reproduced=control.is_success and again.is_undecided and not again.is_throttled)

    def burst(self, requests: Sequence[Request]) -> Iterator[Exchange]:
        """Send requests as fast as they go, once each, where throttling is to be seen, and give the exchanges.

        The run itself does not slow down for it.
        """
        client = self._shared.burst_client()
        # Where the budget leaves no room for any, sending says so.
        with threads(max(1, client.width(requests[:_BURST_WIDTH]))) as pool:
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
        call = self._shared.sdk_of(self.client).call(
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
        if self.client.target.is_aws:
            return "no fault is demanded of AWS"
        if self._shared.raises_faults is None:
            request = self.unknown("the probe of the fault interface").demanding(FaultDemand(_ANY_FAULT))
            self._shared.raises_faults = self.send(request).raises_demand
        return None if self._shared.raises_faults else "the target does not speak the fault interface"

    def reconnect(self) -> None:
        """Send what follows on a new connection."""
        self.client.transport.close()

    def on_another_connection(self) -> AbstractContextManager[None]:
        """Send what is sent meanwhile on another connection; the one before is kept, and goes on afterwards."""
        return self.client.transport.beside()

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

    def start_of_another(self) -> Exchange:
        """A start of the second pipeline: that which the run made before all checks, if it was answered, or its own.

        Raises what `other_pipeline` raises.
        """
        pipeline = self.other_pipeline
        made = next((each for each in self._shared.others if each.request.pipeline == pipeline), None)
        if made is None or made.is_undecided:
            # Whether the pipeline is the reason only a start that is compared with others can show.
            return self.start(pipeline=pipeline)
        self.exchanges.append(made)
        return made

    def spent_token(self) -> str:
        """A token for what may be a success or not. Under a budget that of the first start: it starts nothing more."""
        first = self._shared.first if self._shared.thrift else None
        return (first.request.token if first and first.image else None) or self.tokens.fresh()

    def _attributed(self, exchange: Exchange) -> Exchange:
        """An exchange that meets nothing but server errors: `reproduced` for its form, or `kept` for its token."""
        request = exchange.request
        for _ in range(FRESH_TOKENS):
            fresh = self._renewed(request)
            if fresh is None:
                break
            try:
                answered = self._send(fresh)
            except OverBudgetError:
                # Nobody knows whose it is.
                return exchange
            if not answered.is_undecided:
                return replace(exchange, kept=True)
        return replace(exchange, reproduced=True)

    def _renewed(self, request: Request) -> Request | None:
        """The request with a fresh token of the same form; None where there is none, as without a token.

        A signature of a check's own may be made for the very body.
        """
        if not request.token or request.sign is not None:
            return None
        renewal = Renewal([self.tokens.nonce])
        body, token = renewal.data(request.body), renewal.text(request.token)
        label = f"{request.label}, with a fresh token"
        if body == request.body:
            plain = self.requests.start(request.token, request.pipeline or "")
            if request.violates is not None or body != plain.body:
                return None
            # As for a token of one character.
            token = alike(request.token, self.contract.token_lengths)
            body = self.requests.start(token, request.pipeline or "").body
        return replace(request, body=body, token=token, label=label, instead_of=request.token)

    def _is_replay(self, request: Request) -> bool:
        """Whether the request's token and pipeline have an image already."""
        asked = request.token, request.pipeline
        return any(each.image and (each.request.token, each.request.pipeline) == asked for each in self.exchanges)

    def _is_allowed(self, request: Request) -> bool:
        """Whether a caller who may start the known pipelines may send this: a permission can be for those alone."""
        pattern = compile_pattern(self.contract.pipeline_arn_pattern)
        pipeline = request.pipeline or ""
        known = pipeline in self.client.target.pipelines or not pattern.search(pipeline)
        return known and request.sign is None and not request.off_operation

    def _against_starts(self, exchange: Exchange, token: Callable[[], str] | None = None) -> Exchange:
        """An excused exchange; `reproduced`, if a start just after is a success, and the request again is not.

        A second start shows that it was not the first one which kept the request from its answer. Where the budget does
        not pay for both, nobody knows. `token` gives the tokens to start with, fresh ones by default.
        """
        token = token or self.tokens.fresh
        excuse, latest = excuse_of(exchange), exchange
        if excuse is Excuse.DENIED and self._denied_alike:
            return exchange
        pipeline = exchange.request.pipeline
        known = pipeline if pipeline in self.client.target.pipelines else self.pipeline
        for last in (False, True):
            try:
                control = self._send(self.requests.start(token(), known or self.pipeline, "a control"))
            except OverBudgetError:
                return latest
            if not control.is_success:
                self._denied_alike = excuse_of(control) is Excuse.DENIED
                return latest
            if not last:
                latest = self._send(exchange.request)
            if excuse_of(latest) is not excuse:
                return latest
        return replace(latest, reproduced=True)


def _is_mismatch(exchange: Exchange) -> bool:
    return exchange.answer is not None and exchange.answer.code == MISMATCH
