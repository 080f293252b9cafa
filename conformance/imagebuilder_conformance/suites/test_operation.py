"""The operation at its plainest: a valid request starts an image."""

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.oracles.starts import accepted
from imagebuilder_conformance.probing.probe import Probe


@check("operation.start", "operation.start", executions=1, shares=(SharedStart.FIRST,), alone=True)
def test_start(probe: Probe) -> None:
    """A valid request is answered as a success.

    Kept beside `operation.other-pipeline`: it is the start that the run has made anyway, and needs one pipeline
    only.
    """
    probe.judge(accepted(probe.first_start(), "operation.start"))


@check("operation.other-pipeline", "operation.start", executions=1, pipelines=2)
def test_other_pipeline(probe: Probe) -> None:
    """A valid request for the second pipeline is answered as a success.

    Kept beside `operation.start`: a target may know the first pipeline it was set up with and no other.
    """
    probe.judge(accepted(probe.start(pipeline=probe.other_pipeline), "operation.start"))
