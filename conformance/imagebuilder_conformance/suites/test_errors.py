"""Pipelines that do not exist: found to be so by their name, whatever legal name it is."""

from collections.abc import Iterator

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.oracles.starts import not_found, starts_no_other
from imagebuilder_conformance.oracles.well_formed import not_malformed, well_formed
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.edges import chosen
from imagebuilder_conformance.target import arn_scope, sibling
from imagebuilder_strategies import unknown_pipeline_arn_edges, unknown_pipeline_arns

_CODE = "errors.resource-not-found.code"
_WHOLE_ARN = "errors.resource-not-found.whole-arn"
_NAMES = "request.image-pipeline-arn.legal-names"
_AWS_ACCOUNT = "request.image-pipeline-arn.aws-account"
_ELSEWHERE = "request.image-pipeline-arn.elsewhere"

_GENERATED = 2
# The labels of names that a careless lookup takes for the known one.
_NEAR = "name.known"


@check("errors.resource-not-found", _CODE)
def test_unknown_pipeline(probe: Probe) -> None:
    """A pipeline beside the known one that does not exist is answered with ResourceNotFoundException, twice.

    Kept beside `part-of-a-name`: it does not depend on what the known pipelines are called.
    """
    unknown = sibling(probe.pipeline, f"{_name(probe.pipeline)}-{probe.tokens.fresh()}")
    for label in ("an unknown pipeline", "the same unknown pipeline again"):
        request = probe.requests.start(probe.tokens.fresh(), unknown, label)
        if probe.judge(not_found(probe.send(request), _CODE)):
            return


@check("errors.resource-not-found.part-of-a-name", _CODE)
def test_part_of_a_known_name(probe: Probe) -> None:
    """A name that is only like a known one, in part or but for its hyphens, is unknown all the same.

    Kept beside `errors.resource-not-found`: a lookup by prefix or by a normalised name finds what it should
    not.
    """
    for edge in unknown_pipeline_arn_edges(probe.pipeline, contract=probe.contract):
        if not edge.label.startswith(_NEAR) or edge.value in probe.client.target.pipelines:
            continue
        request = probe.requests.start(probe.tokens.fresh(), edge.value, f"an unknown pipeline: {edge.label}")
        if probe.judge(not_found(probe.send(request), _CODE)):
            return


@check("errors.resource-not-found.whole-arn", _WHOLE_ARN)
def test_known_name_elsewhere(probe: Probe) -> None:
    """The name of a known pipeline under another account starts nothing.

    Kept beside `aws-account` and `elsewhere`: who tells `aws` and regions apart may still take any account of digits.
    """
    pipelines = probe.client.target.pipelines
    elsewhere = (_elsewhere(probe.pipeline, account=digit * 12) for digit in "987654321")
    arn = next(arn for arn in elsewhere if arn not in pipelines)
    request = probe.requests.start(probe.tokens.fresh(), arn, "a known name in another account")
    probe.judge(starts_no_other(probe.send(request, elsewhere=True), _WHOLE_ARN))


@check("request.image-pipeline-arn.legal-names", _NAMES)
def test_legal_names(probe: Probe) -> None:
    """Every legal name of a pipeline that does not exist is answered as unknown, never as malformed."""
    for request in _legal_names(probe):
        if probe.judge(well_formed(probe.send(request), _NAMES)):
            return


def _legal_names(probe: Probe) -> Iterator[Request]:
    edges = unknown_pipeline_arn_edges(probe.pipeline, contract=probe.contract)
    arns = [edge.value for edge in chosen("pipeline_names", edges, lambda edge: edge.label)]
    arns += probe.draw(unknown_pipeline_arns(probe.pipeline, contract=probe.contract), _GENERATED)
    for arn in dict.fromkeys(arns):
        if arn not in probe.client.target.pipelines:
            yield probe.requests.start(probe.tokens.fresh(), arn, f"a pipeline named {_name(arn)}")


@check("request.image-pipeline-arn.aws-account", _AWS_ACCOUNT, _WHOLE_ARN)
def test_aws_account(probe: Probe) -> None:
    """A known name with `aws` in the place of the account is not answered as malformed, and starts nothing."""
    _not_malformed(probe, _AWS_ACCOUNT, _elsewhere(probe.pipeline, account="aws"))


@check("request.image-pipeline-arn.elsewhere", _ELSEWHERE, _WHOLE_ARN)
def test_elsewhere(probe: Probe) -> None:
    """A known name in another partition or region is not answered as malformed, and starts nothing."""
    partition, region, _ = arn_scope(probe.pipeline)
    _not_malformed(
        probe,
        _ELSEWHERE,
        _elsewhere(probe.pipeline, partition="aws-cn" if partition != "aws-cn" else "aws-us-gov"),
        _elsewhere(probe.pipeline, region="us-gov-west-1" if region != "us-gov-west-1" else "eu-central-2"),
    )


def _not_malformed(probe: Probe, clause: str, *arns: str) -> None:
    malformed = probe.send(probe.requests.start(probe.tokens.fresh(), "not-an-arn", "a malformed ARN to compare with"))
    for arn in arns:
        request = probe.requests.start(probe.tokens.fresh(), arn, "a well-formed ARN, with a known name elsewhere")
        answered = probe.send(request, elsewhere=True)
        probe.judge(not_malformed(malformed, answered, clause))
        if arn not in probe.client.target.pipelines:
            probe.judge(starts_no_other(answered, _WHOLE_ARN))


def _elsewhere(arn: str, *, partition: str | None = None, region: str | None = None, account: str | None = None) -> str:
    """The ARN of the same name elsewhere."""
    scope = zip((partition, region, account), arn_scope(arn), strict=True)
    there = [other or own for other, own in scope]
    return "arn:{}:imagebuilder:{}:{}:image-pipeline/{}".format(*there, _name(arn))


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
