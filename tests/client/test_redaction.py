import html
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, quote

import pytest

from imagebuilder_conformance.client.evidence import record
from imagebuilder_conformance.client.messages import Attempt, Exchange, Fault
from imagebuilder_conformance.client.redaction import REDACTED, Redactor
from imagebuilder_conformance.target import Credentials
from imagebuilder_reports.plain import plain
from tests.support.calls import start, target_at
from tests.support.scripted import Garbage, Received, Reply, ScriptedServer

from .conftest import Calling

KEY_ID = "AKIARECOGNISABLE0000"
SECRET = "recognisable/secret+access/key0123456789"
SESSION = "recognisable/session+token//with=padding=="
CREDENTIALS = Credentials(KEY_ID, SECRET, SESSION)

# The ways in which a target may write a secret into its answer.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "with escaped slashes": lambda secret: secret.replace("/", "\\/"),
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded but for slashes": quote,
}


def written(event: object) -> str:
    text: str = json.dumps(plain(event))
    return text


def secrets_in(text: str) -> list[str]:
    return [
        f"{spelling}: {secret}"
        for secret in (SECRET, SESSION)
        for spelling, spell in SPELLINGS.items()
        if spell(secret) in text or json.dumps(spell(secret)).strip('"') in text
    ]


def echoing_everywhere(request: Received) -> Reply:
    """A target that shows off what it knows: the secret key, and every header that came."""
    headers = dict(request.headers)
    body = {
        "message": f"expected a signature with {SECRET}",
        "code": f"Denied{SECRET}",
        "headers": headers,
        "url": quote(SESSION, safe=""),
        "clientToken": json.loads(request.body)["clientToken"],
        "imageBuildVersionArn": f"arn:aws:imagebuilder:us-east-1:123456789012:image/{SECRET}/1.0.0/1",
        "requestId": SESSION,
    }
    return Reply(
        int(request.header("x-status") or "200"),
        json.dumps(body).replace("/", "\\/").encode() + SECRET.encode() + SESSION.encode(),
        (("Content-Type", "application/json"), ("X-Amzn-ErrorType", SESSION), ("Set-Cookie", f"session={SESSION}")),
    )


@pytest.mark.parametrize("status", [200, 400, 403])
def test_no_record_holds_a_secret_wherever_the_target_echoes_it(calling: Calling, status: int) -> None:
    with ScriptedServer(echoing_everywhere) as server:
        made = calling(target_at(server.url, credentials=CREDENTIALS))
        exchange = made.send(replace(start("the-token-survives"), headers={"X-Status": str(status)}))
    text = written(made.journal)
    assert secrets_in(text) == []
    assert exchange.request.token == "the-token-survives"
    assert text.count("the-token-survives") >= 3


def test_a_success_that_names_an_image_made_of_secrets_is_redacted_too(calling: Calling) -> None:
    body = json.dumps({"imageBuildVersionArn": f"arn:{SECRET}"}).encode()
    with ScriptedServer.playing(Reply(200, body)) as server:
        made = calling(target_at(server.url, credentials=CREDENTIALS))
        made.send()
    assert made.results[0].image is not None
    assert secrets_in(written(made.journal)) == []


def test_what_signs_is_redacted_by_its_place(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(200)) as server:
        made = calling(target_at(server.url, credentials=CREDENTIALS))
        made.send()
    [received] = server.received
    assert received.header("x-amz-security-token") == SESSION
    assert KEY_ID in (received.header("authorization") or "")
    sent = made.results[0].record
    assert sent is not None
    headers = {name.lower(): value for name, value in sent.request.headers}
    assert headers["authorization"] == headers["x-amz-security-token"] == REDACTED
    assert headers["content-type"] == "application/json"
    signature = (received.header("authorization") or "").rsplit("=", 1)[-1]
    assert signature not in written(made.journal)


SIGNATURE = "0123456789abcdef" * 4
PRESIGNED = (
    f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={quote(f'{KEY_ID}/20260501/us-east-1', safe='')}"
    f"&X-Amz-Date=20260501T120000Z&X-Amz-Security-Token={quote(SESSION, safe='')}&X-Amz-Signature={SIGNATURE}"
)


@pytest.mark.parametrize("spell", [str, str.lower, json.dumps, quote, html.escape, lambda text: quote(quote(text))])
def test_what_signs_a_presigned_request_is_redacted_by_its_place_in_any_text(spell: Callable[[str], str]) -> None:
    # Nobody has told the redactor of it: it may be the target's own URL, such as one of a log in S3.
    redacted = Redactor(()).text(spell(f"see https://example.org/a?{PRESIGNED} and wait"))
    kept = (
        "see https://example.org/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=",
        "&X-Amz-Date=20260501T120000Z&X-Amz-Security-Token=",
        "&X-Amz-Signature=",
        " and wait",
    )
    assert redacted.strip('"') == REDACTED.join(spell(part).strip('"') for part in kept)
    assert Redactor(()).text(redacted) == redacted


def test_what_signs_in_a_query_string_is_redacted_wherever_the_target_repeats_it(calling: Calling) -> None:
    def echo(request: Received) -> Reply:
        arguments = dict(parse_qsl(request.path.partition("?")[2]))
        headers = (("Content-Type", "application/json"), ("Location", request.path), ("X-Got", SIGNATURE))
        return Reply(403, json.dumps({"message": SIGNATURE.upper(), "arguments": arguments}).encode(), headers)

    with ScriptedServer(echo) as server:
        made = calling(target_at(server.url))
        made.send(replace(start(), path=f"/StartImagePipelineExecution?{PRESIGNED}"))
    text = written(made.journal)
    assert SESSION in server.received[0].path or quote(SESSION, safe="") in server.received[0].path
    assert [secret for secret in (SESSION, quote(SESSION, safe=""), KEY_ID, SIGNATURE) if secret in text] == []
    assert SIGNATURE.upper() not in text
    assert "X-Amz-Date=20260501T120000Z" in text


def test_a_signature_of_4a_is_redacted_whole() -> None:
    der = f"3045{'ab' * 69}"
    assert Redactor(()).text(f"SignedHeaders=host, Signature={der}") == f"SignedHeaders=host, Signature={REDACTED}"


def test_a_member_is_never_redacted_for_its_name(calling: Calling) -> None:
    body = b'{"clientToken": "evidence", "secretAccessKey": "of somebody else", "token": "evidence too"}'
    with ScriptedServer.playing(Reply(200, body)) as server:
        made = calling(target_at(server.url, credentials=CREDENTIALS))
        made.send(start("evidence"))
    kept = made.results[0].record
    assert kept is not None
    assert kept.token == "evidence"
    assert kept.request.body.data == json.dumps({"clientToken": "evidence", "imagePipelineArn": kept.pipeline})
    assert kept.last.body is not None
    assert kept.last.body.data == body.decode()


def test_the_detail_of_a_fault_is_redacted() -> None:
    attempt = Attempt(0.0, 0.0, fault=Fault.GARBLED, detail=f"bad status line {SECRET}")
    exchange = Exchange("x1", "check", start(), "http://127.0.0.1", (), (attempt,))
    kept = record(exchange, Redactor(CREDENTIALS.secrets))
    assert secrets_in(written(kept)) == []
    assert REDACTED in (kept.last.fault or "")


def test_garbage_is_redacted_too(calling: Calling) -> None:
    with ScriptedServer.playing(Garbage(f"{SECRET}\r\n\r\n".encode())) as server:
        made = calling(target_at(server.url, credentials=CREDENTIALS))
        made.client.send(start(), tries=1)
    assert secrets_in(written(made.journal)) == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_found_however_it_is_spelled(spelling: str) -> None:
    redactor = Redactor(CREDENTIALS.secrets)
    text = f"<{SPELLINGS[spelling](SECRET)}|{SPELLINGS[spelling](SESSION)}>"
    assert redactor.text(text) == f"<{REDACTED}|{REDACTED}>"
    assert redactor.data(text.encode()) == f"<{REDACTED}|{REDACTED}>".encode()


def test_of_two_secrets_the_longer_is_redacted_first() -> None:
    redactor = Redactor(("recognisable", "recognisable-and-longer"))
    assert redactor.text("recognisable-and-longer") == REDACTED


def test_bytes_that_are_no_text_are_redacted_too() -> None:
    assert Redactor((SECRET,)).data(b"\xff" + SECRET.encode() + b"\xfe") == b"\xff" + REDACTED.encode() + b"\xfe"


def test_credentials_do_not_show_their_secrets() -> None:
    shown = repr(target_at("http://127.0.0.1:1", credentials=CREDENTIALS))
    assert secrets_in(shown) == []
    assert KEY_ID in shown


@pytest.mark.parametrize("dummy", ["test", "x", "dummy", "secret"])
def test_a_dummy_that_is_a_plain_word_leaves_the_evidence_alone(dummy: str) -> None:
    # AWS_SECRET_ACCESS_KEY=test is what emulators ask for; blanking each `test` would ruin ARNs and tokens.
    text = f"arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/my-{dummy}-pipeline"
    assert Redactor((dummy,)).text(text) == text
