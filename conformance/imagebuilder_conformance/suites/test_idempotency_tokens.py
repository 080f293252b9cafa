"""Different tokens: different images, however alike they look."""

from collections.abc import Iterable, Mapping
from uuid import uuid4

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.starts import distinct
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_strategies import NearMiss, client_tokens, near_numbers, near_tokens, near_uuids

_DISTINCT = "idempotency.token.distinct"
_CASE = "idempotency.token.case-sensitive"
_WHOLE = "idempotency.token.compared-whole"
_BLANKS = "idempotency.token.blanks"
_UNICODE = "idempotency.token.unicode"

# By the first segment of a pair's label.
_CLAUSES: Mapping[str, str] = {"case": _CASE, "whole": _WHOLE, "blank": _BLANKS}
# By the first segment of a pair's label too: what differs in signs of ASCII.
_LOOK_ALIKES = ("wildcard", "decoding", "punctuation", "path", "hash")
_CASE_ONLY = "case"
_GENERATED = 3
_FIRST_AND_PUNCTUATION = SharedStart.FIRST, SharedStart.PUNCTUATION


@check("idempotency.token.distinct", _DISTINCT, executions=3, pipelines=2, shares=_FIRST_AND_PUNCTUATION)
def test_distinct(probe: Probe) -> None:
    """Different tokens start different images, for one pipeline and for two.

    Kept beside the generated tokens: it is the least that shows the clause, and a small budget can pay it.
    """
    if probe.thrift is not None:
        first, second = (probe.begun(probe.token(start)) for start in _FIRST_AND_PUNCTUATION)
        if first.image and second.image:
            # If one was taken for another token, that is for the check of their likeness to judge.
            probe.judge(distinct(first, second, _DISTINCT, "everything"))
        return
    first = probe.started()
    for pipeline in (probe.pipeline, probe.other_pipeline):
        probe.judge(distinct(first, probe.started(pipeline=pipeline), _DISTINCT, "its counter"))


@check("idempotency.token.distinct-generated", _DISTINCT, executions=_GENERATED)
def test_distinct_generated(probe: Probe) -> None:
    """Whatever legal tokens are sent, different ones start different images.

    Kept beside the enumerated pairs: it looks for confusions that nobody thought of.
    """
    stand_in = "x" * probe.tokens.LENGTH
    seen: list[Exchange] = []
    for token in probe.draw(client_tokens(contract=probe.contract, unique=stand_in), _GENERATED):
        start = probe.start(token.replace(stand_in, probe.tokens.fresh(), 1))
        if any(probe.judge(distinct(earlier, start, _DISTINCT, "its text")) for earlier in seen):
            return
        seen.append(start)


@check("idempotency.token.case-sensitive", _CASE, executions=4, shares=(SharedStart.FIRST, SharedStart.OTHER_CASE))
def test_case(probe: Probe) -> None:
    """Tokens that differ only in case start different images."""
    pairs = _pairs(probe, "case")
    if probe.thrift is None:
        lower = pairs[0].first
        pairs += [NearMiss(_CASE_ONLY, lower, other) for other in (lower.upper(), lower.capitalize())]
    _tell_apart(probe, pairs)


@check("idempotency.token.compared-whole", _WHOLE, executions=6, shares=(SharedStart.FIRST, SharedStart.LAST_CHARACTER))
def test_whole(probe: Probe) -> None:
    """Tokens that share all but one character, wherever it stands, start different images."""
    _tell_apart(probe, _pairs(probe, "whole"))


@check("idempotency.token.blanks", _BLANKS, executions=5, shares=(SharedStart.PUNCTUATION, SharedStart.BLANK))
def test_blanks(probe: Probe) -> None:
    """Tokens that differ only in blanks start different images."""
    _tell_apart(probe, _pairs(probe, "blank"))


@check("idempotency.token.look-alikes", _DISTINCT, executions=10)
def test_look_alikes(probe: Probe) -> None:
    """Tokens that differ in punctuation, or after decoding, matching or hashing would not, start different images.

    Kept beside the generated tokens: these confusions are too rare to be drawn by chance.
    """
    _tell_apart(probe, _own_pairs(probe, *_LOOK_ALIKES))


@check("idempotency.token.uuid", _DISTINCT, _CASE, executions=3)
def test_uuids(probe: Probe) -> None:
    """Tokens that spell one UUID in several ways start different images: a token is a text.

    Kept beside the other pairs: who reads tokens as UUIDs leaves other texts as they are.
    """
    _tell_apart(probe, near_uuids(uuid4()))


@check("idempotency.token.number", _DISTINCT, executions=2)
def test_numbers(probe: Probe) -> None:
    """Tokens that spell one number in several ways start different images: a token is a text.

    Kept beside the other pairs: a column that takes numbers, as STRING in SQLite, leaves other texts as they are.
    """
    _tell_apart(probe, near_numbers(10**14 + uuid4().int % (9 * 10**14), thorough=probe.thorough))


@check("idempotency.token.unicode", _UNICODE, executions=18, shares=(SharedStart.FIRST, SharedStart.OUTSIDE_ASCII))
def test_unicode(probe: Probe) -> None:
    """Tokens that differ only in normalisation, in look-alikes or in control characters start different images."""
    if not _tell_apart(probe, _pairs(probe, "unicode", "control")):
        for each in probe.exchanges:
            probe.require_judgeable(each)
        probe.condition_unmet(_UNICODE, "no token with characters outside printable ASCII was accepted")


def _pairs(probe: Probe, *kinds: str) -> list[NearMiss]:
    """The pairs of some kinds; under a budget those of the starts that checks share."""
    return _own_pairs(probe, *kinds) if probe.thrift is None else probe.thrift.pairs(kinds)


def _own_pairs(probe: Probe, *kinds: str) -> list[NearMiss]:
    pairs = near_tokens(probe.tokens.fresh(), contract=probe.contract, thorough=probe.thorough)
    return [pair for pair in pairs if pair.label.split(".", 1)[0] in kinds]


def _tell_apart(probe: Probe, pairs: Iterable[NearMiss]) -> int:
    """Start both tokens of each pair, each token once, and judge them; gives how many pairs were accepted."""
    starts: dict[str, Exchange] = {}
    accepted = 0
    for pair in pairs:
        for token in (pair.first, pair.second):
            if token not in starts:
                starts[token] = probe.begun(token, label=f"a token for {pair.label}")
        first, second = sorted((starts[pair.first], starts[pair.second]), key=lambda start: start.started_at)
        clause = _CLAUSES.get(pair.label.split(".", 1)[0], _DISTINCT if pair.ascii else _UNICODE)
        probe.judge(distinct(first, second, clause, pair.label))
        accepted += first.image is not None and second.image is not None
    return accepted
