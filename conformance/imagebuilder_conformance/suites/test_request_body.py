"""The body of the request: one JSON object, of a size and depth that a server survives."""

from collections.abc import Collection, Iterator

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.oracles.refusals import refused
from imagebuilder_conformance.oracles.starts import accepted, accepted_or_refused
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_strategies import MalformedBody, heavy_bodies, malformed_bodies, malformed_body_edges

_JSON = "request.body.json"
_OBJECT = "request.body.object"
_EMPTY = "request.body.empty"
_UNUSUAL = "request.body.unusual"
_DEEP = "request.body.deep-nesting"
_LARGE = "request.body.large"

_GENERATED = 4
# Of the heavy bodies: nested as a whole and in a member, a megabyte in a token and of what is no JSON at all.
_DEEP_BODIES = ("body.deep.arrays", "body.deep.token")
_LARGE_BODIES = ("body.large.token", "body.large.not-json")

_TOP_LEVEL = "body.top-level"
_BLANK = ("body.empty", "body.blank")
# Some parsers replace bytes that are not UTF-8, so that nobody can say that they must be refused.
_NOT_UTF8 = "body.utf-8"


@check("request.body.json", _JSON)
def test_malformed(probe: Probe) -> None:
    """A body that is not JSON is refused."""
    probe.all_refused(_invalid(probe, _JSON, generated=_GENERATED), _JSON)


@check("request.body.object", _OBJECT)
def test_not_an_object(probe: Probe) -> None:
    """A JSON array, string, number, boolean or null as body is refused."""
    probe.all_refused(_invalid(probe, _OBJECT), _OBJECT)


@check("request.body.empty", _EMPTY)
def test_empty(probe: Probe) -> None:
    """A request without a body, with a blank one, or with an object without members is refused."""
    probe.all_refused(_invalid(probe, _EMPTY), _EMPTY)
    probe.all_refused([probe.requests.raw(b"{}", "an empty object", violates="request.no-members")], _EMPTY)


@check("request.body.unusual", _UNUSUAL)
def test_unusual(probe: Probe) -> None:
    """A body whose form is disputed, or that is not UTF-8, is accepted or refused as the client's fault."""
    for body in _bodies(probe, _UNUSUAL):
        exchange = probe.send(probe.requests.raw(body.value, body.violates))
        if probe.judge(accepted_or_refused(exchange, _UNUSUAL)):
            return
        probe.note(f"{body.violates}: {exchange}")


@check("request.body.deep-nesting", _DEEP, executions=2, shares=(SharedStart.FIRST,))
def test_deep_nesting(probe: Probe) -> None:
    """A deeply nested body is answered with a client error, and the next request is answered."""
    _survives(probe, _DEEP_BODIES, _DEEP)


@check("request.body.large", _LARGE, executions=2, shares=(SharedStart.FIRST,))
def test_large(probe: Probe) -> None:
    """A body of a megabyte is answered with a client error, and the next request is answered."""
    _survives(probe, _LARGE_BODIES, _LARGE)


def _invalid(probe: Probe, clause: str, *, generated: int = 0) -> Iterator[Request]:
    bodies = _bodies(probe, clause)
    if generated:
        strategy = malformed_bodies(contract=probe.contract, unique=probe.tokens.fresh(), arn=probe.pipeline)
        bodies += [body for body in probe.draw(strategy, generated) if _clause(body) == clause]
    for body in bodies:
        yield probe.requests.raw(body.value, body.violates, violates=body.violates)


def _bodies(probe: Probe, clause: str) -> list[MalformedBody]:
    token = probe.spent_token() if clause == _UNUSUAL else probe.tokens.fresh()
    edges = malformed_body_edges(token, probe.pipeline, contract=probe.contract, thorough=False)
    return [edge for edge in edges if _clause(edge) == clause]


def _clause(body: MalformedBody) -> str:
    label = body.violates
    if not body.judged or label.startswith(_NOT_UTF8):
        return _UNUSUAL
    if label.startswith(_BLANK):
        return _EMPTY
    return _OBJECT if label.startswith(_TOP_LEVEL) else _JSON


def _survives(probe: Probe, labels: Collection[str], clause: str) -> None:
    for body in heavy_bodies(probe.tokens.fresh(), probe.pipeline, contract=probe.contract):
        if body.violates not in labels:
            continue
        if probe.judge(refused(probe.send(probe.requests.raw(body.value, body.violates)), clause)):
            return
        label = f"a valid request after {body.violates}"
        start = probe.valid(lambda token, label=label: probe.requests.start(token, probe.pipeline, label))  # type: ignore[misc]  # mypy can't infer a lambda with a default
        if probe.judge(accepted(start, clause)):
            return
