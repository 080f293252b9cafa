"""The body of the request: one JSON object, of a size and depth that a server survives."""

from collections.abc import Iterator

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Fault, Request
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.oracles.starts import accepted, accepted_or_refused
from imagebuilder_conformance.running.probe import Probe
from imagebuilder_conformance.suites.edges import chosen
from imagebuilder_strategies import MalformedBody, malformed_bodies, malformed_body_edges

_JSON = "request.body.json"
_OBJECT = "request.body.object"
_EMPTY = "request.body.empty"
_UNUSUAL = "request.body.unusual"
_DEEP = "request.body.deep-nesting"
_LARGE = "request.body.large"

_GENERATED = 12
_DEPTH = 20_000
_MEGABYTE = 1_048_576


@check("request.body.json", _JSON)
def test_malformed(probe: Probe) -> None:
    """A body that is not JSON is refused."""
    probe.all_refused(_invalid(_bodies(probe, "malformed_bodies", _GENERATED)), _JSON)


@check("request.body.unusual", _UNUSUAL, executions=4)
def test_unusual(probe: Probe) -> None:
    """A body whose form is disputed, or that is not UTF-8, is accepted or refused as the client's fault."""
    for request in _bodies(probe, "unusual_bodies"):
        exchange = probe.send(request)
        if probe.judge(accepted_or_refused(exchange, _UNUSUAL)):
            return
        probe.note(f"{request.label}: {exchange}")


def _bodies(probe: Probe, group: str, generated: int = 0) -> Iterator[Request]:
    edges = malformed_body_edges(probe.tokens.fresh(), probe.pipeline, contract=probe.contract)
    bodies = chosen(group, edges, lambda edge: edge.violates)
    if generated:
        strategy = malformed_bodies(contract=probe.contract, unique=probe.tokens.fresh(), arn=probe.pipeline)
        bodies += [each for each in probe.draw(strategy, generated) if each.judged and not _is_disputed(each)]
    for each in bodies:
        yield probe.requests.raw(each.value, each.violates)


def _is_disputed(body: MalformedBody) -> bool:
    # Some parsers replace bytes that are not UTF-8, so that nobody can say that they must be refused.
    return body.violates.startswith("body.utf-8")


def _invalid(requests: Iterator[Request]) -> Iterator[Request]:
    return (request.breaking(request.label) for request in requests)


@check("request.body.object", _OBJECT)
def test_not_an_object(probe: Probe) -> None:
    """A JSON array, string, number, boolean or null as body is refused."""
    probe.all_refused(_invalid(_bodies(probe, "other_top_levels")), _OBJECT)


@check("request.body.empty", _EMPTY)
def test_empty(probe: Probe) -> None:
    """A request without a body, with a blank one, or with an object without members is refused."""
    probe.all_refused(_invalid(_bodies(probe, "empty_bodies")), _EMPTY)
    probe.all_refused([probe.requests.raw(b"{}", "an empty object", violates="request.no-members")], _EMPTY)


@check("request.body.deep-nesting", _DEEP, executions=1)
def test_deep_nesting(probe: Probe) -> None:
    """A deeply nested value is answered with a client error, and the next request is answered."""
    nested = b"[" * _DEPTH + b"]" * _DEPTH
    body = b'{"clientToken": %b, "imagePipelineArn": "%b"}' % (nested, probe.pipeline.encode())
    _survives(probe, probe.requests.raw(body, f"a value nested {_DEPTH} deep"), _DEEP)


@check("request.body.large", _LARGE, executions=1)
def test_large(probe: Probe) -> None:
    """A body of a megabyte is answered with a client error, and the next request is answered."""
    token = probe.tokens.fresh().ljust(_MEGABYTE, "x")
    _survives(probe, probe.requests.start(token, probe.pipeline, "a token of a megabyte"), _LARGE)


def _survives(probe: Probe, request: Request, clause: str) -> None:
    exchange = probe.send(request)
    if exchange.fault is Fault.CLOSED and len(request.body) >= _MEGABYTE:
        # A server may refuse before it has read everything; its answer can get lost with the connection.
        probe.note(f"the connection was closed on {request.label}; whether there was an answer can't be told")
    elif probe.judge(refused(exchange, clause)):
        return
    probe.judge(accepted(probe.start(label=f"a valid request after {request.label}"), clause))
