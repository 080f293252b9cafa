"""The body of the request: one JSON object, of a size and depth that a server survives."""

from collections.abc import Callable, Collection, Iterator

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.findings import Finding
from imagebuilder_conformance.oracles.particular import accepted_afterwards
from imagebuilder_conformance.oracles.refusals import answered, nesting_refused, refused
from imagebuilder_conformance.oracles.starts import accepted_or_refused, no_error_kept
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.target import sibling
from imagebuilder_strategies import MalformedBody, heavy_bodies, malformed_bodies, malformed_body_edges

_JSON = "request.body.json"
_OBJECT = "request.body.object"
_EMPTY = "request.body.empty"
_UNUSUAL = "request.body.unusual"
_SURROGATES = "request.body.lone-surrogates"
_DEEP, _DEEP_REFUSED = "request.body.deep-nesting", "request.body.deep-nesting.client-error"
_LARGE, _LARGE_REFUSED = "request.body.large", "request.body.large.client-error"

_GENERATED = 3
# Of the heavy bodies: nested as a whole and in a member, large by the token and of what is no JSON at all.
_DEEP_BODIES = ("body.deep.arrays", "body.deep.token")
_LARGE_BODIES = ("body.large.token", "body.large.not-json")

_TOP_LEVEL = "body.top-level"
_BLANK = ("body.empty", "body.blank")
# JSON.stringify and Python's json.dumps write these.
_LONE_SURROGATE = "body.lone-surrogate"


@check("request.body.json", _JSON)
def test_malformed(probe: Probe) -> None:
    """A body that is not JSON in a way that the protocol's own tests name is refused."""
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
    _recorded(probe, _UNUSUAL, accepted_or_refused)


@check("request.body.lone-surrogates", _SURROGATES)
def test_lone_surrogates(probe: Probe) -> None:
    """A token with a surrogate without its pair is accepted or refused, and no server error is kept for it."""
    _recorded(probe, _SURROGATES, no_error_kept)


@check("request.body.deep-nesting", _DEEP, _DEEP_REFUSED, executions=2, shares=(SharedStart.FIRST,))
def test_deep_nesting(probe: Probe) -> None:
    """A deeply nested body is answered, best with a client error, and the next request is served."""
    _survives(probe, _DEEP_BODIES, _DEEP, lambda exchange: nesting_refused(exchange, _DEEP_REFUSED))


@check("request.body.large", _LARGE, _LARGE_REFUSED, executions=2, shares=(SharedStart.FIRST,))
def test_large(probe: Probe) -> None:
    """A body of almost a megabyte is answered, best with a client error, and the next request is served."""
    _survives(probe, _LARGE_BODIES, _LARGE, lambda exchange: refused(exchange, _LARGE_REFUSED))


def _invalid(probe: Probe, clause: str, *, generated: int = 0) -> Iterator[Request]:
    bodies = _bodies(probe, clause, probe.pipeline)
    if generated:
        strategy = malformed_bodies(contract=probe.contract, unique=probe.tokens.fresh(), arn=probe.pipeline)
        bodies += probe.draw(strategy.filter(lambda body: _clause(body) == clause), generated)
    for body in bodies:
        yield probe.requests.raw(body.value, body.violates, violates=body.violates)


def _recorded(probe: Probe, clause: str, judged: Callable[[Exchange, str], Iterator[Finding]]) -> None:
    arn = _pipeline(probe)
    for body in _bodies(probe, clause, arn):
        exchange = probe.send(probe.requests.raw(body.value, body.violates, pipeline=arn))
        if probe.judge(judged(exchange, clause)):
            return
        probe.note(f"{body.violates}: {exchange}")


def _pipeline(probe: Probe) -> str:
    """The pipeline of bodies that a target may read, and may fail on with a build started.

    Under a budget it is one that nobody has, so that neither costs a unit.
    """
    return probe.pipeline if probe.thrift is None else sibling(probe.pipeline, probe.tokens.fresh())


def _bodies(probe: Probe, clause: str, arn: str) -> list[MalformedBody]:
    edges = malformed_body_edges(probe.tokens.fresh(), arn, contract=probe.contract, thorough=False)
    return [edge for edge in edges if _clause(edge) == clause]


def _clause(body: MalformedBody) -> str:
    label = body.violates
    if label.startswith(_LONE_SURROGATE):
        return _SURROGATES
    if not body.judged:
        return _UNUSUAL
    if label.startswith(_BLANK):
        return _EMPTY
    return _OBJECT if label.startswith(_TOP_LEVEL) else _JSON


def _survives(
    probe: Probe, labels: Collection[str], clause: str, well_refused: Callable[[Exchange], Iterator[Finding]]
) -> None:
    arn = _pipeline(probe)
    for body in heavy_bodies(probe.tokens.fresh(), arn, contract=probe.contract):
        if body.violates not in labels:
            continue
        exchange = probe.send(probe.requests.raw(body.value, body.violates, pipeline=arn))
        if probe.judge(answered(exchange, clause)):
            return
        probe.judge(well_refused(exchange))
        label = f"a valid request after {body.violates}"
        start = probe.valid(lambda token, label=label: probe.requests.start(token, probe.pipeline, label))  # type: ignore[misc]  # mypy can't infer a lambda with a default
        if probe.judge(accepted_afterwards(start, clause)):
            return
