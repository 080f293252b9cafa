"""The client of a run: paces, reserves, sends, retries a bounded number of times, and records every try."""

import time
from collections.abc import Callable, Sequence

from imagebuilder_conformance.client.budget import Budget, OverBudgetError
from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.keys import (
    CredentialsDoubtedError,
    CredentialsRenewedError,
    KeyWatch,
    key_of,
    skew,
)
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault, Request
from imagebuilder_conformance.client.network import Network
from imagebuilder_conformance.client.pacing import Pace
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.client.transport import Sending, Transport
from imagebuilder_conformance.counting import Counter
from imagebuilder_conformance.debug_log import decided
from imagebuilder_conformance.target import CredentialsLostError, Target
from imagebuilder_reports.events import Intent, Result
from imagebuilder_spec import Contract, load_contract, revisions

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
        keys: KeyWatch | None = None,
    ) -> None:
        self.target = target
        self.contract = contract
        self.budget = budget or Budget()
        self.pace = pace or Pace()
        self._journal = journal
        self._observe = observe
        self._redactor = redactor or Redactor(target.secrets)
        self._prefix = prefix
        self._numbers = Counter()
        self._in_vain = 0
        self.network = Network()
        self._keys = keys or KeyWatch()
        self._doubted: set[str] = set()
        self._epoch = epoch if epoch is not None else time.monotonic()
        self.transport = Transport(target, contract.operation.signing_name, self.clock)

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
            keys=self._keys,
        )

    def clock(self) -> float:
        """Seconds since the start of the run."""
        return time.monotonic() - self._epoch

    def send(self, request: Request, *, check: str = "", tries: int | None = None) -> Exchange:
        """Send a request, again after transport faults, throttling and server errors, and return the whole exchange.

        Raises `OverBudgetError` where no execution is left for it, `TargetLostError` where nothing listens any more,
        and `CredentialsLostError` where the credentials have ended; if there are others, it is sent again with them.
        `tries=1` sends once, whatever comes. So is a request that demands a fault: what it demands would come again.
        """
        exchange = self._still_there(self._sent(request, check, tries), tries)
        try:
            self.expect_accepted([exchange])
        except CredentialsRenewedError:
            decided("%s is sent again: the credentials were renewed", exchange.id)
            return self.send(request, check=check, tries=tries)
        return exchange

    def _sent(self, request: Request, check: str, tries: int | None) -> Exchange:
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
            if delay is not None:
                answer, fault = sendings[-1].attempt.answer, sendings[-1].attempt.fault
                decided("%s is sent again in %g s: %s", exchange_id, delay, answer.status if answer else fault)
            if delay is not None and _leaves_open(sendings[-1].attempt):
                # The sending before may have started a build, and this one may start another.
                if not self._reserves_another(request):
                    decided("%s is not sent again: the budget has no unit left for it", exchange_id)
                    break
                units += 1
        self.network.note([sending.attempt for sending in sendings])
        last = sendings[-1]
        attempts = tuple(sending.attempt for sending in sendings)
        exchange = Exchange(exchange_id, check, request, last.url, last.headers, attempts)
        return self.conclude(exchange, units=units)

    def expect_accepted(self, exchanges: Sequence[Exchange]) -> None:
        """See that the credentials have not ended, where well-signed requests were refused for them.

        What was accepted before is asked again; if it is refused too, once more with others, if there are any.

        Raises:
            CredentialsRenewedError: They had ended, and there are others now.
            CredentialsDoubtedError: Nothing was accepted here before that could be asked again.
            CredentialsLostError: They have ended.
            TargetLostError: Nothing listens any more.
        """
        for exchange in exchanges:
            if exchange.id not in self._doubted:
                self._keys.note(exchange)
                continue
            with self._keys.lock:
                self._doubted.discard(exchange.id)
                if self._keys.is_asking:
                    continue
                # Others may have found out meanwhile.
                if self._keys.doubts(exchange):
                    self._clear_doubt(exchange)
                self._observe(exchange)

    def _clear_doubt(self, doubted: Exchange) -> None:
        source = self.target.credentials
        present = source.frozen()
        if key_of(doubted) != present.access_key_id:
            raise CredentialsRenewedError(f"the credentials were renewed while {doubted.id} was under way")
        refused = self._refused_again(doubted)
        if refused is None:
            self._keys.clear(doubted)
            return
        key = f"{present.access_key_id} of {source.origin}"
        why = f"{self.target.endpoint} refuses {key}, which it had accepted before: {refused.quoted}"
        why = f"{why}, {told}" if (told := skew(refused)) else why
        try:
            renewed = source.renewed(present)
        except CredentialsLostError as lost:
            raise CredentialsLostError(f"{why}; {lost}") from lost
        if not renewed:
            raise CredentialsLostError(f"{why}; there are no others to go on with")
        if self._refused_again(doubted) is not None:
            raise CredentialsLostError(f"{why}; so it does with {source.access_key_id}, which took its place")
        raise CredentialsRenewedError(f"{why}; {source.access_key_id} took its place")

    def _refused_again(self, doubted: Exchange) -> Exchange | None:
        """The answer to what was accepted before, if all of it is refused to the caller now."""
        asked = doubted
        self._keys.is_asking = True
        try:
            for accepted in self._keys.to_ask:
                asked = self.send(accepted, check=doubted.check)
                if not self._keys.doubts(asked):
                    return None
        finally:
            self._keys.is_asking = False
        if asked is doubted:
            raise CredentialsDoubtedError(f"the credentials are refused: {doubted}")
        return asked

    def announce(self, request: Request, check: str) -> str:
        """Reserve a unit of the budget and write the intent; gives the id of the exchange to come."""
        # Looked at first: what can't be signed is not sent.
        self.target.credentials.frozen()
        self.budget.reserve(request.token, harmless=self._must_start_nothing(request))
        exchange_id = f"{self._prefix}{self._numbers.next() + 1:04d}"
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
        if self._keys.doubts(exchange):
            # It is shown once it is known to be no matter of the credentials.
            self._doubted.add(exchange.id)
        else:
            self._observe(exchange)
        if exchange.fault is Fault.REFUSED:
            raise TargetLostError(exchange)
        return exchange

    def _still_there(self, exchange: Exchange, tries: int | None) -> Exchange:
        """The exchange, unless it is one too many in a row for which all tries were in vain."""
        if not exchange.is_undecided:
            self._in_vain = 0
        elif tries is None and exchange.request.form is None:
            # What comes in a client's form is sent in plain form next.
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
            # Each try of a start may have started one; of these hardly one has, and none that names no pipeline.
            unknown = min(unknown, 1) if self._names_a_pipeline(request) else 0
        self.budget.settle(request.token, exchange.image, unknown=unknown, units=units, harmless=harmless)

    def _must_start_nothing(self, request: Request) -> bool:
        """Whether a request starts nothing on a conformant target, whatever its token."""
        known = request.pipeline is None or request.pipeline in self.target.pipelines
        is_invalid = request.violates is not None and not self._is_legal_elsewhere(request.token)
        return request.harmless or is_invalid or request.off_operation or not known

    def _is_legal_elsewhere(self, token: str | None) -> bool:
        """Whether a token is too long by this revision and not by another, which the target may follow."""
        if token is None or len(token) < self.contract.token_lengths.stop:
            return False
        return any(len(token) in load_contract(each).token_lengths for each in revisions())

    def _names_a_pipeline(self, request: Request) -> bool:
        """Whether a known pipeline's name is anywhere in a request, be it in the query string."""
        sent = request.path.encode() + request.body
        return any(pipeline.rpartition("/")[2].encode() in sent for pipeline in self.target.pipelines)

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
        if attempt.answer is not None and attempt.answer.is_throttled:
            self.pace.throttled()
            return _AFTER_THROTTLING[done - 1] if done <= len(_AFTER_THROTTLING) else None
        if attempt.answer is not None:
            self.pace.answered()
        if not attempt.may_pass or done >= max(self.network.tries, _least_tries(attempt)):
            return None
        return _AFTER_FAULT[min(done, len(_AFTER_FAULT)) - 1]


def _least_tries(attempt: Attempt) -> int:
    """How often a request is sent until a fault counts, where none was seen that passed."""
    # Waiting out one more timeout tells as much as waiting out two more.
    return len(_AFTER_FAULT) if attempt.fault is Fault.TIMEOUT else len(_AFTER_FAULT) + 1


def _leaves_open(attempt: Attempt) -> bool:
    """Whether the server may have started a build without saying so."""
    if attempt.answer is None:
        return attempt.fault is not Fault.REFUSED
    return attempt.answer.is_server_error
