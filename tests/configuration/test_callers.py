import sys
from pathlib import Path

import pytest

from .resolving import KEYS, URL, refused, resolved


def test_a_key_without_its_secret_is_a_mistake() -> None:
    sentence = refused({"endpoint_url": URL}, {"AWS_ACCESS_KEY_ID": "AKIAKEY"})
    assert "AWS_SECRET_ACCESS_KEY" in sentence


def test_a_secret_without_its_key_is_nothing() -> None:
    target = resolved({"endpoint_url": URL}, {"AWS_SECRET_ACCESS_KEY": "recognisable-secret"}).target
    assert target is not None
    assert "recognisable-secret" not in target.secrets


def test_a_session_token_comes_along() -> None:
    target = resolved({"endpoint_url": URL}, {**KEYS, "AWS_SESSION_TOKEN": "recognisable-session"}).target
    assert target is not None
    assert target.credentials.secrets == ("recognisable-secret", "recognisable-session")


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared credentials file with a profile that has credentials, and one that has none."""
    path = tmp_path / "credentials"
    keys = "aws_access_key_id = AKIADENIED\naws_secret_access_key = hush"
    path.write_text(f"[denied]\n{keys}\n[empty]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("profiles")
def test_a_profile_names_a_caller_without_the_permission_beside_the_caller() -> None:
    target = resolved({"endpoint_url": URL, "denied_profile": "denied"}, KEYS).target
    assert target is not None
    assert target.denied is not None
    assert target.denied.access_key_id == "AKIADENIED"
    assert target.credentials.access_key_id == KEYS["AWS_ACCESS_KEY_ID"]
    assert {"hush", KEYS["AWS_SECRET_ACCESS_KEY"]} <= set(target.secrets)


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize("profile", ["empty", "nobody"])
def test_a_profile_without_credentials_is_a_mistake(profile: str) -> None:
    sentence = refused({"endpoint_url": URL, "denied_profile": profile}, KEYS)
    assert "--denied-profile" in sentence
    assert profile in sentence


def test_a_caller_without_the_permission_takes_an_endpoint() -> None:
    assert "--denied-profile" in refused({"denied_profile": "denied"}, {})


def test_without_botocore_a_profile_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    sentence = refused({"endpoint_url": URL, "denied_profile": "denied"}, KEYS)
    assert "pip install 'imagebuilder-conformance[aws]'" in sentence
