"""A used token and tags: the same tags in any order are a replay, others are a mismatch."""

from collections.abc import Mapping

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import excuse_of
from imagebuilder_conformance.oracles.starts import mismatch_named, mismatch_refused
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.test_idempotency_replay import judge_replay
from imagebuilder_strategies import near_tags

_SAME = "idempotency.replay.same-tags"
_OTHER = "idempotency.mismatch.tags"
_NEAR = "idempotency.mismatch.tags-compared-whole"
_CODE = "idempotency.mismatch.tags-code"

_TAGS: Mapping[str, str] = {"team": "builders", "stage": "test", "note": ""}
_OTHER_TAGS: Mapping[str, Mapping[str, str] | None] = {
    "no tags": None,
    "one tag more": {**_TAGS, "more": "x"},
    "one tag less": {"team": "builders", "note": ""},
    "another value": {**_TAGS, "stage": "production"},
    "another key": {"team": "builders", "phase": "test", "note": ""},
}


@check("idempotency.tags", _SAME, _OTHER, _CODE, executions=1)
def test_tags(probe: Probe) -> None:
    """A used token is a replay with the same tags in another order, and a mismatch with tags that differ."""
    original = _original(probe, _TAGS)
    reordered = dict([*_TAGS.items()][::-1])
    judge_replay(probe, original, _again(probe, original, reordered, "the same tags in another order"), _SAME)
    for label, tags in _OTHER_TAGS.items():
        if not _is_mismatch(probe, original, tags, label):
            return


@check("idempotency.tags.added", _OTHER, _CODE, executions=1, shares=(SharedStart.FIRST,))
def test_added_tags(probe: Probe) -> None:
    """A token that was used without tags is a mismatch with tags.

    Kept beside `idempotency.tags`: it may be that only tags that were there are compared.
    """
    _is_mismatch(probe, probe.original(), _TAGS, "tags for the first time")


@check("idempotency.tags.near", _NEAR, executions=1)
def test_near_tags(probe: Probe) -> None:
    """A used token is a mismatch with tags that differ in case, in one character, in a blank, or by what is whose."""
    pairs = near_tags(contract=probe.contract)
    original = _original(probe, pairs[0].first)
    for pair in pairs:
        other = _again(probe, original, pair.second, f"tags that differ: {pair.label}")
        if probe.judge(mismatch_refused(original, other, _NEAR)):
            return


def _original(probe: Probe, tags: Mapping[str, str]) -> Exchange:
    request = probe.requests.start(probe.tokens.fresh(), probe.pipeline, "an original with tags", tags=tags)
    return probe.require(probe.send(request))


def _again(probe: Probe, original: Exchange, tags: Mapping[str, str] | None, label: str) -> Exchange:
    token, pipeline = original.request.token or "", original.request.pipeline or ""
    return probe.send(probe.requests.start(token, pipeline, f"a used token with {label}", tags=tags))


def _is_mismatch(probe: Probe, original: Exchange, tags: Mapping[str, str] | None, label: str) -> bool:
    """Judge a used token with other tags; tells whether to go on."""
    other = _again(probe, original, tags, label)
    broken = probe.judge(mismatch_refused(original, other, _OTHER))
    probe.judge(mismatch_named(original, other, _CODE))
    return not broken and excuse_of(other) is None
