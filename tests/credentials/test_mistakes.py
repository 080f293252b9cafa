"""What a user's configuration says wrong is one sentence and exit code 2, whatever botocore makes of it."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.command import environment

from .kinds import (
    Machine,
    Words,
    container,
    login,
    named_by_variable,
    process,
    role_with_code,
    services,
    sso,
    web_identity,
)

pytestmark = pytest.mark.slow

AWS = ("--endpoint-url", "http://imagebuilder.us-east-1.amazonaws.com:1", "--allow-aws", "--allow-insecure-token")
PIPELINE = ("--pipeline-arn", "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/first")


def cached(machine: Machine, text: str) -> None:
    name = hashlib.sha1(b"corporate").hexdigest()
    (machine.home / ".aws" / "sso" / "cache" / f"{name}.json").write_text(text)


def no_terminal(machine: Machine) -> Words:
    return role_with_code(machine)


def no_web_identity(machine: Machine) -> Words:
    words = web_identity(machine)
    (machine.home / "token").unlink()
    return words


def no_container_token(machine: Machine) -> Words:
    words = container(machine)
    (machine.home / "authorization").unlink()
    return words


def program(text: str | None, mode: int = 0o755) -> Callable[[Machine], Words]:
    def set_up(machine: Machine) -> Words:
        path = machine.home / "program"
        if text is not None:
            path.write_text(text)
            path.chmod(mode)
        machine.configure(f"[profile team]\ncredential_process = {path}\n")
        return ("--profile", "team")

    return set_up


def broken_cache(text: str) -> Callable[[Machine], Words]:
    def set_up(machine: Machine) -> Words:
        words = sso(machine)
        cached(machine, text)
        return words

    return set_up


def config(text: str) -> Callable[[Machine], Words]:
    def set_up(machine: Machine) -> Words:
        machine.configure(text)
        return ("--profile", "team")

    return set_up


def in_a_container(text: str) -> Callable[[Machine], Words]:
    def set_up(machine: Machine) -> Words:
        container(machine)
        machine.configure(f"[profile team]\n{text}")
        return ("--profile", "team")

    return set_up


def ended_variable(machine: Machine) -> Words:
    named_by_variable(machine)
    (machine.home / "process.py").unlink()
    return ()


PRINTS = "#!/bin/sh\necho '{}'\n".format
MISTAKES: Mapping[str, tuple[Callable[[Machine], Words], str]] = {
    "a code without a terminal": (no_terminal, "mfa_serial"),
    "no file of a web identity": (no_web_identity, "web_identity_token_file"),
    "no file of a container's token": (no_container_token, "authorization"),
    "no program": (program(None), "credential_process"),
    "a program that is not executable": (program(PRINTS("{}"), 0o644), "credential_process"),
    "a program that prints a list": (program(PRINTS("[]")), "credential_process"),
    "a program that prints a word": (program(PRINTS('"no"')), "credential_process"),
    "a program that prints a number": (program(PRINTS("7")), "credential_process"),
    "a program that prints null": (program(PRINTS("null")), "credential_process"),
    "a program that prints an empty object": (program(PRINTS("{}")), "credential_process"),
    "a program that prints no JSON": (program(PRINTS("no")), "credential_process"),
    "a program that prints nothing": (program("#!/bin/sh\n"), "credential_process"),
    "a program that prints no key": (program(PRINTS('{"Version": 1, "AccessKeyId": 7}')), "credential_process"),
    "a program that prints no date": (
        program(PRINTS('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}')),
        "credential_process",
    ),
    "a program that prints numbers": (
        program(PRINTS('{"Version": 1, "AccessKeyId": 7, "SecretAccessKey": 8}')),
        "credential_process",
    ),
    "a program that prints a number as token": (
        program(PRINTS('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": 7}')),
        "credential_process",
    ),
    "a program that prints a key with a letter that no header can carry": (
        program(PRINTS('{"Version": 1, "AccessKeyId": "A\u00c4", "SecretAccessKey": "s"}')),
        "credential_process",
    ),
    "a program that fails": (program("#!/bin/sh\nexit 3\n"), "credential_process"),
    "a login that has ended": (
        broken_cache('{"accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}'),
        "aws sso login",
    ),
    "a login without a date": (broken_cache('{"accessToken": "t"}'), "aws sso login"),
    "a login that is no object": (broken_cache("[]"), "aws sso login"),
    "a login that is no JSON": (broken_cache("{"), "aws sso login"),
    "a login with another date": (broken_cache('{"accessToken": "t", "expiresAt": "soon"}'), "aws sso login"),
    "a session that is not there": (config("[profile team]\nsso_session = none\n"), "aws sso login"),
    "an account that is missing": (
        config("[profile team]\nsso_start_url = https://sso.example\nsso_region = us-east-1\n"),
        "aws sso login",
    ),
    "`aws login` without what it takes": (login, "imagebuilder-conformance[login]"),
    "a source that is not there": (
        config("[profile team]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = none\n"),
        "none",
    ),
    "sources that go round": (
        config(
            "[profile team]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = other\n"
            "[profile other]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = team\n"
        ),
        "role_arn",
    ),
    "a source of another kind": (
        config("[profile team]\nrole_arn = arn:aws:iam::123456789012:role/r\ncredential_source = Moon\n"),
        "role_arn",
    ),
    "a role that can't be asked for": (
        config(
            "[profile team]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n"
            "[profile base]\naws_access_key_id = A\naws_secret_access_key = s\n"
        ),
        "role_arn",
    ),
    "a duration that is no number": (
        config(
            "[profile team]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n"
            "duration_seconds = long\n[profile base]\naws_access_key_id = A\naws_secret_access_key = s\n"
        ),
        "role_arn",
    ),
    "a profile without credentials in a container": (in_a_container("region = us-east-1\n"), "of this machine"),
    "half of a role in a container": (in_a_container("source_profile = base\n"), "of this machine"),
    "a session alone in a container": (
        in_a_container("sso_session = corporate\n[sso-session corporate]\nsso_region = us-east-1\n"),
        "aws sso login",
    ),
    "half of the keys": (config("[profile team]\naws_access_key_id = A\n"), "--profile team"),
    "no such profile": (config("[profile other]\n"), "team"),
    "a file that can't be parsed": (config("[profile team\n"), "config"),
    "a variable's program that is gone": (ended_variable, "AWS_PROFILE=team"),
}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with services() as server:
        # Nobody answers there.
        yield Machine(tmp_path / "home", server, sts="http://127.0.0.1:1")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_that_says_where_to_look(name: str, machine: Machine, tmp_path: Path) -> None:
    set_up, place = MISTAKES[name]
    words = set_up(machine)
    ran = subprocess.run(
        [sys.executable, "-m", "imagebuilder_conformance", "run", *AWS, *PIPELINE, *words],
        cwd=tmp_path,
        env=environment(**machine.variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        # Without a terminal to ask at.
        start_new_session=True,
    )
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    [sentence] = re.findall(r"^Error: .*$", ran.stderr, flags=re.MULTILINE)
    assert ran.stderr.endswith(f"{sentence}\n")
    assert place in sentence
    assert "recognisable" not in sentence
    assert not (tmp_path / "conformance-report").exists()


def test_a_program_that_works_is_none(machine: Machine, tmp_path: Path) -> None:
    words = process(machine)
    url = ("--endpoint-url", f"{machine.services.url}")
    ran = subprocess.run(
        [sys.executable, "-m", "imagebuilder_conformance", "run", *url, *words, "--connect-timeout", "1"],
        cwd=tmp_path,
        env=environment(**machine.variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode != 2, ran.stderr
    assert "ASIAPROCESS" in ran.stdout
    assert json.loads((tmp_path / "conformance-report" / "report.json").read_text())["run"]
