"""A rehearsal: the run that is planned, made against the embedded reference target, so that its figures are counted.

Nothing leaves this machine. What a check sends depends on the others of the run, on the budget and on the revision;
a sum over the checks would not come out right.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.running.embedded import target_of
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_spec import load_contract


def rehearse(settings: Settings, limit: int | None) -> Report:
    """The report of the run by these settings, `limit` executions at most, against a conformant target.

    The target has as many pipelines as the real one, and stands for AWS where that is AWS.
    """
    with _stand_in(settings) as target:
        gatherer = Gatherer(
            replace(settings, target=target, max_executions=limit, rate_limit=None, report_dir=None, workers=1)
        )
        run_suites(gatherer)
    return fold(gatherer.events)


@contextmanager
def _stand_in(settings: Settings) -> Iterator[Target | None]:
    """A conformant target in the place of the real one; None where that is the embedded one anyway."""
    real = settings.target
    if real is None:
        yield None
        return
    pipelines = DEFAULT_PIPELINES[: len(real.pipelines)]
    with ReferenceServer(ReferenceSettings(contract=load_contract(settings.contract), pipelines=pipelines)) as server:
        target = target_of(server, "a rehearsal")
        yield replace(target, stands_for_aws=real.is_aws, denied=target.denied if real.denied else None)
