import http.client
import socket
import ssl
from pathlib import Path

import pytest
import requests

from imagebuilder_conformance.client.client import TargetLostError
from imagebuilder_conformance.client.messages import Fault
from imagebuilder_conformance.client.transport import classify
from tests.support.calls import start, target_at
from tests.support.certificates import Certificate, self_signed
from tests.support.scripted import Reply, ScriptedServer

from .conftest import Calling

pytestmark = pytest.mark.usefixtures("no_waiting")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ConnectionRefusedError(), Fault.REFUSED),
        (TimeoutError(), Fault.TIMEOUT),
        (requests.ConnectTimeout(), Fault.TIMEOUT),
        (requests.ReadTimeout(), Fault.TIMEOUT),
        (ConnectionResetError(), Fault.CLOSED),
        (BrokenPipeError(), Fault.CLOSED),
        (http.client.RemoteDisconnected(""), Fault.CLOSED),
        (http.client.IncompleteRead(b""), Fault.CUT),
        (http.client.BadStatusLine(""), Fault.GARBLED),
        (http.client.LineTooLong("header"), Fault.GARBLED),
        (ssl.SSLError(), Fault.TLS),
        (ssl.SSLCertVerificationError(), Fault.TLS),
        (requests.exceptions.SSLError(), Fault.TLS),
        (socket.gaierror(), Fault.CLOSED),
    ],
)
def test_each_exception_stands_for_a_fault(error: BaseException, fault: Fault) -> None:
    assert classify(error) is fault
    assert classify(requests.ConnectionError(Exception("around", error))) is fault


def test_an_untrusted_certificate_is_a_tls_failure(calling: Calling, certificate: Certificate) -> None:
    with ScriptedServer(lambda _: Reply(200), tls=certificate.server_context()) as server:
        exchange = calling(target_at(server.url)).send()
    assert exchange.fault is Fault.TLS
    assert "certificate" in exchange.attempts[-1].detail.lower()
    assert server.received == []


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("how", ["bundle", "unverified"])
def test_a_trusted_or_unverified_certificate_is_not(calling: Calling, certificate: Certificate, how: str) -> None:
    verify: bool | str = str(certificate.bundle) if how == "bundle" else False
    with ScriptedServer(lambda _: Reply(200), tls=certificate.server_context()) as server:
        exchange = calling(target_at(server.url, verify=verify)).send()
    assert exchange.is_success


def test_speaking_tls_to_a_plain_server_is_a_tls_failure(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(400)) as server:
        exchange = calling(target_at(server.url.replace("http:", "https:"))).send()
    assert exchange.fault is Fault.TLS


def test_speaking_plainly_to_a_tls_server_is_no_http_answer(calling: Calling, certificate: Certificate) -> None:
    with ScriptedServer(lambda _: Reply(200), tls=certificate.server_context()) as server:
        exchange = calling(target_at(server.url.replace("https:", "http:"))).send()
    assert exchange.fault in {Fault.CLOSED, Fault.GARBLED}


def test_a_ca_bundle_that_is_none_is_a_tls_failure(calling: Calling, tmp_path: Path, certificate: Certificate) -> None:
    nonsense = tmp_path / "bundle.pem"
    nonsense.write_text("no certificate")
    with ScriptedServer(lambda _: Reply(200), tls=certificate.server_context()) as server:
        exchange = calling(target_at(server.url, verify=str(nonsense))).send()
    assert exchange.fault is Fault.TLS


def test_a_host_that_does_not_exist_is_lost(calling: Calling) -> None:
    with pytest.raises(TargetLostError):
        calling(target_at("http://nowhere.invalid:1")).send(start())
