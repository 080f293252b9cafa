"""HTTP around the operation: methods, paths, content types, framing, and what comes after a refusal."""

import json
from functools import partial

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.client.tampering import unsigned
from imagebuilder_conformance.oracles.starts import accepted, distinct, same_image
from imagebuilder_conformance.oracles.surroundings import answered_at_once, starts_nothing
from imagebuilder_conformance.probing.probe import Probe

_METHOD = "wire.method"
_PATH = "wire.path"
_CHARSET = "wire.charset"
_CHUNKED = "wire.chunked"
_QUERY = "wire.query-string"
_SESSION_TOKEN = "wire.session-token"  # noqa: S105  # the id of a clause
_RECOVERY = "wire.recovery"
_SAME_IMAGE = "idempotency.replay.same-image"
_TOKEN_REQUIRED = "request.client-token.required"  # noqa: S105  # the id of a clause


@check("wire.method", _METHOD)
def test_other_methods(probe: Probe) -> None:
    """A valid body sent with another method starts nothing."""
    for method in ("POST", "PATCH", "DELETE", "GET"):
        if probe.judge(starts_nothing(probe.send(_valid(probe, f"method {method}", method=method)), _METHOD)):
            return


@check("wire.path", _PATH)
def test_other_paths(probe: Probe) -> None:
    """A valid body sent to another path starts nothing."""
    operation = probe.contract.operation.path
    for path in (
        "/",
        f"{operation}s",
        f"{operation}/extra",
        f"/v1{operation}",
        operation.lower(),
    ):
        if probe.judge(starts_nothing(probe.send(_valid(probe, f"path {path}", path=path)), _PATH)):
            return


@check("wire.charset", _CHARSET, _SAME_IMAGE, executions=1, shares=(SharedStart.FIRST,))
def test_charset(probe: Probe) -> None:
    """A content type that names the charset UTF-8 is accepted, and makes no other request of a replay."""
    first, second = (
        partial(_with_token, probe, f"content type {value}", headers={"Content-Type": value})
        for value in ("application/json; charset=utf-8", "application/json;charset=UTF-8")
    )
    start = probe.valid(first)
    if not probe.judge(accepted(start, _CHARSET)):
        replay = probe.send(second(start.request.token or ""))
        probe.judge(accepted(replay, _CHARSET))
        probe.judge(same_image(start, replay, _SAME_IMAGE))


@check("wire.chunked", _CHUNKED, executions=1)
def test_chunked(probe: Probe) -> None:
    """A chunked body is accepted."""
    probe.judge(accepted(probe.send(_valid(probe, "a chunked body", chunked=True)), _CHUNKED))
    probe.reconnect()


@check("wire.query-string", _QUERY, _TOKEN_REQUIRED, executions=1)
def test_query_string(probe: Probe) -> None:
    """A query string is ignored, also one with what the body lacks."""
    probe.judge(accepted(probe.send(_valid(probe, "a query string", query="?x=1")), _QUERY))
    body = json.dumps({"imagePipelineArn": probe.pipeline}).encode()
    query, label = f"?clientToken={probe.tokens.fresh()}", "a token in the query string only"
    probe.all_refused([probe.requests.raw(body, label, query=query, violates="token.missing.query")], _TOKEN_REQUIRED)


@check("wire.session-token", _SESSION_TOKEN, executions=2)
def test_session_token(probe: Probe) -> None:
    """A session token that means nothing does no harm where credentials are not verified."""
    bare = probe.send(_valid(probe, "no signature", sign=unsigned))
    if not bare.is_success:
        probe.condition_unmet(_SESSION_TOKEN, f"the target verifies credentials: {bare}")
        return
    headers = {"X-Amz-Security-Token": "nonsense"}
    request = _valid(probe, "a session token that means nothing", sign=unsigned, headers=headers)
    probe.judge(accepted(probe.send(request), _SESSION_TOKEN))


@check("wire.recovery", _RECOVERY, executions=3, shares=(SharedStart.FIRST,))
def test_recovery(probe: Probe) -> None:
    """After each kind of refusal the next valid request on the connection gets an answer of its own."""
    valid = json.dumps({"clientToken": probe.tokens.fresh(), "imagePipelineArn": probe.pipeline}).encode()
    earlier = None
    refusals = (
        probe.requests.raw(b"{", "no JSON"),
        _valid(probe, "another path", path=f"{probe.contract.operation.path}/elsewhere"),
        probe.requests.raw(valid + b"}", "junk behind the body"),
    )
    for refusal in refusals:
        probe.send(refusal)
        start = probe.valid(partial(_with_token, probe, f"a valid request after {refusal.label}"))
        if probe.judge(accepted(start, _RECOVERY)) or probe.judge(answered_at_once(start, _RECOVERY)):
            return
        others = earlier is not None and earlier.request.token != start.request.token
        if earlier is not None and others and probe.judge(distinct(earlier, start, _RECOVERY, "everything")):
            return
        earlier = start


def _valid(probe: Probe, label: str, **how: object) -> Request:
    return _with_token(probe, label, probe.tokens.fresh(), **how)


def _with_token(probe: Probe, label: str, token: str, **how: object) -> Request:
    body = json.dumps({"clientToken": token, "imagePipelineArn": probe.pipeline}).encode()
    return probe.requests.raw(body, label, token=token, pipeline=probe.pipeline, **how)  # type: ignore[arg-type]  # passed on
