"""Long after: a token still stands for its image when the run has used dozens of others."""

import time

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME
from imagebuilder_conformance.oracles.excuses import excuse_of
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.test_idempotency_replay import judge_replay
from imagebuilder_reports.legible import plural

_OTHER_TOKENS = "idempotency.replay.after-other-tokens"
_DELAY = "idempotency.replay.after-delay"

# How far back the replay reaches where executions cost nothing.
_TOKENS = 41
_SECONDS = 1.5
# How long to wait at the most, in seconds, to see whether a token is forgotten by time.
_LONGEST_WAIT = 5.0


@check("idempotency.retention", _OTHER_TOKENS, _DELAY, executions=1, last=True, shares=(SharedStart.FIRST,), alone=True)
def test_retention(probe: Probe) -> None:
    """The first token of the run, replayed last, still gets its image."""
    original = probe.require(probe.first_start())
    budgeted = probe.thrift is not None
    if not budgeted:
        for _ in range(_TOKENS - probe.client.budget.spent):
            if not probe.may_start():
                break
    # Under a budget nobody waits who has not asked for it.
    age = probe.retention if probe.retention is not None else 0.0 if budgeted else _SECONDS
    time.sleep(max(0.0, original.ended_at + age - probe.client.clock()))
    tokens, seconds = probe.client.budget.spent - 1, probe.client.clock() - original.ended_at
    replay = probe.replay(original, "the first token of the run again")
    probe.measure("retention.tokens", tokens)
    probe.measure("retention.seconds", round(seconds, 3))
    probe.note(f"looked back over {plural(tokens, 'other token')} and {seconds:.1f} s")
    if _kept(original, replay) or excuse_of(replay) or budgeted:
        judge_replay(probe, original, replay, _DELAY)
        if tokens:
            judge_replay(probe, original, replay, _OTHER_TOKENS)
        elif budgeted:
            probe.not_paid(_OTHER_TOKENS, probe.client.budget.used_up)
    else:
        _tell_tokens_from_time(probe, original, replay, seconds)


def _tell_tokens_from_time(probe: Probe, original: Exchange, replay: Exchange, seconds: float) -> None:
    """The token was forgotten: see whether the other tokens or the time made it so, and blame that.

    How long a token lives nobody states. Where the run was slow enough for it to have ended, nothing is blamed that
    does not show again.
    """
    waited = probe.started()
    time.sleep(min(seconds, max(_LONGEST_WAIT, probe.retention or 0.0)))
    forgotten_by_time = not judge_replay(probe, waited, probe.replay(waited), _DELAY)
    crowded = probe.started()
    for _ in range(_TOKENS):
        probe.started()
    forgotten_by_tokens = not judge_replay(probe, crowded, probe.replay(crowded), _OTHER_TOKENS)
    if not (forgotten_by_time or forgotten_by_tokens) and seconds < TOKEN_LIFETIME:
        judge_replay(probe, original, replay, _OTHER_TOKENS)


def _kept(original: Exchange, replay: Exchange) -> bool:
    return original.image == replay.image
