"""Random walks through the promise of the token: starts, replays, mismatches, near misses and refusals, in any order.

A Hypothesis state machine chooses the steps. It never raises: Hypothesis would walk again, and the target has
changed. After the first surprise, or when the budget is out, the remaining steps do nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from imagebuilder_conformance.client.budget import OverBudgetError
from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import Surprise, TokenModel
from imagebuilder_conformance.oracles.histories import outcome_of
from imagebuilder_conformance.probing.draws import GENERATING, ONLY_GENERATES
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.probing.sending import InconclusiveError, SecondPipelineMissingError
from imagebuilder_conformance.target import CredentialsLostError, sibling
from imagebuilder_strategies import near_tokens


@dataclass(frozen=True, slots=True)
class Astonished:
    """A surprise, with the exchanges that led to it: all of its token, in order."""

    surprise: Surprise
    exchanges: tuple[Exchange, ...]


@dataclass(slots=True)
class Walk:
    """What comes of the walks: what the model did not allow, and what ended them before their time."""

    surprises: list[Astonished] = field(default_factory=list)
    ended_by: Exception | None = None

    @property
    def is_over(self) -> bool:
        """Whether the remaining steps are to do nothing."""
        return bool(self.surprises) or self.ended_by is not None


class IdempotencyMachine(RuleBasedStateMachine):
    """One walk. The model says what each answer may be."""

    tokens = Bundle("tokens")

    def __init__(self, probe: Probe, walk: Walk) -> None:
        super().__init__()
        self._probe = probe
        self._pipelines = _pipelines(probe)
        self._model = TokenModel()
        self._walk = walk
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
        self._start(token, sibling(self._probe.pipeline, self._probe.tokens.fresh()), "a refusal of the walk")

    def _pipeline(self, second: bool) -> str:  # noqa: FBT001  # drawn
        return self._pipelines[-1] if second else self._pipelines[0]

    def _send(self, token: str, pipeline: str, label: str) -> None:
        exchange = self._start(token, pipeline, label)
        if exchange is None:
            return
        self._sent.append(exchange)
        surprise = self._model.observe(token, pipeline, outcome_of(exchange.attempts[-1]))
        if surprise is not None:
            led_to = tuple(sent for sent in self._sent if sent.request.token == token)
            self._walk.surprises.append(Astonished(surprise, led_to if len(led_to) > 1 else tuple(self._sent)))

    def _start(self, token: str, pipeline: str, label: str) -> Exchange | None:
        if self._walk.is_over:
            return None
        try:
            return self._probe.start(token, pipeline, label)
        except (OverBudgetError, TargetLostError, CredentialsLostError) as error:
            self._walk.ended_by = error
            return None


def _pipelines(probe: Probe) -> tuple[str, ...]:
    """Those for which the model holds: the second one only if a token of the first is a mismatch for it."""
    try:
        return probe.pipeline, probe.mismatching_pipeline
    except (SecondPipelineMissingError, InconclusiveError):
        return (probe.pipeline,)


def walk(probe: Probe, *, walks: int, steps: int, seed_: int) -> list[Astonished]:
    """Make random walks, the same for the same seed, until something surprises.

    Raises `OverBudgetError` and `TargetLostError` as sending does, once Hypothesis is out of the way.
    """
    result = Walk()

    def machine() -> IdempotencyMachine:
        return IdempotencyMachine(probe, result)

    with GENERATING:
        run_state_machine_as_test(
            seed(seed_)(machine),  # type: ignore[arg-type]  # it takes any factory, as its documentation says
            settings=settings(ONLY_GENERATES, max_examples=walks, stateful_step_count=steps),
        )
    if result.ended_by is not None and not result.surprises:
        raise result.ended_by
    return result.surprises
