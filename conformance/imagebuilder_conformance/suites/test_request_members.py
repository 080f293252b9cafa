"""The members of the request: both required, both strings; others are ignored."""

from collections.abc import Callable

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.oracles.findings import Finding, failures
from imagebuilder_conformance.oracles.particular import accepted_with_unknown_member
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.edges import wrong_types
from imagebuilder_strategies import bodies_with_unknown_members, invalid_request_edges

_UNKNOWN_MEMBERS = "request.body.unknown-members"


@check("request.client-token.required", "request.client-token.required")
def test_token_required(probe: Probe) -> None:
    """A request without clientToken is refused.

    Kept beside `wire.query-string`: there a token stands where none belongs, here there is none.
    """
    _refused(
        probe,
        "request.client-token.required",
        lambda label: label.startswith("token.missing") or label == "request.wrapped",
    )


@check("request.client-token.null", "request.client-token.null")
def test_token_null(probe: Probe) -> None:
    """A request whose clientToken is null is refused."""
    _refused(probe, "request.client-token.null", lambda label: label in {"token.null", "request.null-members"})


@check("request.client-token.type", "request.client-token.type")
def test_token_type(probe: Probe) -> None:
    """A request whose clientToken is a number, a boolean, an array or an object is refused."""
    _refused(probe, "request.client-token.type", wrong_types("token.type").__contains__)


@check("request.image-pipeline-arn.required", "request.image-pipeline-arn.required")
def test_arn_required(probe: Probe) -> None:
    """A request without imagePipelineArn is refused."""
    _refused(probe, "request.image-pipeline-arn.required", lambda label: label.startswith("arn.missing"))


@check("request.image-pipeline-arn.null", "request.image-pipeline-arn.null")
def test_arn_null(probe: Probe) -> None:
    """A request whose imagePipelineArn is null is refused."""
    _refused(probe, "request.image-pipeline-arn.null", lambda label: label == "arn.null")


@check("request.image-pipeline-arn.type", "request.image-pipeline-arn.type")
def test_arn_type(probe: Probe) -> None:
    """A request whose imagePipelineArn is a number, a boolean, an array or an object is refused."""
    _refused(probe, "request.image-pipeline-arn.type", wrong_types("arn.type").__contains__)


@check("request.body.unknown-members", _UNKNOWN_MEMBERS, executions=1)
def test_unknown_members(probe: Probe) -> None:
    """A request with members that the operation does not know is accepted, whatever JSON they hold."""
    together, *apart = range(len(bodies_with_unknown_members("x", probe.pipeline, contract=probe.contract)))
    found = _judged_with_unknown_member(probe, together)
    if failures(found):
        # The plainest member that is refused by itself is the evidence, if any is.
        alone = (_judged_with_unknown_member(probe, number) for number in apart)
        found = next((each for each in alone if failures(each)), found)
    probe.judge(found)


def _judged_with_unknown_member(probe: Probe, number: int) -> list[Finding]:
    token = probe.tokens.fresh()
    edge = bodies_with_unknown_members(token, probe.pipeline, contract=probe.contract)[number]
    request = probe.requests.raw(edge.value, edge.label, token=token, pipeline=probe.pipeline)
    return list(accepted_with_unknown_member(probe.send(request), _UNKNOWN_MEMBERS))


def _refused(probe: Probe, clause: str, chosen: Callable[[str], bool]) -> None:
    edges = invalid_request_edges(probe.tokens.fresh(), probe.pipeline, contract=probe.contract, thorough=False)
    requests = [
        probe.requests.members(edge.value, edge.violates, violates=edge.violates)
        for edge in edges
        if edge.judged and chosen(edge.violates)
    ]
    # The plainest first: it is the evidence where several are accepted.
    probe.all_refused(sorted(requests, key=lambda request: len(request.body)), clause)
