"""The request's imagePipelineArn: required, a string, and of the pattern, whole and exactly."""

from collections.abc import Callable

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.edges import chosen
from imagebuilder_strategies import invalid_pipeline_arn_edges, invalid_pipeline_arns

_PATTERN = "request.image-pipeline-arn.pattern"
_GENERATED = 6


# The labels of breaks that have checks of their own.
_ACCOUNT, _NAME = "arn.account.", "arn.name."


@check("request.image-pipeline-arn.pattern", _PATTERN)
def test_broken_known_arn(probe: Probe) -> None:
    """The ARN of a known pipeline, broken as a whole or in a component before its name, is refused as malformed.

    Kept beside those of the account and the name: three checks can be made at the same time, and each tells its part.
    """
    _refused(probe, lambda label: not label.startswith((_ACCOUNT, _NAME)))


@check("request.image-pipeline-arn.pattern-account", _PATTERN)
def test_broken_account(probe: Probe) -> None:
    """The ARN of a known pipeline with a malformed account is refused as malformed.

    Kept beside `request.image-pipeline-arn.pattern`: see there.
    """
    _refused(probe, lambda label: label.startswith(_ACCOUNT))


@check("request.image-pipeline-arn.pattern-name", _PATTERN)
def test_broken_name(probe: Probe) -> None:
    """The ARN of a known pipeline with a malformed name, or with anything behind it, is refused as malformed.

    Kept beside `request.image-pipeline-arn.pattern`: see there.
    """
    _refused(probe, lambda label: label.startswith(_NAME))


@check("request.image-pipeline-arn.pattern-generated", _PATTERN)
def test_generated_arns(probe: Probe) -> None:
    """Whatever ARN breaks the pattern is refused as malformed, also where nothing by its name exists.

    Kept beside the enumerated breaks: it looks for mistakes that nobody thought of.
    """
    invalid = probe.draw(invalid_pipeline_arns(contract=probe.contract, arn=probe.pipeline), _GENERATED)
    probe.all_refused((_request(probe, each.value, each.violates) for each in invalid), _PATTERN)


def _refused(probe: Probe, selects: Callable[[str], bool]) -> None:
    edges = invalid_pipeline_arn_edges(probe.pipeline, contract=probe.contract)
    broken = [edge for edge in chosen("broken_arns", edges, lambda edge: edge.violates) if selects(edge.violates)]
    probe.all_refused((_request(probe, edge.value, edge.violates) for edge in broken), _PATTERN)


def _request(probe: Probe, arn: str, violates: str) -> Request:
    return probe.requests.start(probe.tokens.fresh(), arn, violates).breaking(violates)
