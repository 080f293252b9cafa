"""A curl line sends the recorded request again, byte for byte, signed anew."""

import base64
import json
import os
import subprocess
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference.credentials import DUMMY_CREDENTIALS
from imagebuilder_reports.curl import DUMMY_KEY, curl_line
from imagebuilder_reports.errors import MisfitError
from imagebuilder_reports.events import Body, ExchangeRecord, RequestRecord

from .samples import ENDPOINT, REDACTED, REGION, exchange, text_body

# Says what it was called with, in place of curl: its arguments, and what was piped in where they ask for it.
STAND_IN = """#!/usr/bin/env python3
import base64, json, sys
piped = sys.stdin.buffer.read() if "@-" in sys.argv else b""
print(json.dumps({"arguments": sys.argv[1:], "piped": base64.b64encode(piped).decode()}))
"""
SIGNED = ("Authorization", REDACTED)


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder whose `curl` tells what it was called with."""
    stand_in = tmp_path / "curl"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    return tmp_path


def call(shell: Path, record: ExchangeRecord) -> tuple[list[str], bytes]:
    """What a shell makes of the curl line: curl's arguments and its input."""
    secrets = {"AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "SESSION"}
    line = curl_line(record, REGION)
    environment = os.environ | secrets | {"PATH": f"{shell}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], capture_output=True, env=environment, check=True)
    said = json.loads(done.stdout)
    return said["arguments"], base64.b64decode(said["piped"])


def body_sent(shell: Path, body: Body) -> bytes:
    arguments, piped = call(shell, exchange(body=body))
    data: str = arguments[arguments.index("--data-binary") + 1]
    return piped if data == "@-" else os.fsencode(data)


def headers_of(arguments: list[str]) -> list[str]:
    return [value for option, value in pairwise(arguments) if option == "-H"]


def test_method_url_and_body_are_those_of_the_request(shell: Path) -> None:
    arguments, _ = call(shell, exchange(body=text_body('{"a": "it\'s $HOME"}')))
    assert arguments[arguments.index("--request") + 1] == "PUT"
    assert f"{ENDPOINT}/StartImagePipelineExecution" in arguments
    assert arguments[arguments.index("--data-binary") + 1] == '{"a": "it\'s $HOME"}'


def test_it_signs_with_the_credentials_of_the_environment(shell: Path) -> None:
    arguments, _ = call(shell, exchange())
    assert arguments[arguments.index("--aws-sigv4") + 1] == f"aws:amz:{REGION}:imagebuilder"
    assert arguments[arguments.index("--user") + 1] == "KEY:SECRET"
    assert not any("SESSION" in argument for argument in arguments)


def test_a_session_token_is_sent_where_the_request_had_one(shell: Path) -> None:
    arguments, _ = call(shell, exchange(headers=(SIGNED, ("X-Amz-Security-Token", REDACTED))))
    assert "x-amz-security-token: SESSION" in headers_of(arguments)


def test_a_request_that_was_sent_unsigned_is_sent_unsigned_again(shell: Path) -> None:
    arguments, _ = call(shell, exchange(headers=(("content-type", "application/json"),)))
    assert "--aws-sigv4" not in arguments
    assert "--user" not in arguments


def test_headers_are_kept_but_those_that_curl_makes_anew(shell: Path) -> None:
    made_anew = ("Authorization", "X-Amz-Date", "x-amz-content-sha256", "Host", "Content-Length", "User-Agent")
    kept = (("content-type", "application/json"), ("transfer-encoding", "chunked"), ("x-odd", "it's; $(odd)"))
    headers = (*((name, "old") for name in made_anew), ("Connection", "keep-alive"), ("Accept", "*/*"), *kept)
    arguments, _ = call(shell, exchange(headers=headers))
    assert headers_of(arguments) == [
        "content-type: application/json",
        "transfer-encoding: chunked",
        "x-odd: it's; $(odd)",
    ]


def test_curl_adds_no_content_type_and_drops_no_empty_header(shell: Path) -> None:
    arguments, _ = call(shell, exchange(headers=(SIGNED, ("x-empty", ""))))
    assert headers_of(arguments) == ["x-empty;", "content-type:"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"@/etc/passwd",
        b"\x00\xff not text",
        b"\x1b]0;a title\x07 is no text for a terminal",
        "gef\u00e4hrlich \u202e umgedreht".encode(),
        b"two\nlines\n",
        b"[" * 1_000_000,
    ],
    ids=["empty", "at-sign", "binary", "control", "direction", "newlines", "megabyte"],
)
def test_any_body_arrives_byte_for_byte(shell: Path, content: bytes) -> None:
    encoded = base64.b64encode(zlib.compress(content)).decode()
    assert body_sent(shell, Body("zlib", encoded, len(content))) == content
    assert body_sent(shell, Body("base64", base64.b64encode(content).decode(), len(content))) == content


def test_a_line_can_be_shown_in_a_terminal() -> None:
    line = curl_line(exchange(body=text_body("\x1b]0;a title\x07")), REGION)
    assert line.isprintable()


def request_of(**changes: Any) -> ExchangeRecord:
    members: dict[str, Any] = {"method": "POST", "url": ENDPOINT, "headers": (SIGNED,), "body": text_body("")}
    return exchange(request=RequestRecord(**(members | changes)))


def test_a_head_request_is_made_as_one(shell: Path) -> None:
    arguments, _ = call(shell, request_of(method="HEAD"))
    assert "--head" in arguments
    assert "--data-binary" not in arguments


def test_a_url_with_brackets_is_taken_literally(shell: Path) -> None:
    arguments, _ = call(shell, request_of(url="http://[::1]:4566/{a}"))
    assert "--globoff" in arguments
    assert "http://[::1]:4566/{a}" in arguments


def test_a_whole_url_in_the_first_line_stands_there_again(shell: Path) -> None:
    arguments, _ = call(shell, request_of(absolute=True))
    assert arguments[arguments.index("--request-target") + 1] == ENDPOINT
    assert "--request-target" not in call(shell, request_of())[0]


@pytest.mark.parametrize(
    "body", [Body("base64", "%", 1), Body("zlib", "AAAA", 1), Body("text", "\ud800", 1)], ids=lambda body: body.encoding
)
def test_a_damaged_body_is_said_so(body: Body) -> None:
    with pytest.raises(MisfitError, match="a recorded body is damaged"):
        curl_line(exchange(body=body), REGION)


def test_a_compressed_body_never_unfolds_to_more_than_was_recorded(shell: Path) -> None:
    bomb = base64.b64encode(zlib.compress(b"0" * 10_000_000)).decode()
    assert body_sent(shell, Body("zlib", bomb, 10)) == b"0" * 10


def test_the_dummy_key_stands_in_where_the_environment_has_none() -> None:
    assert DUMMY_KEY == DUMMY_CREDENTIALS.access_key_id == DUMMY_CREDENTIALS.secret_access_key
