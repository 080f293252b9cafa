"""The rate limit: a burst of calls that can start nothing."""

import time

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.oracles.throttling import recovered, throttled_in_form
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.target import sibling

_STATUS = "throttling.status"
_CODE = "throttling.code"
_RECOVERY = "throttling.recovery"

_BURST = 120
# How long to wait for the target to answer again, in seconds, trying now and then.
_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)


@check("throttling.burst", _STATUS, _CODE, _RECOVERY, alone=True)
def test_burst(probe: Probe) -> None:
    """A burst that is throttled is throttled in form, and some time later the target answers again."""
    requests = [_unknown_pipeline(probe) for _ in range(_BURST)]
    throttled = [each for each in probe.burst(requests) if each.is_throttled]
    if not throttled:
        probe.condition_unmet([_STATUS, _CODE, _RECOVERY], f"a burst of {_BURST} calls was not throttled")
        return
    for exchange in throttled:
        probe.judge(throttled_in_form(exchange, probe.contract, _STATUS, _CODE))
    for wait in _WAITS:
        time.sleep(wait)
        [later] = probe.burst([_unknown_pipeline(probe)])
        if not later.is_throttled:
            break
    probe.judge(recovered(throttled[-1], later, _RECOVERY))


def _unknown_pipeline(probe: Probe) -> Request:
    arn = sibling(probe.pipeline, probe.tokens.fresh())
    return probe.requests.start(probe.tokens.fresh(), arn, "one of a burst")
