"""The proxy that speaks the fault interface in front of a target: it adds the faults and changes nothing else."""

import pytest
from click.testing import CliRunner

from imagebuilder_conformance.cli.serve import command
from imagebuilder_conformance.reference.defects.catalogue import find_defect, find_variation
from imagebuilder_conformance.reference.proxy import proxy_for
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_spec import FAULT_HEADER, IMAGE_HEADER, Suite
from tests.support.calls import target_at
from tests.support.runs import failed, run_against, verdicts
from tests.support.scripted import HangUp, Reply, ScriptedServer

from .exchanges import JSON, PATH, Client, body_of, signed
from .presigning import presigned

SILENT = find_variation("faults-unknown").behaviour


def test_a_target_that_does_not_speak_the_interface_is_judged_by_it_through_the_proxy() -> None:
    # Signatures are verified behind the proxy: what was signed has to reach the target as it was.
    with ReferenceServer(behaviour=SILENT) as silent, ReferenceServer(behaviour=proxy_for(silent.url)) as proxy:
        report = run_against(proxy.url, suites=(Suite.FAULTS,))
    assert report.verdict is RunVerdict.CONFORMANT
    left = {id_ for id_, verdict in verdicts(report).items() if verdict is not Verdict.PASSED}
    assert {id_ for id_ in left if id_.startswith("faults.")} == {"faults.retry-after"}


@pytest.mark.slow
def test_a_conformant_target_is_conformant_through_it() -> None:
    with ReferenceServer(behaviour=SILENT) as silent, ReferenceServer(behaviour=proxy_for(silent.url)) as proxy:
        report = run_against(proxy.url, "request", "errors", "wire", "auth", suites=(Suite.CORE, Suite.AUTH))
    bad = {Verdict.FAILED, Verdict.WARNED, Verdict.ERROR, Verdict.INCONCLUSIVE}
    assert {id_: verdict for id_, verdict in verdicts(report).items() if verdict in bad} == {}


@pytest.mark.slow
def test_a_defect_shows_through_it() -> None:
    broken = find_defect("unknown-pipeline-400").behaviour
    with ReferenceServer(behaviour=broken) as server, ReferenceServer(behaviour=proxy_for(server.url)) as proxy:
        report = run_against(proxy.url, "errors.resource-not-found")
    assert failed(report) == {"errors.resource-not-found.status"}


def test_a_presigned_request_reaches_the_target_as_it_was() -> None:
    with ReferenceServer() as target, ReferenceServer(behaviour=proxy_for(target.url)) as proxy:
        client = Client(proxy.url)
        # It signs a header that the proxy keeps back where it is not signed.
        sent = presigned(proxy.url + PATH, body_of(), headers={"te": "trailers"})
        reply = client.exchange(body_of(), target=sent, headers={**JSON, "te": "trailers"})
        client.close()
    assert (reply.status, reply.code) == (200, None)


def test_before_the_start_the_target_hears_nothing_and_after_it_not_of_the_demand() -> None:
    started = Reply(200, b'{"imageBuildVersionArn": "arn:an-image"}')
    with ScriptedServer.playing(started) as server, ReferenceServer(behaviour=proxy_for(server.url)) as proxy:
        client = Client(proxy.url)
        before = client.exchange(body_of(), headers={FAULT_HEADER: "ServiceException"})
        heard = len(server.received)
        after = client.exchange(body_of(), headers={FAULT_HEADER: "ServiceException;after"})
        client.close()
    assert (before.status, before.code, heard) == (500, "ServiceException", 0)
    assert (after.status, after.headers[IMAGE_HEADER]) == (500, "arn:an-image")
    assert [request.header(FAULT_HEADER) for request in server.received] == [None]


@pytest.mark.parametrize(
    ("header", "value", "came"),
    [
        (FAULT_HEADER, "ServiceException;after", (500, "ServiceException")),
        ("te", "trailers", (200, None)),
    ],
)
def test_a_header_that_is_signed_is_handed_on_whatever_it_is(
    header: str, value: str, came: tuple[int, str | None]
) -> None:
    # botocore signs every header: for a target that verifies them, one that is missing breaks the signature.
    with ReferenceServer(behaviour=SILENT) as silent, ReferenceServer(behaviour=proxy_for(silent.url)) as proxy:
        client = Client(proxy.url)
        headers = signed(proxy.url + PATH, body_of(), headers={**JSON, header: value})
        assert header in headers["Authorization"]
        reply = client.exchange(body_of(), headers=headers)
        client.close()
    assert (reply.status, reply.code) == came


@pytest.mark.parametrize("body", [b"", b"[]", b'{"imageBuildVersionArn": 1}', b"\xff"])
def test_a_success_that_names_no_image_is_hidden_all_the_same(body: bytes) -> None:
    with ScriptedServer.playing(Reply(200, body)) as server, ReferenceServer(behaviour=proxy_for(server.url)) as proxy:
        client = Client(proxy.url)
        reply = client.exchange(body_of(), headers={FAULT_HEADER: "ServiceException;after"})
        client.close()
    assert (reply.code, reply.headers[IMAGE_HEADER]) == ("ServiceException", None)


@pytest.mark.parametrize("status", [400, 404, 503])
def test_a_refusal_of_the_target_is_handed_on(status: int) -> None:
    refusal = Reply(status, b'{"message": "no"}', (("X-Amzn-ErrorType", "Own"), ("Content-Type", "application/json")))
    with ScriptedServer.playing(refusal) as server, ReferenceServer(behaviour=proxy_for(f"{server.url}/base")) as proxy:
        client = Client(proxy.url)
        reply = client.exchange(body_of(), target="/x?y=1", headers={FAULT_HEADER: "ServiceException;after"})
        client.close()
    assert (reply.status, reply.code, reply.body) == (status, "Own", b'{"message": "no"}')
    assert server.received[0].path == "/base/x?y=1"


def test_where_the_target_hangs_up_so_does_the_proxy() -> None:
    with ScriptedServer.playing(HangUp()) as server, ReferenceServer(behaviour=proxy_for(server.url)) as proxy:
        report = run_against(target_at(proxy.url), suites=(Suite.FAULTS,))
    assert report.verdict is RunVerdict.INCOMPLETE
    assert "does not answer" in report.verdict_sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--proxy", "localhost:80"], "expected http://HOST"),
        (["--proxy", "http://user@localhost"], "expected http://HOST"),
        (["--proxy", "http://localhost:port"], "--proxy: "),
        (["--proxy", "https://imagebuilder.us-east-1.amazonaws.com"], "no fault is demanded of AWS"),
        (["--proxy", "http://127.0.0.1:1", "--defect", "token-ignored"], "exclude"),
    ],
)
def test_a_proxy_that_makes_no_sense_is_one_sentence(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output
