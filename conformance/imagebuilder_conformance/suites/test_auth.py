"""Signature Version 4: a request with anything wrong in its signature is refused."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Signer
from imagebuilder_conformance.client.tampering import (
    authorized_as,
    dated,
    keyed,
    other_body,
    other_signature,
    scoped,
    unsigned,
)
from imagebuilder_conformance.oracles.authentication import refusal_in_form, signature_refused
from imagebuilder_conformance.probing.probe import Probe

_STATUS = "auth.status"
_CODE = "auth.code"
_FORM = (_STATUS, _CODE)

# Requests must arrive within five minutes of their date.
_OUTSIDE_WINDOW = (timedelta(minutes=6), timedelta(days=1))


@check("auth.unsigned", "auth.unsigned", *_FORM)
def test_unsigned(probe: Probe) -> None:
    """A request without a signature is refused."""
    _refused(probe, "auth.unsigned", {"no signature": unsigned})


@check("auth.signature", "auth.signature", *_FORM)
def test_signature(probe: Probe) -> None:
    """A request with a wrong signature is refused.

    Kept beside `auth.replay`: that one takes a start that was accepted.
    """
    _refused(probe, "auth.signature", {"a wrong signature": other_signature(_service(probe))})


@check("auth.replay", "auth.signature", *_FORM, shares=(SharedStart.FIRST,), alone=True)
def test_replay(probe: Probe) -> None:
    """A request with a wrong signature is refused also where its token has an image: that is not for strangers.

    Kept beside `auth.signature`: a cache in front answers what it knows before anybody reads the signature.
    """
    original = probe.require(probe.first_start())
    replay = replace(original.request, label="a replay with a wrong signature", sign=other_signature(_service(probe)))
    exchange = probe.send(replay.without_effect())
    probe.judge(refusal_in_form(exchange, probe.contract, _STATUS, _CODE))
    probe.judge(signature_refused(exchange, "auth.signature"))


@check("auth.body", "auth.body", *_FORM)
def test_body(probe: Probe) -> None:
    """A request whose body is not the signed one is refused."""
    signed, sent = (
        json.dumps({"clientToken": probe.tokens.fresh(), "imagePipelineArn": probe.pipeline}).encode() for _ in range(2)
    )
    request = probe.requests.raw(signed, "a body that is not the signed one", sign=other_body(_service(probe), sent))
    exchange = probe.send(request.without_effect())
    probe.judge(signature_refused(exchange, "auth.body"))
    probe.judge(refusal_in_form(exchange, probe.contract, _STATUS, _CODE))


@check("auth.stale-date", "auth.stale-date", *_FORM)
def test_stale_date(probe: Probe) -> None:
    """A request dated more than five minutes ago is refused."""
    _refused(probe, "auth.stale-date", _dates(probe, (-shift for shift in _OUTSIDE_WINDOW)))


@check("auth.future-date", "auth.future-date", *_FORM)
def test_future_date(probe: Probe) -> None:
    """A request dated more than five minutes ahead is refused."""
    _refused(probe, "auth.future-date", _dates(probe, _OUTSIDE_WINDOW))


@check("auth.region", "auth.region", *_FORM)
def test_region(probe: Probe) -> None:
    """A request signed for another region is refused."""
    other = "eu-north-1" if probe.client.target.region != "eu-north-1" else "us-west-2"
    _refused(probe, "auth.region", {f"signed for {other}": scoped(_service(probe), other)})


@check("auth.service", "auth.service", *_FORM)
def test_service(probe: Probe) -> None:
    """A request signed for another service is refused."""
    _refused(probe, "auth.service", {"signed for ec2": scoped("ec2")})


@check("auth.unknown-key", "auth.unknown-key", *_FORM)
def test_unknown_key(probe: Probe) -> None:
    """A request signed with an unknown access key is refused."""
    _refused(probe, "auth.unknown-key", {"an unknown key": keyed(_service(probe), "AKIAUNKNOWNUNKNOWN00")})


@check("auth.malformed-header", "auth.malformed-header", *_FORM)
def test_malformed_header(probe: Probe) -> None:
    """A request whose Authorization header is malformed is refused."""
    headers = ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=nonsense, SignedHeaders=host, Signature=0", "Bearer x")
    _refused(probe, "auth.malformed-header", {f"Authorization: {each}": authorized_as(each) for each in headers})


def _service(probe: Probe) -> str:
    return probe.contract.operation.signing_name


def _dates(probe: Probe, shifts: Iterable[timedelta]) -> dict[str, Signer]:
    return {f"a date off by {shift.total_seconds():.0f} s": dated(_service(probe), shift) for shift in shifts}


def _refused(probe: Probe, clause: str, signers: Mapping[str, Signer]) -> None:
    for label, signer in signers.items():
        token = probe.tokens.fresh()
        body = json.dumps({"clientToken": token, "imagePipelineArn": probe.pipeline}).encode()
        request = probe.requests.raw(body, label, token=token, pipeline=probe.pipeline, sign=signer)
        exchange = probe.send(request.without_effect())
        probe.judge(refusal_in_form(exchange, probe.contract, _STATUS, _CODE))
        if probe.judge(signature_refused(exchange, clause)):
            return
