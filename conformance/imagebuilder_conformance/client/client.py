"""The client of a run: paces, reserves, sends, retries a bounded number of times, and records every try."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.pacing import Pace
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.client.signing import aws4auth
from imagebuilder_conformance.client.transport import Sending, Transport
from imagebuilder_conformance.target import Target
from imagebuilder_reports.events import Intent, Result
from imagebuilder_spec import Contract

# Waiting times in seconds before the second, third ... try.
_AFTER_FAULT = (0.05, 0.25)
_AFTER_THROTTLING = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
# So many requests in a row that have no answer of their own after the last try are the end.
_PATIENCE = 6


class TargetLostError(Exception):
    """Nothing at the endpoint answers any more, or with throttling and server errors only; `exchange` is the last."""

    def __init__(self, exchange: Exchange) -> None:
        what = "no request is answered any more but by" if exchange.answer else "nothing answers"
        came = exchange.fault or exchange
        told = f"{what} {came}, at {exchange.url}" if exchange.answer else f"{what} at {exchange.url} ({came})"
        super().__init__(f"{told}; the last request was {exchange.id}")
        self.exchange = exchange


class Client:
    """Sends the requests of a run to its target.

    `journal` gets the intent before and the result after each request that could start a build;
    `observe` gets every finished exchange.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        *,
        budget: Budget | None = None,
        pace: Pace | None = None,
        journal: Callable[[Intent | Result], None] = lambda _: None,
        observe: Callable[[Exchange], None] = lambda _: None,
        redactor: Redactor | None = None,
        prefix: str = "x",
        epoch: float | None = None,
    ) -> None:
        self.target = target
        self.contract = contract
        self.budget = budget or Budget()
        self.pace = pace or Pace()
        self._journal = journal
        self._observe = observe
        self._redactor = redactor or Redactor(target.secrets)
        self._ids = (f"{prefix}{number:04d}" for number in itertools.count(1))
        self._id_lock = threading.Lock()
        self._in_vain = 0
        self._epoch = epoch if epoch is not None else time.monotonic()
        self.transport = Transport(target, aws4auth(contract.operation.signing_name), self.clock)

    def beside(self, target: Target, prefix: str) -> "Client":
        """A client of the same run, for bursts. `prefix` keeps its exchanges' ids apart.

        Its pace is its own, unless the run was told one.
        """
        return Client(
            target,
            self.contract,
            budget=self.budget,
            pace=self.pace if self.pace.is_limited else None,
            journal=self._journal,
            observe=self._observe,
            redactor=self._redactor,
            prefix=prefix,
            epoch=self._epoch,
        )

    def clock(self) -> float:
        """Seconds since the start of the run."""
        return time.monotonic() - self._epoch

    def send(self, request: Request, *, check: str = "", tries: int | None = None) -> Exchange:
        """Send a request, again after transport faults, throttling and server errors, and return the whole exchange.

        Raises `OverBudgetError` where no execution is left for it, and `TargetLostError` where nothing listens
        any more. `tries=1` sends once, whatever comes. So is a request that demands a fault: what it demands
        would come again.
        """
        exchange_id = self.announce(request, check)
        sendings: list[Sending] = []
        tries = 1 if request.demand else tries
        units = 1
        delay: float | None = 0.0
        while delay is not None:
            if delay:
                # Waiting for no time takes the system a tenth of a millisecond.
                time.sleep(delay)
            self.pace.wait()
            sendings.append(self.transport.send(request))
            delay = self._next_delay(sendings, tries)
            if delay is not None and _leaves_open(sendings[-1].attempt):
                # The sending before may have started a build, and this one may start another.
                if not self._reserves_another(request):
                    break
                units += 1
        last = sendings[-1]
        attempts = tuple(sending.attempt for sending in sendings)
        exchange = Exchange(exchange_id, check, request, last.url, last.headers, attempts)
        return self._still_there(self.conclude(exchange, units=units), tries)

    def announce(self, request: Request, check: str) -> str:
        """Reserve a unit of the budget and write the intent; gives the id of the exchange to come."""
        # Looked at first: what can't be signed is not sent.
        self.target.credentials.frozen()
        self.budget.reserve(request.token, harmless=self._must_start_nothing(request))
        with self._id_lock:
            exchange_id = next(self._ids)
        self._journal(Intent(exchange_id, check, round(self.clock(), 6), request.token, request.pipeline))
        return exchange_id

    def width(self, requests: Sequence[Request], *, least: int = 1) -> int:
        """How many of the requests, the first ones, the budget lets be under way at the same time."""
        return self.budget.width(
            [(request.token, self._must_start_nothing(request)) for request in requests], least=least
        )

    def conclude(self, exchange: Exchange, *, units: int = 1) -> Exchange:
        """Settle the budget, write the result, and show the exchange to whoever observes the run.

        `units` is how many were reserved for it.
        """
        answer = exchange.answer
        self._settle(exchange, units)
        status = answer.status if answer else None
        self._redactor.learn(self.target.secrets)
        evidence = record(exchange, self._redactor)
        self._journal(Result(exchange.id, round(self.clock(), 6), status, evidence.image, evidence))
        self._observe(exchange)
        if exchange.fault is Fault.REFUSED:
            raise TargetLostError(exchange)
        return exchange

    def _still_there(self, exchange: Exchange, tries: int | None) -> Exchange:
        """The exchange, unless it is one too many in a row for which all tries were in vain."""
        if not exchange.is_undecided:
            self._in_vain = 0
        elif tries is None:
            self._in_vain += 1
        if self._in_vain >= _PATIENCE:
            raise TargetLostError(exchange)
        return exchange

    def account(self, exchange: Exchange) -> None:
        """Book the build of an exchange that another process of the run made. Raises `OverBudgetError`."""
        request = exchange.request
        self.budget.reserve(request.token, harmless=self._must_start_nothing(request))
        self._settle(exchange, 1)

    def _settle(self, exchange: Exchange, units: int) -> None:
        request = exchange.request
        # A try that failed in a way that leaves open what the server did counts, unless a later one names the image.
        unknown = sum(_leaves_open(attempt) for attempt in exchange.attempts)
        harmless = self._must_start_nothing(request)
        if harmless:
            # Each try of a start may have started one; of these hardly one has.
            unknown = min(unknown, 1)
        self.budget.settle(request.token, exchange.image, unknown=unknown, units=units, harmless=harmless)

    def _must_start_nothing(self, request: Request) -> bool:
        """Whether a request starts nothing on a conformant target, whatever its token."""
        known = request.pipeline is None or request.pipeline in self.target.pipelines
        return request.violates is not None or request.off_operation or not known

    def _reserves_another(self, request: Request) -> bool:
        try:
            self.budget.reserve(request.token, harmless=self._must_start_nothing(request))
        except OverBudgetError:
            return False
        return True

    def _next_delay(self, sendings: list[Sending], tries: int | None) -> float | None:
        """How long to wait before another try, in seconds, or None where none is worth it."""
        attempt, done = sendings[-1].attempt, len(sendings)
        if done == tries:
            return None
        throttled = attempt.answer is not None and attempt.answer.is_throttled
        if throttled:
            self.pace.throttled()
        delays = _AFTER_THROTTLING if throttled else _after_fault(attempt)
        return delays[done - 1] if done <= len(delays) else None


def _after_fault(attempt: Attempt) -> tuple[float, ...]:
    """The waiting times after a try that another one may mend: none after an answer that is no server error."""
    if attempt.answer is not None and (not attempt.answer.is_server_error or attempt.answer.status == 501):
        return ()
    # Waiting out one more timeout tells as much as waiting out two more.
    return _AFTER_FAULT[:1] if attempt.fault is Fault.TIMEOUT else _AFTER_FAULT


def _leaves_open(attempt: Attempt) -> bool:
    """Whether the server may have started a build without saying so."""
    if attempt.answer is None:
        return attempt.fault is not Fault.REFUSED
    return attempt.answer.is_server_error
