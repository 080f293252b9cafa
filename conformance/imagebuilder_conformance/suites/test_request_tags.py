"""The request's tags, in the revisions that know them: a map of legal keys and values, neither empty nor too large."""

from collections.abc import Mapping

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.findings import Held
from imagebuilder_conformance.oracles.starts import accepted
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.settings import in_prefix
from imagebuilder_conformance.suites.edges import chosen
from imagebuilder_conformance.suites.test_idempotency_replay import judge_replay
from imagebuilder_strategies import invalid_request_edges, invalid_tags, tag_edges

_ACCEPTED = "request.tags.accepted"
_NULL = "request.tags.null"
_TYPE = "request.tags.type"
_FEWEST = "request.tags.min-entries"
_MOST = "request.tags.max-entries"
_KEY_SHORTEST = "request.tags.key-min-length"
_KEY_LONGEST = "request.tags.key-max-length"
_KEY_PATTERN = "request.tags.key-pattern"
_KEY_CHARACTERS = "request.tags.key-characters"
_VALUE_TYPE = "request.tags.value-type"
_VALUE_LONGEST = "request.tags.value-max-length"
_VALUE_EMPTY = "request.tags.value-empty"
_VALUE_CODE_POINTS = "request.tags.value-code-points"

# The clause that a legal edge shows, by its label.
_LEGAL: Mapping[str, str] = {
    "tags.most": _MOST,
    "tags.key.shortest": _KEY_SHORTEST,
    "tags.key.longest": _KEY_LONGEST,
    "tags.key.characters": _KEY_CHARACTERS,
    "tags.value.empty": _VALUE_EMPTY,
    "tags.value.longest": _VALUE_LONGEST,
}
# The clause that broken tags show, by what their label begins with; the first that fits counts.
_BROKEN: Mapping[str, str] = {
    "tags.type": _TYPE,
    "tags.empty": _FEWEST,
    "tags.too-many": _MOST,
    "tags.key.empty": _KEY_SHORTEST,
    "tags.key.too-long": _KEY_LONGEST,
    "tags.key": _KEY_PATTERN,
    "tags.value.not-a-string": _VALUE_TYPE,
    "tags.value.too-long.latin": _VALUE_CODE_POINTS,
    "tags.value.too-long.astral": _VALUE_CODE_POINTS,
    "tags.value.too-long": _VALUE_LONGEST,
}
_GENERATED = 6


@check("request.tags.accepted", _ACCEPTED, _FEWEST, executions=1)
def test_one_tag(probe: Probe) -> None:
    """A request with a single tag is accepted."""
    [one] = [edge for edge in tag_edges(contract=probe.contract) if edge.label == "tags.one"]
    start = _tagged(probe, one.value, "a request with one tag")
    probe.judge([*accepted(start, _ACCEPTED), *accepted(start, _FEWEST)])


@check("request.tags.legal-edges", *_LEGAL.values(), executions=1)
def test_legal_edges(probe: Probe) -> None:
    """As many tags as may be are accepted, with keys and values as short and as long as may be and of every character.

    All are put into one request. Only if that is refused they are sent one by one, to see which it was.
    """
    edges = [edge for edge in tag_edges(contract=probe.contract) if edge.label in _LEGAL]
    together = dict(entry for edge in reversed(edges) for entry in edge.value.items())
    most = max(len(edge.value) for edge in edges)
    start = _tagged(probe, dict([*together.items()][:most]), f"{most} tags at every edge of what is allowed")
    if start.is_success:
        probe.judge(Held(clause) for clause in probe.check.clauses)
        return
    probe.require_judgeable(start)
    alone = [(_LEGAL[edge.label], _tagged(probe, edge.value, f"legal tags: {edge.label}")) for edge in edges]
    if not [probe.judge(accepted(each, clause)) for clause, each in alone if not each.is_success]:
        probe.judge(accepted(start, _MOST))


@check("request.tags.broken-map", _TYPE, _FEWEST, _MOST)
def test_broken_map(probe: Probe) -> None:
    """Tags that are no object, an empty one, or one of too many entries are refused."""
    _all_refused(probe, *probe.check.clauses)


@check("request.tags.broken-key", _KEY_SHORTEST, _KEY_LONGEST, _KEY_PATTERN)
def test_broken_key(probe: Probe) -> None:
    """A tag's key that is empty, too long, reserved, or of characters outside the pattern is refused."""
    _all_refused(probe, *probe.check.clauses)


@check("request.tags.broken-value", _VALUE_TYPE, _VALUE_LONGEST)
def test_broken_value(probe: Probe) -> None:
    """A tag's value that is too long or not a string is refused."""
    _all_refused(probe, *probe.check.clauses)


@check("request.tags.null", _NULL, executions=1, shares=(SharedStart.FIRST,))
def test_null(probe: Probe) -> None:
    """A replay with tags that are null is a replay of the request without any."""
    original = probe.original()
    members = {"clientToken": original.request.token, "imagePipelineArn": original.request.pipeline, "tags": None}
    replay = probe.send(probe.requests.members(members, "a replay whose tags are null"))
    judge_replay(probe, original, replay, _NULL)


@check("request.tags.value-code-points", _VALUE_CODE_POINTS, executions=1)
def test_value_code_points(probe: Probe) -> None:
    """A value of the greatest length in code points is accepted, whatever its bytes, and a longer one is refused."""
    edges = {edge.label: edge.value for edge in tag_edges(contract=probe.contract, ascii_only=False)}
    longest = edges["tags.value.longest.latin"] | edges["tags.value.longest.astral"]
    start = _tagged(probe, longest, "tags with the longest values outside ASCII")
    if not start.is_success:
        probe.require_judgeable(start)
        short = _tagged(probe, {"latin": "é", "astral": "😀"}, "tags with short values outside ASCII")
        if not short.is_success:
            probe.require_judgeable(short)
            probe.condition_unmet(_VALUE_CODE_POINTS, f"tags with values outside ASCII are not accepted: {short}")
            return
    if not probe.judge(accepted(start, _VALUE_CODE_POINTS)):
        _all_refused(probe, _VALUE_CODE_POINTS)


def _tagged(probe: Probe, tags: Mapping[str, str], label: str) -> Exchange:
    return probe.send(probe.requests.start(probe.tokens.fresh(), probe.pipeline, label, tags=tags))


def _all_refused(probe: Probe, *clauses: str) -> None:
    """Send the broken tags of each clause, the enumerated ones first, each with a token of its own."""
    edges = invalid_request_edges(probe.tokens.fresh(), probe.pipeline, contract=probe.contract, thorough=False)
    broken = [(edge.violates, edge.value["tags"]) for edge in chosen("broken_tags", edges, lambda edge: edge.violates)]
    drawn = probe.draw(invalid_tags(contract=probe.contract), _GENERATED)
    broken += [(each.violates, each.value) for each in drawn if each.judged]
    for clause in clauses:
        of_clause = [(label, tags) for label, tags in broken if _clause(label) == clause]
        probe.all_refused((_request(probe, label, tags) for label, tags in of_clause), clause)


def _request(probe: Probe, label: str, tags: object) -> Request:
    members = {"clientToken": probe.tokens.fresh(), "imagePipelineArn": probe.pipeline, "tags": tags}
    return probe.requests.members(members, label, violates=label)


def _clause(label: str) -> str | None:
    return next((clause for prefix, clause in _BROKEN.items() if in_prefix(label, prefix)), None)
