"""Builds that no answer admits to, seen in the numbers of those that are admitted."""

from itertools import pairwise

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.used_tokens import build_number, no_hidden_builds
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.target import sibling

_CLAUSE = "idempotency.hidden-builds"
# How many replays each window holds; a quiet window of as many refusals precedes it, so that both last as long.
_REPLAYS = (1, 2)


@check("idempotency.hidden-builds", _CLAUSE, executions=1 + 2 * len(_REPLAYS), alone=True)
def test_hidden_builds(probe: Probe) -> None:
    """The build numbers move by as much with replays in between as without."""
    starts = [probe.started()]
    for count in _REPLAYS:
        unknown = sibling(probe.pipeline, probe.tokens.fresh())
        for _ in range(count):
            probe.start(pipeline=unknown, label="a refusal that starts nothing")
        starts.append(probe.started())
        for _ in range(count):
            probe.replay(starts[-1])
        starts.append(probe.started())
    steps = _steps(starts)
    if steps is None:
        probe.condition_unmet(_CLAUSE, "the images are not numbered one after the other")
        return
    probe.judge(no_hidden_builds(steps[::2], steps[1::2], _REPLAYS, tuple(starts), _CLAUSE))


def _steps(starts: list[Exchange]) -> list[int] | None:
    """By how much each build number is larger than the one before, or None where they can't be compared."""
    numbers = [build_number(start) for start in starts]
    if None in numbers or len({number[0] for number in numbers if number}) > 1:
        return None
    steps = [later - earlier for earlier, later in pairwise(number[1] for number in numbers if number)]
    return steps if all(step > 0 for step in steps) else None
