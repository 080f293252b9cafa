"""No file and no line of a run holds a secret, however and wherever the target writes it."""

import json
from pathlib import Path

import pytest

from imagebuilder_conformance.client.redaction import REDACTED, Redactor
from tests.hostile.spellings import SPELLINGS
from tests.support.command import files_below, here
from tests.support.scripted import Received, Reply, ScriptedServer

SECRET = "recognisable/secret+access=key<0123456789>&Z"
SESSION = "recognisable/session+token//with=padding=="
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIARECOGNISABLE0000",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": SESSION,
}


def test_there_are_as_many_spellings_as_are_promised() -> None:
    assert len({spell(SECRET) for spell in SPELLINGS.values()}) >= 12


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [SECRET, SESSION])
def test_a_secret_is_found_however_it_is_spelled(spelling: str, secret: str) -> None:
    spelled = SPELLINGS[spelling](secret)
    redactor = Redactor((SECRET, SESSION))
    for text in (spelled, f'{{"a": "{spelled}\\", \\u00e9 %zz &nope; \\", "b": "{spelled}"}}'):
        redacted = redactor.text(text)
        assert redacted.count(REDACTED) == text.count(spelled)
        assert redactor.data(text.encode()) == redacted.encode()
        # What is not of the secret stays, and so does JSON: at most the ends of a base64 text are left.
        assert redacted.count('"') == text.count('"') - text.count(spelled) * spelled.count('"') or "JSON" in spelling
        assert not any(
            spelled[at : at + 12] in redacted for at in range(0, len(spelled) - 12, 12) if "base64" not in spelling
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\\",
        "%",
        "&",
        "\\u00",
        "%2",
        "&#;",
        "&#99999;",
        "&amp",
        "\ud800",
        "\\\\\\",
        "é%C3%A9&eacute;\\u00e9",
        "%25" * 99,
    ],
)
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert Redactor((SECRET, SESSION)).text(text) == text


def test_a_secret_that_looks_like_an_escape_is_found_too() -> None:
    odd = "abc%41def&amp;ghi\\u0041jkl"
    assert Redactor((odd,)).text(f"<{odd}>") == f"<{REDACTED}>"


def echoing(request: Received) -> Reply:
    """A target that writes each secret in each spelling, and all headers that came, wherever there is room."""
    spelled = [spell(secret) for secret in (SECRET, SESSION) for spell in SPELLINGS.values()]
    authorization = request.header("authorization") or ""
    body = {"message": " ".join(spelled), "code": f"Bad{SECRET}", "headers": dict(request.headers)}
    raw = " ".join(SPELLINGS[each](authorization) for each in ("JSON escapes", "percent", "HTML decimal", "plain"))
    signature = authorization.rsplit("=", 1)[-1]
    headers = (
        ("Content-Type", "application/json"),
        ("X-Amzn-Errortype", SPELLINGS["hexadecimal"](SECRET)),
        (f"X-{SPELLINGS['hexadecimal'](SESSION)}", "a name"),
        ("X-Echo", SPELLINGS["percent in lower case"](SESSION)),
        ("X-Signature", signature),
        ("Set-Cookie", f"session={SESSION}"),
    )
    return Reply(403 if request.body else 400, json.dumps(body).encode() + raw.encode(), headers)


def test_no_file_and_no_line_of_a_run_holds_a_secret(tmp_path: Path) -> None:
    with ScriptedServer(echoing) as server:
        told = here("run", "errors.bad-parameter", "--endpoint-url", server.url, cwd=tmp_path, env=CREDENTIALS)
        signatures = {(each.header("authorization") or "").rsplit("=", 1)[-1] for each in server.received}
    written = {"what was printed": told.text.encode(), **files_below(tmp_path / "conformance-report")}
    assert len(written) > 5
    spelled = {name: spell(secret) for secret in (SECRET, SESSION) for name, spell in SPELLINGS.items()}
    found = [
        (file, name)
        for file, content in written.items()
        for name, text in spelled.items()
        # The end of a base64 text also depends on what follows.
        for needle in {text[6:-16], json.dumps(text)[7:-17]}
        if needle.lower().encode() in content.lower()
    ]
    assert found == []
    assert not [file for file, content in written.items() for each in signatures if each and each.encode() in content]
