"""A worker: its users start, replay, compete, hang up and retry, and all that comes goes to the master."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import gevent

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.race import hang_up
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.soaking.clocks import Clock
from imagebuilder_conformance.soaking.entries import CHECK, Entry, entry_of
from imagebuilder_conformance.soaking.plan import Plan
from imagebuilder_conformance.soaking.tickets import TICK_SECONDS, Ticket
from imagebuilder_conformance.target import CredentialsLostError, Target
from imagebuilder_spec import load_contract

# How often a user takes a new token rather than an older one, names the pipeline that competes, and hangs up first.
_NEW, _COMPETE, _HANG_UP = 0.6, 0.15, 0.03
_NOTHING_TO_DO = 0.05

Send = Callable[[str, dict[str, Any]], None]
"""Sends a message of a kind to the master."""


class _Unbooked(Budget):
    """A budget without a limit. It books nothing: what is booked would grow for as long as the soak lasts."""

    def reserve(self, token: str | None = None, *, harmless: bool = False) -> None:
        """Anything goes."""

    def settle(
        self, token: str | None, image: str | None, *, unknown: int = 0, units: int = 1, harmless: bool = False
    ) -> None:
        """Nothing is to be given back."""


class Worker:
    """What the users of one process have in common. Its methods are called from greenlets of one thread."""

    def __init__(self, target: Target) -> None:
        self.send: Send = lambda *_: None
        """Sends to the master; to nobody until there is one."""
        self._target = target
        self._clock = Clock()
        self._ticket = Ticket(0)
        self._running: Counter[int] = Counter()
        self._entries: list[Entry] = []
        self._plan: Plan | None = None
        self._lost: str | None = None
        self._until = 0.0
        self.leaving = False
        """Whether somebody asked this worker alone to end."""

    # What the master says

    def begin(self, name: str, plan: Plan) -> None:
        """Get ready to send by the plan, under this name."""
        contract = load_contract(plan.revision)
        self._requests = RequestFactory(contract.operation)
        limit = plan.max_executions
        self._client = Client(
            self._target,
            contract,
            budget=_Unbooked() if limit is None else Budget(limit),
            prefix=f"{name}-x",
            # The times of its exchanges are those of the own clock.
            epoch=0.0,
        )
        self._until = time.monotonic() + plan.seconds
        self._plan = plan

    def take(self, ticket: Ticket) -> None:
        """Use another ticket from now on."""
        self._ticket = ticket

    def hear(self, asked: float, told: float) -> None:
        """Learn the master's clock."""
        self._clock.learn(asked, time.monotonic(), told)

    # What it tells the master

    def report(self) -> None:
        """Ask for the time, and send what came since the last report."""
        now = time.monotonic()
        self.send("soak-ping", {"asked": now})
        clock = self._clock.at(now)
        if clock is None or self._plan is None:
            return
        entries, self._entries = self._entries, []
        self.send(
            "soak-history",
            {
                "entries": json.dumps(entries),
                "offset": clock.offset,
                "uncertainty": clock.uncertainty,
                "through": min((tick for tick, count in self._running.items() if count), default=self._ticket.tick),
                "idle": self._is_closing and not self._running.total(),
                "lost": self._lost,
                "leaving": self.leaving,
            },
        )
        self._running = +self._running

    def report_for_ever(self) -> None:
        """Report once a tick."""
        while True:
            self.report()
            gevent.sleep(TICK_SECONDS)

    # What its users do

    def act(self) -> None:
        """One thing that a user does."""
        plan, ticket = self._plan, self._ticket
        number = None if plan is None or self._is_closing else _number(ticket)
        if plan is None or number is None:
            gevent.sleep(_NOTHING_TO_DO)
            return
        self._running[ticket.tick] += 1
        try:
            self._use(plan, number)
        except OverBudgetError:
            gevent.sleep(_NOTHING_TO_DO)
        except (TargetLostError, CredentialsLostError) as error:
            self._lost = str(error)
        finally:
            self._running[ticket.tick] -= 1

    @property
    def _is_closing(self) -> bool:
        return self._ticket.closing or self.leaving or self._lost is not None or time.monotonic() > self._until

    def _use(self, plan: Plan, number: int) -> None:
        other = len(plan.pipelines) > 1 and random.random() < _COMPETE  # noqa: S311  # no secret
        request = self._requests.start(plan.token(number), plan.pipeline(number, other=other), "a request of a soak")
        if random.random() < _HANG_UP:  # noqa: S311  # no secret
            gone = hang_up(self._client, request.labelled("a client that hangs up"), check=CHECK)
            self._note(gone, number, other=other)
        self._note(self._client.send(request, check=CHECK), number, other=other)

    def _note(self, exchange: Exchange, number: int, *, other: bool) -> None:
        self._entries.append(entry_of(exchange, number, other=other))


def _number(ticket: Ticket) -> int | None:
    """The number of a token to use."""
    ranges = [each for each in ticket.older if each[0] < each[1]]
    is_new = ticket.new[0] < ticket.new[1] and (not ranges or random.random() < _NEW)  # noqa: S311  # no secret
    if not is_new and not ranges:
        return None
    low, high = ticket.new if is_new else random.choice(ranges)  # noqa: S311  # no secret
    return random.randrange(low, high)  # noqa: S311  # no secret
