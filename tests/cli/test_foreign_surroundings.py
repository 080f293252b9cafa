"""Whoever runs it, and wherever: other people's pytest, their secrets, their terminals."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from imagebuilder_conformance.reference.defects.catalogue import find_defect
from tests.support.calls import PIPELINE
from tests.support.command import command, files_below, here, report_in
from tests.support.runs import serving
from tests.support.scripted import Received, Reply, ScriptedServer
from tests.support.terminal import COLOUR, ESCAPE, in_terminal

REPORT = "conformance-report"
BROKEN = "request.client-token.max-length"

HOSTILE = {
    "pytest.ini": "[pytest]\naddopts = -k nothing_at_all --maxfail=1 --no-such-option\npython_functions = never_*\n",
    "conftest.py": "raise RuntimeError('the conftest of somebody else')\n",
    "hostile.py": "raise RuntimeError('the plugin of somebody else')\n",
    "test_auth.py": "raise RuntimeError('the test of somebody else')\n",
    "tox.ini": "[pytest]\naddopts = --no-such-option\n",
    "setup.cfg": "[tool:pytest]\naddopts = --no-such-option\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--no-such-option'\n",
}


@pytest.mark.slow
def test_the_users_pytest_does_not_touch_a_run(tmp_path: Path) -> None:
    for name, text in HOSTILE.items():
        (tmp_path / name).write_text(text)
    hostile = {"PYTEST_ADDOPTS": "--collect-only -k nothing", "PYTEST_PLUGINS": "hostile", "PYTHONPATH": str(tmp_path)}
    run = command("run", "operation", "request.client-token.required", cwd=tmp_path, env=hostile)
    assert run.code == 0, run.text
    report = report_in(tmp_path / REPORT)
    assert report["verdict"] == "conformant"
    assert report["totals"]["clauses"]["passed"] == 2
    left = set(files_below(tmp_path))
    assert {name for name in left if not name.startswith(REPORT) and "__pycache__" not in name} == set(HOSTILE)


# Secrets

SECRET = "recognisable/secret+access/key0123456789"
SESSION = "recognisable/session+token//with=padding=="
SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIARECOGNISABLE0000",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": SESSION,
}


def leaky(request: Received) -> Reply:
    """Starts builds, and shows off every secret that it knows in whatever it answers."""
    members = json.loads(request.body)
    known = {"secret": SECRET, "headers": dict(request.headers), "url": quote(SESSION, safe="")}
    if members.get("imagePipelineArn") != PIPELINE or "clientToken" not in members:
        refusal = {"message": f"not for {SECRET}", "__type": SESSION, **known}
        return Reply(404 if "clientToken" in members else 400, json.dumps(refusal).encode(), (("X-Secret", SECRET),))
    arn = f"arn:aws:imagebuilder:us-east-1:123456789012:image/{SECRET}/1.0.0/1"
    started = {"clientToken": members["clientToken"], "imageBuildVersionArn": arn, "requestId": SESSION, **known}
    return Reply(200, json.dumps(started).replace("/", "\\/").encode())


@pytest.mark.slow
def test_no_secret_reaches_a_file_or_the_output(tmp_path: Path) -> None:
    prefixes = ["operation", "request.client-token.required", "errors.resource-not-found.code"]
    with ScriptedServer(leaky) as server:
        run = command("run", *prefixes, "--endpoint-url", server.url, cwd=tmp_path, env=SECRETS)
        came = {request.header("x-amz-security-token") for request in server.received}
    assert came == {SESSION}
    assert run.code == 1, run.text
    written = {name: data.decode() for name, data in files_below(tmp_path).items()} | {"the output": run.text}
    for name, text in written.items():
        for secret in (SECRET, SESSION):
            for spelling in (secret, secret.replace("/", "\\/"), secret.replace("/", "\\\\/"), quote(secret, safe="")):
                assert spelling not in text, name
    # The evidence survives.
    assert "[redacted]" in written[f"{REPORT}/events.jsonl"]
    nonce = report_in(tmp_path / REPORT)["run"]["nonce"]
    assert written[f"{REPORT}/events.jsonl"].count(f"{nonce}aaab") >= 3


# Terminals


@pytest.fixture(scope="module")
def wrong() -> Iterator[str]:
    """The URL of a target that breaks a clause for all to see."""
    with serving(find_defect("token-one-too-long-accepted").behaviour) as server:
        yield server.url


WORDS = ("run", BROKEN, "--endpoint-url")


def test_a_log_shows_what_is_broken_and_a_line_to_see_it_again(wrong: str, tmp_path: Path) -> None:
    run = here(*WORDS, wrong, cwd=tmp_path)
    assert run.code == 1
    assert "\x1b" not in run.text
    said = " ".join(run.out.split())
    for shown in (BROKEN, "a longer one is refused", "expected", "received", "hint", "non-conformant"):
        assert shown in said
    [line] = [line for line in run.out.splitlines() if line.lstrip().startswith("curl ")]
    assert "--aws-sigv4" in line
    assert f"{wrong}/StartImagePipelineExecution" in line
    assert "imagePipelineArn" in line


def test_a_narrow_log_is_narrow_but_for_what_is_to_be_copied(wrong: str, tmp_path: Path) -> None:
    run = here(*WORDS, wrong, cwd=tmp_path, env={"COLUMNS": "40"})
    assert run.code == 1
    # Above the first empty line are the endpoint and the ARNs.
    _, said = run.out.split("\n\n", 1)
    assert max(len(line) for line in said.splitlines() if not line.lstrip().startswith(("curl ", "report:"))) <= 40
    words = " ".join(run.out.split())
    assert "non-conformant" in words
    assert report_in(tmp_path / REPORT)["verdict_sentence"] in words
    assert len([line for line in run.out.splitlines() if line.lstrip().startswith("curl ")]) == 1


@pytest.mark.slow
def test_a_terminal_has_colours_and_progress(wrong: str, tmp_path: Path) -> None:
    code, seen = in_terminal(*WORDS, wrong, cwd=tmp_path)
    assert code == 1
    assert COLOUR.search(seen)
    assert "exchanges" in seen
    assert report_in(tmp_path / REPORT)["verdict_sentence"] in " ".join(ESCAPE.sub("", seen).split())


@pytest.mark.slow
def test_no_color_is_heeded(wrong: str, tmp_path: Path) -> None:
    code, seen = in_terminal(*WORDS, wrong, cwd=tmp_path, env={"NO_COLOR": "1"})
    assert code == 1
    assert not COLOUR.search(seen)


@pytest.mark.slow
def test_what_a_target_sends_is_text_and_commands_no_terminal(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e[red]Evil"

    def answer(request: Received) -> Reply:
        members = json.loads(request.body) if request.body else {}
        if members.get("imagePipelineArn") == PIPELINE and members.get("clientToken"):
            members |= {"imageBuildVersionArn": f"arn:{evil}", "requestId": evil}
            return Reply(200, json.dumps(members).encode())
        return Reply(400, json.dumps({"code": evil, "message": evil}).encode(), (("X-Evil", evil[:1] + "x"),))

    with ScriptedServer(answer) as server:
        code, seen = in_terminal(
            *("run", "errors.resource-not-found.code", "--endpoint-url", server.url),
            cwd=tmp_path,
            columns=200,
        )
    assert code == 1
    assert "Evil" in seen
    assert "\x1b]0;" not in seen
    assert "\x1b[2J\u202e" not in seen
    assert "\u202e" not in seen
    assert "[red]" in seen
