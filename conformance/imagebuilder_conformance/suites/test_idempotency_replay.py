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
    "body.reordered.escaped-slash",
    "body.escaped-token",
    "body.escaped-token.first-character",
    "body.escaped-names",
    "body.blanks-between",
)
# Short escapes; what is escaped needlessly; a line separator, which JavaScript escapes; a noncharacter.
_RARELY_ESCAPED = ("\b\f\r", "\x7f", "\u2028", "\uffff")


def judge_replay(probe: Probe, original: Exchange, replay: Exchange, clause: str) -> bool:
    """Judge success and image of a replay under one clause; tells whether it was kept."""
    broken = probe.judge(replay_succeeds(original, replay, clause))
    return not (broken or probe.judge(same_image(original, replay, clause)))


@check("idempotency.replay", _SUCCEEDS, _SAME_IMAGE, executions=1, shares=(SharedStart.FIRST,))
def test_replay(probe: Probe) -> None:
    """The same request sent again, at once and over another connection, gets the image of the first."""
    original = probe.original()
    for reconnects in (False, True, False) if probe.thrift is None else (False, True):
        if reconnects:
            probe.reconnect()
        replay = probe.replay(original)
        broken = probe.judge(replay_succeeds(original, replay, _SUCCEEDS))
        if broken or probe.judge(same_image(original, replay, _SAME_IMAGE)):
            return


@check(
    "idempotency.replay.after-another",
    _OTHER_TOKENS,
    _SAME_IMAGE,
    executions=2,
    shares=(SharedStart.FIRST, SharedStart.LAST_CHARACTER),
)
def test_replay_after_another(probe: Probe) -> None:
    """A replay gets its image also after another token was used, and also on a connection kept since before the start.

    Kept beside `idempotency.retention`: it needs two executions only, so that a small budget can pay it.
    """
    original = probe.original()
    if probe.thrift is not None:
        # Its other token may have been started long before, and then no connection is older.
        probe.require(probe.begun(probe.token(SharedStart.LAST_CHARACTER), label="another token"))
        judge_replay(probe, original, probe.replay(original), _OTHER_TOKENS)
        probe.condition_unmet(_SAME_IMAGE, "under a limit of executions other checks judge replays")
        return
    # Who only reads may leave a transaction open, and see for ever what was there then.
    probe.keep_connection()
    if probe.judge(same_image(original, probe.replay(original), _SAME_IMAGE)):
        return
    with probe.on_another_connection():
        another = probe.require(probe.start(label="another token"))
        judge_replay(probe, original, probe.replay(original), _OTHER_TOKENS)
    replay = probe.replay(another, "a replay on a connection that was kept since before the start")
    probe.judge(same_image(another, replay, _SAME_IMAGE))


@check("idempotency.replay.encoding", _ENCODING, executions=1, shares=(SharedStart.FIRST,))
def test_encoding(probe: Probe) -> None:
    """The same members in other JSON clothes, escaped, spaced, in another order, are the same request.

    Kept beside `encoding-unicode`: it also judges targets that accept ASCII tokens only.
    """
    original = probe.original()
    token, pipeline = original.request.token or "", original.request.pipeline or ""
    for edge in equivalent_bodies(token, pipeline, contract=probe.contract):
        request = probe.requests.raw(edge.value, f"a replay: {edge.label}", token=token, pipeline=pipeline)
        if edge.label in _CLOTHES and not _judge_written(probe, original, probe.send(request)):
            return


@check("idempotency.replay.encoding-unicode", _ENCODING, executions=2, shares=(SharedStart.OUTSIDE_ASCII,))
def test_unicode_encoding(probe: Probe) -> None:
    """A token with characters outside ASCII is one token, be it written in UTF-8 or in escapes, long or short ones.

    Kept beside `idempotency.replay.encoding`: only here the bytes on the wire differ without any escape.
    """
    token = probe.token(SharedStart.OUTSIDE_ASCII, f"{probe.tokens.fresh()}é😀")
    original = probe.begun(token)
    if original.image is None:
        probe.require_judgeable(original)
        probe.condition_unmet(_ENCODING, f"tokens with characters outside ASCII are not accepted: {original}")
    else:
        _judge_rewritten(probe, original, json.dumps(token, ensure_ascii=False))
    if probe.thrift is not None:
        return
    for characters in (*_RARELY_ESCAPED, "".join(_RARELY_ESCAPED)) if probe.thorough else ("".join(_RARELY_ESCAPED),):
        # Written as `json.dumps` does, with short escapes; many a target refuses such a token, as it may.
        original = probe.start(probe.tokens.fresh() + characters, label="a token with control characters")
        if original.image is not None:
            _judge_rewritten(probe, original, _with_other_escapes(original.request.token or ""))


def _judge_rewritten(probe: Probe, original: Exchange, written: str) -> None:
    token, pipeline = original.request.token, original.request.pipeline
    body = f'{{"clientToken": {written}, "imagePipelineArn": {json.dumps(pipeline)}}}'.encode()
    replay = probe.requests.raw(body, "a replay, its token written otherwise", token=token, pipeline=pipeline)
    _judge_written(probe, original, probe.send(replay))


def _judge_written(probe: Probe, original: Exchange, replay: Exchange) -> bool:
    """Judge a replay that is written otherwise; tells whether to go on.

    How it is written is not to blame for a token whose plain replay fails too.
    """
    if not replay.is_success and not probe.replay(original).is_success:
        probe.inconclusive(_ENCODING, f"the token is not answered, however it is written: {replay}")
        return False
    return judge_replay(probe, original, replay, _ENCODING)


def _with_other_escapes(token: str) -> str:
    """The token in JSON, escaped where it need be or where `json.dumps` does not, and always in the long form."""
    must = "".join(map(chr, range(0x20))) + '"\\\x7f'
    return '"' + "".join(f"\\u{ord(each):04x}" if each in must else each for each in token) + '"'
