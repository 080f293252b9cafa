"""Exchanges as short lists, the form in which workers stream their history to the master, and back.

What both sides know is left out: URL, headers of the request, and its body, which follows from token and pipeline.
"""

import base64
from dataclasses import replace
from typing import Any

from imagebuilder_conformance.client.answers import Answer, Cut
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.soaking.clocks import Estimate
from imagebuilder_conformance.soaking.plan import Plan

CHECK = "soak"
"""The name in which the exchanges of a soak are recorded."""

Entry = list[Any]
"""`[id, number of the token, whether the other pipeline, label, attempts]`, all of plain values."""


def entry_of(exchange: Exchange, number: int, *, other: bool) -> Entry:
    """The short form of an exchange."""
    return [exchange.id, number, other, exchange.request.label, [_short(each) for each in exchange.attempts]]


def exchange_of(entry: Entry, plan: Plan, requests: RequestFactory, url: str, clock: Estimate) -> Exchange:
    """The exchange of an entry, on the master's clock.

    Raises `ValueError`, `TypeError` or `KeyError` for what is no entry.
    """
    id_, number, other, label, attempts = entry
    request = requests.start(plan.token(number), plan.pipeline(number, other=other), label)
    return Exchange(id_, CHECK, request, url, (), tuple(_long(each, clock) for each in attempts))


def widened(exchange: Exchange, uncertainty: float) -> Exchange:
    """The same exchange, each try longer by the uncertainty on both sides."""
    return replace(
        exchange,
        attempts=tuple(
            replace(each, at=each.at - uncertainty, seconds=each.seconds + 2 * uncertainty)
            for each in exchange.attempts
        ),
    )


def _short(attempt: Attempt) -> list[Any]:
    answer = attempt.answer
    told: list[Any] = [attempt.at, attempt.seconds]
    if answer is None:
        return [*told, None, str(attempt.fault), attempt.detail, attempt.stale]
    return [*told, answer.status, list(answer.headers), _text(answer.body), _short_cut(answer.cut)]


def _long(short: list[Any], clock: Estimate) -> Attempt:
    at, seconds, status, *rest = short
    at = at + clock.offset
    if status is None:
        fault, detail, stale = rest
        return Attempt(at, seconds, fault=Fault(fault), detail=detail, stale=stale)
    headers, body, cut = rest
    named = tuple((name, value) for name, value in headers)
    return Attempt(at, seconds, answer=Answer(status, named, _data(body), _long_cut(cut)))


def _short_cut(cut: Cut | None) -> list[Any] | None:
    return None if cut is None else [cut.size, cut.sha256, _text(cut.tail), cut.members]


def _long_cut(short: list[Any] | None) -> Cut | None:
    if short is None:
        return None
    size, sha256, tail, members = short
    return Cut(size, sha256, _data(tail), members)


def _text(body: bytes) -> list[str]:
    try:
        return ["t", body.decode("utf-8")]
    except UnicodeDecodeError:
        return ["b", base64.b64encode(body).decode()]


def _data(body: list[str]) -> bytes:
    kind, text = body
    return text.encode() if kind == "t" else base64.b64decode(text)
