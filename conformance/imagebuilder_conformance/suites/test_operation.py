"""The operation at its plainest: a valid request starts an image."""

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.oracles.starts import accepted, not_started
from imagebuilder_conformance.probing.probe import Probe


@check("operation.start", "operation.start", executions=1, shares=(SharedStart.FIRST,), alone=True)
def test_start(probe: Probe) -> None:
    """A valid request is answered as a success.

    Kept beside `operation.other-pipeline`: it is the start that the run has made anyway, and needs one pipeline
    only.
    """
    probe.judge(accepted(probe.first_start(), "operation.start"))


@check("operation.other-pipeline", "operation.start", executions=1, pipelines=2, alone=True)
def test_other_pipeline(probe: Probe) -> None:
    """A valid request for the second pipeline is answered as a success.

    Kept beside `operation.start`: a target may start the first pipeline it was set up with and no other. One that is
    refused may be unknown or disabled, which is nothing to be held against the target.
    """
    start = probe.start_of_another()
    if start.answer is not None and start.answer.is_client_error:
        probe.give_up(not_started(start))
    probe.judge(accepted(start, "operation.start"))
