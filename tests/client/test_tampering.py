from datetime import timedelta

import pytest

from imagebuilder_conformance.client.messages import Signer
from imagebuilder_conformance.client.signing import aws4auth
from imagebuilder_conformance.client.tampering import (
    authorized_as,
    dated,
    keyed,
    other_body,
    other_signature,
    scoped,
    unsigned,
)
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.calls import REQUESTS, start, target_at

from .conftest import Calling

SERVICE = "imagebuilder"


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        pytest.param(unsigned, "MissingAuthenticationTokenException", id="unsigned"),
        pytest.param(other_signature(SERVICE), "InvalidSignatureException", id="another signature"),
        pytest.param(dated(SERVICE, timedelta(minutes=-6)), "InvalidSignatureException", id="stale"),
        pytest.param(dated(SERVICE, timedelta(minutes=6)), "InvalidSignatureException", id="ahead"),
        pytest.param(scoped(SERVICE, "eu-north-1"), "InvalidSignatureException", id="another region"),
        pytest.param(scoped("ec2"), "InvalidSignatureException", id="another service"),
        pytest.param(keyed(SERVICE, "AKIASTRANGER00000000"), "UnrecognizedClientException", id="a stranger"),
        pytest.param(authorized_as("Bearer x"), "IncompleteSignatureException", id="no signature"),
    ],
)
def test_each_fault_is_refused_for_what_it_is(
    calling: Calling, reference: ReferenceServer, sign: Signer, code: str
) -> None:
    answer = calling(target_at(reference.url)).send(REQUESTS.raw(start("faulty").body, "", sign=sign)).answer
    assert answer is not None
    assert answer.code == code
    assert answer.status in {400, 403}


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(aws4auth(SERVICE), id="the usual one"),
        pytest.param(dated(SERVICE, timedelta(0)), id="dated now"),
        pytest.param(dated(SERVICE, timedelta(minutes=-4)), id="dated within the window"),
        pytest.param(dated(SERVICE, timedelta(minutes=4)), id="dated ahead within the window"),
        pytest.param(scoped(SERVICE), id="scoped rightly"),
        pytest.param(scoped(SERVICE, "us-east-1"), id="scoped rightly by name"),
        pytest.param(other_body(SERVICE, start("sound").body), id="the very body"),
    ],
)
def test_without_its_fault_each_would_be_accepted(calling: Calling, reference: ReferenceServer, sign: Signer) -> None:
    exchange = calling(target_at(reference.url)).send(REQUESTS.raw(start("sound").body, "", sign=sign))
    assert exchange.is_success, exchange


def test_the_body_that_is_sent_is_the_other_one(calling: Calling, reference: ReferenceServer) -> None:
    signed, sent = start("signed-one").body, start("sent-other").body
    answer = calling(target_at(reference.url)).send(REQUESTS.raw(signed, "", sign=other_body(SERVICE, sent))).answer
    assert answer is not None
    assert answer.code == "InvalidSignatureException"


def test_another_body_has_the_length_of_the_first(calling: Calling, reference: ReferenceServer) -> None:
    request = REQUESTS.raw(b"{}", "", sign=other_body(SERVICE, b"longer"))
    with pytest.raises(ValueError, match="expected a body of 2 bytes, got 6"):
        calling(target_at(reference.url)).send(request)
