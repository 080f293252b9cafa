"""Random walks through the promise of the token: starts, replays, mismatches, near misses and refusals, in any order.

A Hypothesis state machine chooses the steps. It never raises: Hypothesis would walk again, and the target has
changed. After the first surprise the remaining steps do nothing.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import Surprise, TokenModel
from imagebuilder_conformance.oracles.histories import outcome_of
from imagebuilder_conformance.running.preflight import sibling
from imagebuilder_conformance.running.probe import Probe
from imagebuilder_strategies import near_tokens


@dataclass(frozen=True, slots=True)
class Astonished:
    """A surprise, with the exchanges that led to it: all of its token, in order."""

    surprise: Surprise
    exchanges: tuple[Exchange, ...]


class IdempotencyMachine(RuleBasedStateMachine):
    """One walk. The model says what each answer may be; `surprises` gets what it did not allow."""

    tokens = Bundle("tokens")

    def __init__(self, probe: Probe, surprises: list[Astonished]) -> None:
        super().__init__()
        self._probe = probe
        self._model = TokenModel()
        self._surprises = surprises
        self._sent: list[Exchange] = []

    @rule(target=tokens, second=st.booleans())
    def start(self, second: Any) -> str:
        """A fresh token, for either pipeline."""
        token = self._probe.tokens.fresh()
        self._send(token, self._pipeline(second), "a start of the walk")
        return token

    @rule(token=tokens, second=st.booleans())
    def again(self, token: Any, second: Any) -> None:
        """A used token, for either pipeline: a replay or a mismatch, as the model knows."""
        self._send(token, self._pipeline(second), "a used token of the walk")

    @rule(target=tokens, token=tokens, which=st.integers(0, 7))
    def near_miss(self, token: Any, which: Any) -> str:
        """A token that is nearly a used one."""
        pairs = [pair for pair in near_tokens(token[: self._probe.tokens.LENGTH]) if pair.ascii]
        near = str(pairs[which % len(pairs)].second)
        self._send(near, self._probe.pipeline, "a near miss of the walk")
        return near

    @rule(token=tokens)
    def refusal(self, token: Any) -> None:
        """A used token for a pipeline that does not exist; whatever is answered, nothing changes."""
        if not self._surprises:
            unknown = sibling(self._probe.pipeline, self._probe.tokens.fresh())
            self._probe.start(token, unknown, "a refusal of the walk")

    def _pipeline(self, second: bool) -> str:  # noqa: FBT001  # drawn
        pipelines = self._probe.client.target.pipelines
        return pipelines[-1] if second else pipelines[0]

    def _send(self, token: str, pipeline: str, label: str) -> None:
        if self._surprises:
            return
        exchange = self._probe.start(token, pipeline, label)
        self._sent.append(exchange)
        surprise = self._model.observe(token, pipeline, outcome_of(exchange.attempts[-1]))
        if surprise is not None:
            led_to = tuple(sent for sent in self._sent if sent.request.token == token)
            self._surprises.append(Astonished(surprise, led_to if len(led_to) > 1 else tuple(self._sent)))


def walk(probe: Probe, *, walks: int, steps: int, seed_: int) -> list[Astonished]:
    """Make random walks, the same for the same seed, until something surprises."""
    surprises: list[Astonished] = []

    def machine() -> IdempotencyMachine:
        return IdempotencyMachine(probe, surprises)

    run_state_machine_as_test(
        seed(seed_)(machine),  # type: ignore[arg-type]  # it takes any factory, as its documentation says
        settings=settings(
            phases=[Phase.generate],
            database=None,
            deadline=None,
            max_examples=walks,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return surprises
