"""HTTP around the operation: methods, paths, content types, framing, and what comes after a refusal."""

import json
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.tampering import unsigned
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of
from imagebuilder_conformance.oracles.particular import (
    accepted_afterwards,
    accepted_in_absolute_form,
    accepted_in_chunks,
    accepted_with_charset,
    accepted_with_expectation,
    accepted_with_query,
    accepted_with_session_token,
)
from imagebuilder_conformance.oracles.starts import distinct, same_image
from imagebuilder_conformance.oracles.surroundings import (
    answered_at_once,
    is_answered_at_once,
    spelling_matters,
    starts_nothing,
)
from imagebuilder_conformance.probing.probe import Probe

_METHOD = "wire.method"
_PATH = "wire.path"
_SPELLING = "wire.path.spelling"
_CHARSET = "wire.charset"
_CHUNKED = "wire.chunked"
_QUERY = "wire.query-string"
_EXPECT = "wire.expect-continue"
_ABSOLUTE = "wire.absolute-form"
_SESSION_TOKEN = "wire.session-token"  # noqa: S105  # the id of a clause
_RECOVERY = "wire.recovery"
_SAME_IMAGE = "idempotency.replay.same-image"
# So often must a request be dropped after a refusal that this is no chance, where the network has lost none so far.
_DROPS = 3
_TOKEN_REQUIRED = "request.client-token.required"  # noqa: S105  # the id of a clause


@check("wire.method", _METHOD)
def test_other_methods(probe: Probe) -> None:
    """A valid request with another method starts nothing.

    GET and DELETE have no body, which a server need not take (RFC 9110); the parameters stand in the query string.
    """
    bare = f"?{urlencode({'clientToken': probe.tokens.fresh(), 'imagePipelineArn': probe.pipeline})}"
    requests = [
        *(_valid(probe, f"method {method}", method=method) for method in ("POST", "PATCH")),
        *(probe.requests.raw(b"", f"method {method}", method=method, query=bare) for method in ("DELETE", "GET")),
    ]
    for request in requests:
        if probe.judge(starts_nothing(probe.send(request), _METHOD)):
            return


@check("wire.path", _PATH)
def test_other_paths(probe: Probe) -> None:
    """A valid body sent to another path starts nothing."""
    operation = probe.contract.operation.path
    for path in ("/", f"{operation}s", f"/v1{operation}"):
        if probe.judge(starts_nothing(probe.send(_valid(probe, f"path {path}", path=path)), _PATH)):
            return


@check("wire.path.spelling", _SPELLING)
def test_other_spellings(probe: Probe) -> None:
    """A valid body sent to the operation's path in another case, with a slash or a segment more, starts nothing.

    Kept beside `wire.path`: many frameworks take such paths for the operation's, those that mount a handler at a path
    take all below it, and no client sends them.
    """
    path = probe.contract.operation.path
    encoded = f"/%{ord(path[1]):02X}{path[2:]}"
    for other in (path.lower(), f"{path}/", f"/{path}", f"{path}/extra", encoded):
        # Under a budget with the token of the first start: what is taken for the operation then starts nothing more.
        request = _with_token(probe, f"path {other}", probe.spent_token(), path=other)
        if probe.judge(spelling_matters(probe.send(request), _SPELLING)):
            return


@check("wire.charset", _CHARSET, _SAME_IMAGE, executions=1, shares=(SharedStart.FIRST,))
def test_charset(probe: Probe) -> None:
    """A content type that names the charset UTF-8 is accepted, and makes no other request of a replay."""
    first, second = (
        partial(_with_token, probe, f"content type {value}", headers={"Content-Type": value})
        for value in ("application/json; charset=utf-8", "application/json;charset=UTF-8")
    )
    start = probe.valid(first)
    if probe.judge(accepted_with_charset(start, _CHARSET)):
        return
    replay = probe.send(second(start.request.token or ""))
    if not replay.is_success and not probe.send(_with_token(probe, "a replay", start.request.token or "")).is_success:
        probe.note(f"replays are refused without a charset too: {replay}")
        return
    probe.judge(accepted_with_charset(replay, _CHARSET))
    probe.judge(same_image(start, replay, _SAME_IMAGE))


@check("wire.chunked", _CHUNKED, _SAME_IMAGE, executions=1, shares=(SharedStart.FIRST,))
def test_chunked(probe: Probe) -> None:
    """A chunked body is accepted, and its token gets the image that it had without."""
    original = probe.original()
    replay = _with_token(probe, "a chunked body", original.request.token or "", chunked=True)
    exchange = probe.send(replay)
    probe.judge(accepted_in_chunks(exchange, _CHUNKED))
    probe.judge(same_image(original, exchange, _SAME_IMAGE))
    if not exchange.is_success:
        probe.condition_unmet(_SAME_IMAGE, f"no chunked body is accepted: {exchange}")
    probe.reconnect()


@check("wire.expect-continue", _EXPECT, executions=1, shares=(SharedStart.FIRST,))
def test_expect_continue(probe: Probe) -> None:
    """A request whose client waits to be asked for the body is answered as any other."""
    request = _with_token(probe, "a body that waits to be asked for", probe.spent_token())
    probe.judge(accepted_with_expectation(probe.ask_first(request), _EXPECT))


@check("wire.absolute-form", _ABSOLUTE, executions=1, shares=(SharedStart.FIRST,))
def test_absolute_form(probe: Probe) -> None:
    """A request with the whole URL in its first line is answered as one with the path alone."""
    request = _with_token(probe, "the whole URL in the first line", probe.spent_token())
    probe.judge(accepted_in_absolute_form(probe.send(replace(request, absolute=True)), _ABSOLUTE))


@check("wire.query-string", _QUERY, _TOKEN_REQUIRED, executions=1)
def test_query_string(probe: Probe) -> None:
    """A query string is ignored, also one with what the body lacks."""
    plain = probe.send(_valid(probe, "a query string", query="?x=1"))
    probe.judge(accepted_with_query(plain, _QUERY))
    if not plain.is_success:
        # What refuses any query string says nothing of what is in it.
        probe.condition_unmet(_TOKEN_REQUIRED, f"no query string is accepted: {plain}")
        return
    body = json.dumps({"imagePipelineArn": probe.pipeline}).encode()
    query, label = f"?clientToken={probe.tokens.fresh()}", "a token in the query string only"
    probe.all_refused([probe.requests.raw(body, label, query=query, violates="token.missing.query")], _TOKEN_REQUIRED)


@check("wire.session-token", _SESSION_TOKEN, executions=2, off_aws=True)
def test_session_token(probe: Probe) -> None:
    """A session token that means nothing does no harm where credentials are not verified."""
    if probe.client.target.is_aws:
        probe.condition_unmet(_SESSION_TOKEN, "AWS verifies credentials")
        return
    bare = probe.send(_valid(probe, "no signature", sign=unsigned))
    if not bare.is_success:
        if excuse_of(bare) is not Excuse.DENIED:
            probe.require_judgeable(bare)
        probe.condition_unmet(_SESSION_TOKEN, f"the target verifies credentials: {bare}")
        return
    headers = {"X-Amz-Security-Token": "nonsense"}
    request = _valid(probe, "a session token that means nothing", sign=unsigned, headers=headers)
    probe.judge(accepted_with_session_token(probe.send(request), _SESSION_TOKEN))


@check("wire.recovery", _RECOVERY, executions=3, shares=(SharedStart.FIRST,))
def test_recovery(probe: Probe) -> None:
    """After each kind of refusal the next valid request on the connection gets an answer of its own."""
    valid = json.dumps({"clientToken": probe.tokens.fresh(), "imagePipelineArn": probe.pipeline}).encode()
    earlier = None
    refusals = (
        probe.requests.raw(b"{", "no JSON").without_effect(),
        _valid(probe, "another path", path=f"{probe.contract.operation.path}/elsewhere"),
        probe.requests.raw(valid + b"}", "junk behind the body").without_effect(),
    )
    for refusal in refusals:
        start = _after(probe, refusal)
        # A bad network drops a request now and then, and not each time after a refusal.
        for _ in range(max(_DROPS, probe.client.network.tries) - 1):
            if is_answered_at_once(start):
                break
            start = _after(probe, refusal)
        if probe.judge(accepted_afterwards(start, _RECOVERY)) or probe.judge(answered_at_once(start, _RECOVERY)):
            return
        if earlier is not None and _shares_for_the_refusal(probe, earlier, start):
            probe.judge(distinct(earlier, start, _RECOVERY, "everything"))
            return
        earlier = start


def _after(probe: Probe, refusal: Request) -> Exchange:
    probe.send(refusal)
    return probe.valid(partial(_with_token, probe, f"a valid request after {refusal.label}"))


def _shares_for_the_refusal(probe: Probe, earlier: Exchange, start: Exchange) -> bool:
    """Whether two tokens share an image, and two more without a refusal before them have images of their own.

    If they have not, that is for the checks of tokens to judge: where every second token, or all of a second, get one
    image, one more token may well have its own.
    """
    if start.image is None or start.image != earlier.image or start.request.token == earlier.request.token:
        return False
    more = [probe.start(label="a valid request after another valid one").image for _ in range(2)]
    return len({start.image, *more}) == 1 + len(more)


def _valid(probe: Probe, label: str, **how: object) -> Request:
    return _with_token(probe, label, probe.tokens.fresh(), **how)


def _with_token(probe: Probe, label: str, token: str, **how: object) -> Request:
    body = json.dumps({"clientToken": token, "imagePipelineArn": probe.pipeline}).encode()
    return probe.requests.raw(body, label, token=token, pipeline=probe.pipeline, **how)  # type: ignore[arg-type]  # passed on
