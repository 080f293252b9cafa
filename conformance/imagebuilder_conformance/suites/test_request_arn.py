"""The request's imagePipelineArn: required, a string, and of the pattern, whole and exactly."""

from collections.abc import Iterator

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.running.probe import Probe
from imagebuilder_conformance.suites.edges import chosen
from imagebuilder_strategies import invalid_pipeline_arn_edges, invalid_pipeline_arns

_PATTERN = "request.image-pipeline-arn.pattern"
_GENERATED = 6


@check("request.image-pipeline-arn.pattern", _PATTERN)
def test_broken_known_arn(probe: Probe) -> None:
    """The ARN of a known pipeline, broken in any one component, is refused as malformed."""
    probe.all_refused(_broken(probe), _PATTERN)


@check("request.image-pipeline-arn.pattern-generated", _PATTERN)
def test_generated_arns(probe: Probe) -> None:
    """Whatever ARN breaks the pattern is refused as malformed, also where nothing by its name exists.

    Kept beside the enumerated breaks: it looks for mistakes that nobody thought of.
    """
    invalid = probe.draw(invalid_pipeline_arns(contract=probe.contract, arn=probe.pipeline), _GENERATED)
    probe.all_refused((_request(probe, each.value, each.violates) for each in invalid), _PATTERN)


def _broken(probe: Probe) -> Iterator[Request]:
    edges = invalid_pipeline_arn_edges(probe.pipeline, contract=probe.contract)
    for edge in chosen("broken_arns", edges, lambda edge: edge.violates):
        yield _request(probe, edge.value, edge.violates)


def _request(probe: Probe, arn: str, violates: str) -> Request:
    return probe.requests.start(probe.tokens.fresh(), arn, violates).breaking(violates)
