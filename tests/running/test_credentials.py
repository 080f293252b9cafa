"""Where credentials come from, and that they are refreshed while a run goes on."""

import json
import pickle
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from botocore.credentials import RefreshableCredentials

from imagebuilder_conformance.client.transport import Transport
from imagebuilder_conformance.configuration.profiles import ProfileCredentials
from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.settings import Settings, Sources, UsageError, resolve
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import Suite
from tests.support.calls import CONTRACT, DUMMY, start
from tests.support.runs import run_of
from tests.support.scripted import Received, Reply, ScriptedServer

URL = "http://127.0.0.1:1"
AWS = "https://imagebuilder.us-east-1.amazonaws.com"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "the-secret-of-the-environment"}
IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0/1"
# Gives credentials that expire in so many seconds, others each time that it is asked; at most `limit` times.
PROCESS = """
import datetime, json, pathlib, sys
count = pathlib.Path(sys.argv[1])
number = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(number))
if number > int(sys.argv[2]):
    sys.exit("no more")
expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(sys.argv[3]))
print(json.dumps({"Version": 1, "AccessKeyId": f"AKIA{number:04}", "SecretAccessKey": f"recognisable-secret-{number}",
                  "SessionToken": f"recognisable-session-{number}", "Expiration": expires.isoformat()}))
"""

Profiles = Callable[[str], None]


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    """Writes the shared credentials file, which is all of AWS that this machine knows."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    def write(text: str) -> None:
        (tmp_path / "credentials").write_text(text)

    write("[team]\naws_access_key_id = AKIATEAM\naws_secret_access_key = the-secret-of-the-team\n[empty]\nregion = x\n")
    return write


def target_of(flags: Mapping[str, object], environ: Mapping[str, str] | None = None) -> Target:
    target = resolve(Sources({"endpoint_url": URL, **flags}, environ or {})).target
    assert target is not None
    return target


def refused(flags: Mapping[str, object], environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        target_of(flags, environ)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.usefixtures("profiles")
def test_a_profile_is_found_in_the_shared_file_and_beats_the_environment() -> None:
    credentials = target_of({"profile": "team"}, KEYS).credentials
    assert (credentials.access_key_id, credentials.secret_access_key) == ("AKIATEAM", "the-secret-of-the-team")


@pytest.mark.usefixtures("profiles")
def test_so_is_the_one_that_the_environment_names_on_aws_which_its_keys_beat() -> None:
    on_aws = {"endpoint_url": AWS, "allow_aws": True, "pipeline_arn": DEFAULT_PIPELINES}
    assert target_of(on_aws, {"AWS_PROFILE": "team"}).credentials.access_key_id == "AKIATEAM"
    assert target_of(on_aws, {"AWS_PROFILE": "team", **KEYS}).credentials.access_key_id == "AKIAENVIRONMENT"


@pytest.mark.usefixtures("profiles")
def test_elsewhere_the_environments_profile_is_not_even_looked_at(tmp_path: Path, profiles: Profiles) -> None:
    expiring(profiles, tmp_path, limit=99)
    for name in ("process", "team", "nobody", "empty"):
        credentials = target_of({}, {"AWS_PROFILE": name}).credentials
        assert credentials.access_key_id == DUMMY.access_key_id
        assert "--profile" in credentials.origin
    assert not (tmp_path / "count").exists()


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("name", ["nobody", "empty"])
def test_a_profile_without_credentials_is_one_sentence(name: str) -> None:
    assert f"--profile {name}" in refused({"profile": name})


def test_a_profile_describes_a_target() -> None:
    with pytest.raises(UsageError, match="--profile describes a target"):
        resolve(Sources({"profile": "team"}, {}))


def test_without_botocore_a_profile_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    assert "imagebuilder-conformance[aws]" in refused({"profile": "team"})
    assert target_of({}, KEYS).credentials == Credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"])


def expiring(write: Profiles, folder: Path, *, limit: int, seconds: float = 120) -> None:
    script, count = folder / "process.py", folder / "count"
    script.write_text(PROCESS)
    write(f"[process]\ncredential_process = {sys.executable} {script} {count} {limit} {seconds}\n")


def test_each_signature_has_the_credentials_of_its_time(profiles: Profiles, tmp_path: Path) -> None:
    expiring(profiles, tmp_path, limit=99)
    target = target_of({"profile": "process"})
    assert isinstance(target.credentials, ProfileCredentials)
    transport = Transport(target, CONTRACT.operation.signing_name, lambda: 0.0)
    tokens = []
    for _ in range(3):
        headers = transport.prepare(start()).headers
        tokens.append(str(headers["x-amz-security-token"]))
        number = tokens[-1].rsplit("-", 1)[1]
        assert f"Credential=AKIA{int(number):04}/" in str(headers["Authorization"])
        assert {f"recognisable-secret-{number}", tokens[-1]} <= set(target.secrets)
        assert target.credentials.renewed(target.credentials.frozen())
    assert len(set(tokens)) == 3


def test_short_keys_are_asked_for_again_shortly_before_they_end_and_not_for_each_request(
    profiles: Profiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expiring(profiles, tmp_path, limit=99)
    credentials = target_of({"profile": "process"}).credentials
    first = credentials.frozen()
    asked = (tmp_path / "count").read_text()
    assert [credentials.frozen() for _ in range(100)] == [first] * 100
    assert (tmp_path / "count").read_text() == asked
    left = RefreshableCredentials._seconds_remaining  # type: ignore[attr-defined]  # the stubs leave it out
    monkeypatch.setattr(RefreshableCredentials, "_seconds_remaining", lambda self: left(self) - 100)
    second = credentials.frozen()
    assert second != first
    assert credentials.frozen() == second
    assert int((tmp_path / "count").read_text()) == int(asked) + 1


def echoing(request: Received) -> Reply:
    """A success that repeats the secrets of its request: a careless target."""
    members = json.loads(request.body)
    members |= {"imageBuildVersionArn": IMAGE, "requestId": "r", "seen": request.header("x-amz-security-token")}
    return Reply(200, json.dumps(members).encode())


def test_no_secret_that_was_ever_used_reaches_a_file(profiles: Profiles, tmp_path: Path) -> None:
    expiring(profiles, tmp_path, limit=999)
    (tmp_path / "report").mkdir()

    def careless(request: Received) -> Reply:
        """Renew the keys under way, so that there are many."""
        target.credentials.renewed(target.credentials.frozen())
        return echoing(request)

    with ScriptedServer(careless) as server:
        target = target_of({"profile": "process", "endpoint_url": server.url})
        run_of(Settings(target, suites=(Suite.CORE,), prefixes=("operation",), report_dir=tmp_path / "report"))
    assert len(target.secrets) > 4
    events = (tmp_path / "report" / "events.jsonl").read_text(encoding="utf-8")
    assert "clientToken" in events
    assert "recognisable" not in events


@pytest.mark.slow
def test_credentials_that_can_not_be_refreshed_end_the_run_with_the_reason(profiles: Profiles, tmp_path: Path) -> None:
    # As long as the retention of tokens is waited for, they do not last.
    expiring(profiles, tmp_path, limit=2, seconds=3)
    with ReferenceServer(ReferenceSettings(verify_signatures=False)) as server:
        target = target_of({"profile": "process", "endpoint_url": server.url})
        report = run_of(Settings(target, suites=(Suite.CORE,), rate_limit=25))
    assert report.run.ending is Ending.INTERRUPTED
    assert "credential_process" in (report.run.reason or "")
    assert report.totals.exchanges > 2
    assert report.failures == ()


@pytest.mark.usefixtures("profiles")
def test_a_worker_asks_for_the_credentials_itself() -> None:
    target = target_of({"profile": "team"})
    there: Target = pickle.loads(pickle.dumps(target))
    assert there.credentials.frozen() == target.credentials.frozen()
    assert b"the-secret-of-the-team" not in pickle.dumps(target)
