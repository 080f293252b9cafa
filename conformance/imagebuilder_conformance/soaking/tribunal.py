"""Judges the answers of a soak: each by itself by the passive checks, and those to a token together.

All that was sent with a token of the soak is known in the end, from all workers. So, unlike an audit, a soak also tells
mismatches that no order of the calls explains, as long as no worker was lost with a part of the history.

A token is judged and forgotten when nobody uses it any more. What must be known of all images and request ids is kept
in tables that leave the memory (`auditing.spilling`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME, Anomaly, HistoryChecker, Kind, Started
from imagebuilder_conformance.oracles.agreement import contradiction, kept_by, tokens_agree
from imagebuilder_conformance.oracles.everything import COMMON_CHECKS
from imagebuilder_conformance.oracles.findings import Failure, Finding, Tally
from imagebuilder_conformance.oracles.histories import Inexplicable, calls_of
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import PassiveCheck, Watch
from imagebuilder_conformance.soaking.entries import widened
from imagebuilder_conformance.target import token_space
from imagebuilder_spec import Contract

_RACE, _TOKEN_FREE = "idempotency.concurrent.mismatch", "idempotency.refused.token-free"


def soak_checks(contract: Contract) -> tuple[PassiveCheck, ...]:
    """The checks of a soak, with the clauses that this revision of the contract has."""
    told = replace(tokens_agree, clauses=(*tokens_agree.clauses, _TOKEN_FREE))
    known = (*COMMON_CHECKS, told)
    return tuple(each.of(contract) for each in known)


@dataclass(slots=True)
class Counters:
    """What remains of the tokens that were judged."""

    exchanges: int = 0
    replays: int = 0
    images: int = 0
    judged: int = 0
    failures: int = 0


class Tribunal:
    """Sees the exchanges of all workers, and is told when a token is over. `whole` says that none is missing."""

    def __init__(self, contract: Contract, spill: Spill) -> None:
        self.counters = Counters()
        self.whole = True
        self._contract = contract
        *passive, self._tokens_check = soak_checks(contract)
        self.checks = (*passive, self._tokens_check)
        memory = Memory(spill.table)
        self._watch = Watch(passive, contract, memory)
        self._tokens = Tally()
        # Records of tokens are dropped when these are over, so they need no room. Shared images others tell.
        self._history = HistoryChecker(lifetime=TOKEN_LIFETIME, remember=False, shared=False)
        self._archive = memory.archive
        self._held: dict[str, dict[str, Exchange]] = {}

    @property
    def open_tokens(self) -> int:
        """How many tokens are in use."""
        return len(self._held)

    def see(self, exchange: Exchange, uncertainty: float) -> None:
        """Judge an exchange; `uncertainty` is that of its times, in seconds."""
        self.counters.exchanges += 1
        self._watch.see(exchange)
        self._add(self._judge(exchange, uncertainty))

    def conclude(self, token: str, pipelines: tuple[str, ...]) -> None:
        """Judge what could not be judged before all of a token was known, and forget it."""
        for space in dict.fromkeys(map(token_space, pipelines)):
            anomaly = self._history.conclude(f"{space} {token}")
            if anomaly is not None and self.whole:
                self._add(self._unexplained(anomaly))
        self._held.pop(token, None)
        self.counters.judged += 1

    def found(self, check: PassiveCheck) -> Tally:
        """What a check has found so far."""
        return self._tokens if check is self._tokens_check else self._watch.found(check)

    def _judge(self, exchange: Exchange, uncertainty: float) -> Iterator[Finding]:
        token = exchange.request.token or ""
        held = self._held.setdefault(token, {})
        for call in calls_of(widened(exchange, uncertainty), space=token_space(exchange.request.pipeline or "")):
            anomalies, first, may_be_named = self._history.take(call)
            if may_be_named:
                held[exchange.id] = exchange
            if exchange.image and first is None and isinstance(call.outcome, Started):
                self._archive.keep(exchange)
                self.counters.images += 1
            self.counters.replays += first is not None
            for anomaly in anomalies:
                yield from contradiction(anomaly, self._evidence(anomaly, exchange), self._contract)
            if not anomalies:
                yield from kept_by(first, call)

    def _unexplained(self, anomaly: Anomaly) -> Iterator[Failure]:
        clause = _TOKEN_FREE if anomaly.kind is Kind.MISMATCH_AFTER_REFUSAL else _RACE
        evidence = self._evidence(anomaly)
        received = "; ".join(f"{each.id}: {each}" for each in evidence)
        law, _, _ = anomaly.sentence.partition(": ")
        yield Inexplicable(clause, law, received, evidence)

    def _evidence(self, anomaly: Anomaly, present: Exchange | None = None) -> tuple[Exchange, ...]:
        found = []
        for call in anomaly.calls:
            if present is not None and call.id == present.id:
                found.append(present)
            elif (held := self._held.get(call.token, {}).get(call.id) or self._archive.get(call.id)) is not None:
                found.append(held)
        return tuple(found)

    def _add(self, findings: Iterator[Finding]) -> None:
        listed = list(findings)
        self.counters.failures += sum(isinstance(each, Failure) for each in listed)
        self._tokens.add(listed)
