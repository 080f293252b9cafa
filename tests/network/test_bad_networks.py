"""A bad network is not a bad target: whatever it loses, cuts or holds up, nobody is blamed.

The whole matrix takes an hour: `BAD_NETWORKS=all python -m pytest tests/network`, or `tox -e networks`. Otherwise each
trouble is tried once, with a seed of its own.
"""

import os

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.target import Timeouts
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from tests.support.bad_network import TROUBLES, bad_network
from tests.support.calls import target_at
from tests.support.runs import failed, run_against
from tests.support.scripted import ScriptedServer

pytestmark = pytest.mark.slow

RATES = (0.01, 0.05, 0.2)
SEEDS = range(10)
# A stalled answer is waited for; all others come at once, on a busy machine too.
HASTY, PATIENT = Timeouts(connect=20, read=0.5), Timeouts(connect=20, read=20)

WHOLE = [(trouble, rate, seed) for trouble in TROUBLES for rate in RATES for seed in SEEDS]
SMALL = [(trouble, 0.05 if "stall" in trouble else 0.2, number) for number, trouble in enumerate(TROUBLES)]


@pytest.mark.parametrize(("trouble", "rate", "seed"), WHOLE if os.environ.get("BAD_NETWORKS") == "all" else SMALL)
def test_a_right_target_behind_a_bad_network_is_not_blamed(trouble: str, rate: float, seed: int) -> None:
    timeouts = HASTY if "stall" in trouble else PATIENT
    with (
        ReferenceServer() as target,
        ScriptedServer(bad_network(target.url, trouble, rate=rate, seed=seed)) as network,
    ):
        report = run_against(target_at(network.url, timeouts=timeouts))
    assert failed(report) == set(), [(each.clause, each.received) for each in report.failures]
    assert report.verdict is not RunVerdict.NON_CONFORMANT
    # What was met is told, unless the run could not go on. Of few requests none may have met it.
    told = report.clause("errors.transient").verdict is Verdict.WARNED or report.verdict is RunVerdict.INCOMPLETE
    assert told or rate < min(RATES[1:])
