"""The same request with its token again: the image of the first, and nothing new."""

import json

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.starts import replay_succeeds, same_image
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_strategies import equivalent_bodies

_SUCCEEDS = "idempotency.replay.succeeds"
_SAME_IMAGE = "idempotency.replay.same-image"
_OTHER_TOKENS = "idempotency.replay.after-other-tokens"
_ENCODING = "idempotency.replay.encoding"

_CLOTHES = (
    "body.reordered",
    "body.escaped-token",
    "body.escaped-token.first-character",
    "body.escaped-names",
    "body.blanks-between",
)


def judge_replay(probe: Probe, original: Exchange, replay: Exchange, clause: str) -> bool:
    """Judge success and image of a replay under one clause; tells whether it was kept."""
    broken = probe.judge(replay_succeeds(original, replay, clause))
    return not (broken or probe.judge(same_image(original, replay, clause)))


@check("idempotency.replay", _SUCCEEDS, _SAME_IMAGE, executions=1, shares=(SharedStart.FIRST,))
def test_replay(probe: Probe) -> None:
    """The same request sent again, at once and over another connection, gets the image of the first."""
    original = probe.original()
    for reconnects in (False, True, False):
        if reconnects:
            probe.reconnect()
        replay = probe.replay(original)
        broken = probe.judge(replay_succeeds(original, replay, _SUCCEEDS))
        if broken or probe.judge(same_image(original, replay, _SAME_IMAGE)):
            return


@check(
    "idempotency.replay.after-another",
    _OTHER_TOKENS,
    executions=2,
    shares=(SharedStart.FIRST, SharedStart.LAST_CHARACTER),
)
def test_replay_after_another(probe: Probe) -> None:
    """A replay gets its image also after another token was used.

    Kept beside `idempotency.retention`: it needs two executions only, so that a small budget can pay it.
    """
    original = probe.original()
    probe.require(probe.begun(probe.token(SharedStart.LAST_CHARACTER), label="another token"))
    judge_replay(probe, original, probe.replay(original), _OTHER_TOKENS)


@check("idempotency.replay.encoding", _ENCODING, executions=1, shares=(SharedStart.FIRST,))
def test_encoding(probe: Probe) -> None:
    """The same members in other JSON clothes, escaped, spaced, in another order, are the same request.

    Kept beside `encoding-unicode`: it also judges targets that accept ASCII tokens only.
    """
    original = probe.original()
    token, pipeline = original.request.token or "", original.request.pipeline or ""
    for edge in equivalent_bodies(token, pipeline, contract=probe.contract):
        request = probe.requests.raw(edge.value, f"a replay: {edge.label}", token=token, pipeline=pipeline)
        if edge.label in _CLOTHES and not judge_replay(probe, original, probe.send(request), _ENCODING):
            return


@check("idempotency.replay.encoding-unicode", _ENCODING, executions=1, shares=(SharedStart.OUTSIDE_ASCII,))
def test_unicode_encoding(probe: Probe) -> None:
    """A token with characters outside ASCII is one token, be it written in UTF-8 or in escapes.

    Kept beside `idempotency.replay.encoding`: only here the bytes on the wire differ without any escape.
    """
    token = probe.token(SharedStart.OUTSIDE_ASCII, f"{probe.tokens.fresh()}é😀")
    original = probe.begun(token)
    if original.image is None:
        probe.condition_unmet(_ENCODING, f"tokens with characters outside ASCII are not accepted: {original}")
        return
    body = json.dumps({"clientToken": token, "imagePipelineArn": probe.pipeline}, ensure_ascii=False).encode()
    plain = probe.requests.raw(body, "a replay in plain UTF-8", token=token, pipeline=probe.pipeline)
    judge_replay(probe, original, probe.send(plain), _ENCODING)
