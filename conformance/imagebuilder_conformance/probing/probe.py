"""The probe: what a check holds in its hands to question the target and to judge what came."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Never, TypeVar

from hypothesis.strategies import SearchStrategy

from imagebuilder_conformance.checks import Check, SharedStart
from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.race import hang_up, race
from imagebuilder_conformance.client.sdk import Sdk
from imagebuilder_conformance.client.sdk_calls import SdkCall
from imagebuilder_conformance.oracles.faults import was_raised
from imagebuilder_conformance.oracles.findings import Failure, Finding
from imagebuilder_conformance.oracles.hindrances import IN_USE, hindrance
from imagebuilder_conformance.oracles.parameters import is_legal_elsewhere
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.oracles.starts import MISMATCH
from imagebuilder_conformance.probing.draws import draw
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.shared import Shared
from imagebuilder_conformance.probing.thrift import Thrift
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_conformance.target import is_aws_host, sibling
from imagebuilder_reports.verdicts import Cause, Verdict
from imagebuilder_spec import Contract, FaultDemand

Example = TypeVar("Example")

_BURST_WIDTH = 8
# How long to wait, in seconds, for requests under way to be over.
_SETTLING = (0.05, 0.2, 0.5, 1.0)


class InconclusiveError(Exception):
    """The precondition of a check could not be brought about."""


class SecondPipelineMissingError(Exception):
    """A check needs a second pipeline, and the target has one only."""


class Probe:
    """Sends the requests of one check and collects its findings.

    Raises, from every method that sends, what the client raises: `OverBudgetError` and `TargetLostError`.
    """

    def __init__(self, check: Check, client: Client, tokens: Tokens, shared: Shared, *, seed: int) -> None:
        self.check = check
        self.tokens = tokens
        self.requests = RequestFactory(client.contract.operation)
        self.client = client
        self.exchanges: list[Exchange] = []
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.measured: dict[str, float] = {}
        self.set_aside: dict[str, tuple[Verdict, str, Cause | None]] = {}
        self._shared = shared
        self.seed = seed

    @property
    def contract(self) -> Contract:
        """The contract that the run holds the target against."""
        return self.client.contract

    @property
    def thrift(self) -> Thrift | None:
        """The starts that checks share under a budget; None without one."""
        return self._shared.thrift

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

    # Sending

    def send(self, request: Request) -> Exchange:
        """Send a request. Where only server errors or silence came, see whether the request is the reason.

        It is if the same comes again after a plain start was answered well; the exchange is then `reproduced`
        and can be judged. An invalid request needs no such proof: it may never be answered that way. One that
        demands a fault asks for it.
        """
        exchange = self._send(request)
        invited = request.violates is not None or request.demand is not None
        if invited or not exchange.is_undecided or exchange.is_throttled:
            return exchange
        control = self._send(self.requests.start(self.spent_token(), self.pipeline, "a control"))
        again = self._send(request)
        return replace(again, reproduced=control.is_success)

    def start(self, token: str | None = None, pipeline: str | None = None, label: str = "a valid request") -> Exchange:
        """Send a valid request, with a fresh token unless one is given."""
        return self.send(self.requests.start(token or self.tokens.fresh(), pipeline or self.pipeline, label))

    def started(self, token: str | None = None, pipeline: str | None = None) -> Exchange:
        """A start that succeeded and named its image. Raises `InconclusiveError` where it did not."""
        return self.require(self.start(token, pipeline, "an original"))

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
        if first is None and self.thrift is not None:
            raise OverBudgetError(f"the budget of {self.client.budget.limit} executions does not pay for a first start")
        if first is None:
            raise InconclusiveError("the run made no start to look back at")
        self.exchanges.append(first)
        return first

    def original(self) -> Exchange:
        """A start to replay: one of its own, or under a budget that of the run, which is paid for already.

        Raises `InconclusiveError` where it did not succeed.
        """
        return self.started() if self.thrift is None else self.require(self.first_start())

    def begun(self, token: str, label: str = "a valid request") -> Exchange:
        """A start with this token: under a budget that which another check has made, if one has."""
        begun = self.thrift.begun(token) if self.thrift else None
        if begun is None:
            begun = self.start(token, label=label)
            if self.thrift is not None:
                self.thrift.keep(begun)
        else:
            self.exchanges.append(begun)
        return begun

    def valid(self, make: Callable[[str], Request]) -> Exchange:
        """Send the valid request that `make` makes for a token.

        Under a budget that of the first start will do: it is paid for. Where it is refused, a fresh one is sent, so
        that not the request is blamed for what is the token's.
        """
        first = self._shared.first if self.thrift else None
        if first is not None and first.image is not None:
            exchange = self.send(make(first.request.token or ""))
            if exchange.is_success or exchange.is_undecided:
                return exchange
        return self.send(make(self.tokens.fresh()))

    def spent_token(self) -> str:
        """A token for what may be a success or not. Under a budget that of the first start: it starts nothing more."""
        first = self._shared.first if self.thrift else None
        return (first.request.token if first and first.image else None) or self.tokens.fresh()

    def turns(self, *starts: SharedStart, rounds: int) -> Iterator[tuple[str, ...]]:
        """Tokens that nobody used before, as many as `starts`, for each round of a check.

        Under a budget there is one round, with the tokens of the shared starts; and one with plain tokens if these
        were used before or prove unfit. A token that is unfit has cost nothing, so its unit pays for the plain one.
        """
        if self.thrift is None:
            yield from (tuple(self.tokens.fresh() for _ in starts) for _ in range(rounds))
            return
        tokens = tuple(map(self.thrift.token, starts))
        unused = not any(map(self.thrift.begun, tokens))
        if unused:
            yield tokens
        if not unused or self.is_unfit(*tokens):
            self._keep(tokens, self.thrift)
            yield tuple(self.tokens.fresh() for _ in starts)

    def _keep(self, tokens: tuple[str, ...], thrift: Thrift) -> None:
        """Keep the last answer to each token, which the checks of tokens then judge."""
        for exchange in reversed(self.exchanges):
            if exchange.request.token in tokens and exchange.request.pipeline == self.pipeline and exchange.answer:
                thrift.keep(exchange)

    def is_unfit(self, *tokens: str) -> bool:
        """Whether shared tokens say nothing of this check: no success came for one, or the image of another token.

        They are refused, or taken for others, for what they are; that is for the checks of tokens to judge.
        """
        return self.thrift is not None and any(self._is_unfit(token, self.thrift) for token in tokens)

    def _is_unfit(self, token: str, thrift: Thrift) -> bool:
        images = [each.image for each in self.exchanges if each.image and each.request.token == token]
        return thrift.is_shared(token) and (not images or any(thrift.owner(image) != token for image in images))

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

    def draw(self, strategy: SearchStrategy[Example], count: int) -> list[Example]:
        """Examples of a strategy, the same for the same seed of the run."""
        return draw(strategy, count, seed_=self.seed)

    # Judging

    def judge(self, findings: Iterable[Finding]) -> list[Failure]:
        """Take note of what an oracle found, and give back what was broken."""
        found = list(findings)
        self.findings.extend(found)
        return [finding for finding in found if isinstance(finding, Failure)]

    def all_refused(self, requests: Iterable[Request], clause: str) -> bool:
        """Send invalid requests, the first ones first, until one is not refused; tells whether all were.

        After one that another revision of the contract allows come those that none allows, so that a target which
        keeps neither revision is not taken for one that keeps the other.
        """
        excused = False
        for request in requests:
            if excused and is_legal_elsewhere(request, self.contract):
                continue
            broken = self.judge(refused(self.send(request), clause))
            if not all(failure.allowed_elsewhere(self.contract) for failure in broken):
                return False
            excused = excused or bool(broken)
        return not excused

    def inconclusive(self, clauses: str | Sequence[str], reason: str) -> None:
        """Say that clauses can't be judged this time."""
        self._set_aside(clauses, Verdict.INCONCLUSIVE, reason, None)

    def condition_unmet(self, clauses: str | Sequence[str], reason: str) -> None:
        """Say that the condition of clauses did not arise."""
        self._set_aside(clauses, Verdict.NOT_RUN, reason, Cause.CONDITION)

    def not_paid(self, clauses: str | Sequence[str]) -> None:
        """Say that the budget did not pay for judging clauses."""
        reason = f"the budget of {self.client.budget.limit} executions is used up"
        self._set_aside(clauses, Verdict.NOT_RUN, reason, Cause.BUDGET)

    def note(self, text: str) -> None:
        """Record something that judges nothing."""
        self.notes.append(text)

    def measure(self, name: str, value: float) -> None:
        """Record a figure of the run, such as the depth that a replay reached."""
        self.measured[name] = value

    def give_up(self, reason: str) -> Never:
        """End the check: what is not judged yet is inconclusive. Raises `InconclusiveError`."""
        raise InconclusiveError(reason)

    def _send(self, request: Request) -> Exchange:
        exchange = self.client.send(request, check=self.check.id)
        self.exchanges.append(exchange)
        return exchange

    def _set_aside(self, clauses: str | Sequence[str], verdict: Verdict, reason: str, cause: Cause | None) -> None:
        for clause in [clauses] if isinstance(clauses, str) else clauses:
            self.set_aside[clause] = (verdict, reason, cause)


def _is_mismatch(exchange: Exchange) -> bool:
    return exchange.answer is not None and exchange.answer.code == MISMATCH
