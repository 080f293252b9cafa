"""The master: hands out tickets, takes histories in, and tells the tribunal when tokens are over."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from locust.stats import RequestStats

from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.soaking.clocks import Estimate
from imagebuilder_conformance.soaking.entries import exchange_of
from imagebuilder_conformance.soaking.plan import Plan
from imagebuilder_conformance.soaking.reporting import Rows
from imagebuilder_conformance.soaking.tickets import TICK_SECONDS, Dispenser, Ticket
from imagebuilder_conformance.soaking.tribunal import Tribunal
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import Contract

# A worker that was silent for so long, in seconds, is lost.
_SILENCE = 15.0

Send = Callable[[str, dict[str, Any], str | None], None]
"""Sends a message of a kind to one worker, or to all."""


@dataclass(slots=True)
class _Peer:
    """What the master knows of a worker."""

    name: str
    heard: float
    through: int = 0
    uncertainty: float = 0.0
    idle: bool = False
    gone: bool = False


class Master:
    """Leads a soak. `clock` gives seconds since it began. Its methods are called from greenlets of one thread."""

    def __init__(
        self,
        plan: Plan,
        contract: Contract,
        tribunal: Tribunal,
        dispenser: Dispenser,
        *,
        expected: int,
        url: str,
        send: Send,
    ) -> None:
        self.plan = plan
        self.tribunal = tribunal
        self.dispenser = dispenser
        self.rows = Rows()
        # Locust's figures: throughput, and latency by rounded milliseconds.
        self.stats = RequestStats(use_response_times_cache=False)
        self.interrupted = False
        self.lost: str | None = None
        self._expected = expected
        self._under_way = False
        self._url = url
        self._send = send
        self._requests = RequestFactory(contract.operation)
        self._peers: dict[str, _Peer] = {}
        self._began = time.monotonic()

    def clock(self) -> float:
        """Seconds since the soak began."""
        return time.monotonic() - self._began

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return sum(not each.gone for each in self._peers.values())

    @property
    def uncertainty(self) -> float:
        """By how many seconds the clock of a worker may be taken wrongly at most."""
        return max((each.uncertainty for each in self._peers.values()), default=0.0)

    def interrupt(self) -> None:
        """End the soak before its time."""
        self.interrupted = True

    # What workers say

    def welcome(self, worker: str) -> None:
        """Take note of a worker. One too many, or one that comes late, gets no plan, and so sends nothing."""
        if len(self._peers) < self._expected and not self._under_way:
            self._peers.setdefault(worker, _Peer(f"w{len(self._peers) + 1}", self.clock()))

    def tell_time(self, worker: str, asked: float) -> None:
        """Answer a worker that asks for the time."""
        self._send("soak-pong", {"asked": asked, "told": self.clock()}, worker)

    def take_in(self, worker: str, report: dict[str, Any]) -> None:
        """Judge what a worker has sent."""
        peer = self._peers.get(worker)
        if peer is None or peer.gone:
            # With half of its history it can't be judged any more.
            self.tribunal.whole &= not json.loads(report["entries"])
            return
        peer.heard, peer.through, peer.idle = self.clock(), report["through"], report["idle"]
        peer.uncertainty = report["uncertainty"]
        estimate = Estimate(report["offset"], report["uncertainty"])
        for entry in json.loads(report["entries"]):
            exchange = exchange_of(entry, self.plan, self._requests, self._url, estimate)
            self.tribunal.see(exchange, estimate.uncertainty)
            self.rows.see(exchange)
            last = exchange.attempts[-1]
            size = len(last.answer.body) if last.answer else 0
            self.stats.log_request("PUT", exchange.request.label, int(1000 * last.seconds), size)
        self.lost = self.lost or report["lost"]
        if report["leaving"] and peer.idle:
            peer.gone = True

    # What it does

    def distribute(self) -> None:
        """Give every worker the plan, with its name."""
        self._under_way = True
        for worker, peer in self._peers.items():
            peer.heard = self.clock()
            self._send("soak-plan", {"name": peer.name, "plan": self.plan.to_json()}, worker)

    def lead(self, duration: float, show: Callable[[], None]) -> None:
        """Hand out tickets until the time is over, somebody interrupts, or the target is lost."""
        end = self.clock() + duration
        while self.clock() < end and not self.interrupted and self.lost is None and self.workers:
            self._hand_out(self.dispenser.next(self.tribunal.counters.exchanges))
            gevent.sleep(TICK_SECONDS)
            self._look_after_workers()
            through = min((each.through for each in self._peers.values() if not each.gone), default=0)
            for number in self.dispenser.retired(through):
                self._conclude(number)
            show()

    def close(self, patience: float) -> None:
        """Let everybody end what is under way, for as many seconds at the most, and judge what is left."""
        self._hand_out(self.dispenser.closing())
        end = self.clock() + patience
        while not self._all_idle and self.clock() < end:
            gevent.sleep(TICK_SECONDS)
            self._look_after_workers()
        if not self._all_idle:
            self.tribunal.whole = False
        for number in self.dispenser.rest():
            self._conclude(number)

    def ending(self) -> tuple[Ending, str | None]:
        """How the soak ended."""
        if self.lost is not None:
            return Ending.TARGET_LOST, self.lost
        if self.interrupted:
            return Ending.INTERRUPTED, "the soak was interrupted"
        if not self.tribunal.whole:
            return Ending.INTERRUPTED, "a worker was lost, and a part of the history with it"
        if not self.stats.total.num_requests:
            return Ending.INTERRUPTED, "no user has sent anything"
        return Ending.COMPLETED, None

    @property
    def _all_idle(self) -> bool:
        return all(each.idle or each.gone for each in self._peers.values())

    def _hand_out(self, ticket: Ticket) -> None:
        self._send("soak-ticket", {"ticket": ticket.to_message()}, None)

    def _conclude(self, number: int) -> None:
        self.tribunal.conclude(self.plan.token(number), self.plan.pipelines)

    def _look_after_workers(self) -> None:
        for peer in self._peers.values():
            if not peer.gone and self.clock() - peer.heard > _SILENCE:
                peer.gone = True
                self.tribunal.whole = False
