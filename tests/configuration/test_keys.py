"""Which key signs, and what a session token is not sent over."""

import pytest

from imagebuilder_conformance.settings import Settings

from .resolving import KEYS, PIPELINE, URL, refused, resolved

REAL = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "recognisable-secret"}
TOKEN = {"AWS_SESSION_TOKEN": "recognisable-session"}
ELSEWHERE = "http://builder.example:4566"


def head(settings: Settings) -> str:
    described = settings.describe()
    assert not any("recognisable" in value for value in described.values())
    return described["credentials"]


def test_the_head_says_which_key_signs_and_where_it_comes_from() -> None:
    assert head(resolved({"endpoint_url": URL}, REAL)) == "AKIAIOSFODNN7EXAMPLE from AWS_ACCESS_KEY_ID"


@pytest.mark.parametrize("name", [*REAL, *TOKEN])
@pytest.mark.parametrize("value", ["AKIA\n", " AKIA", "AK\r\nIA", "\u00c4", "\u5bc6", "A\x7f"])
def test_what_no_request_can_carry_is_told_before_one_is_sent(name: str, value: str) -> None:
    sentence = refused({"endpoint_url": URL}, REAL | TOKEN | {name: value})
    assert "AWS_ACCESS_KEY_ID" in sentence
    assert name.removeprefix("AWS_").replace("_", " ").lower() in sentence
    assert "recognisable" not in sentence


def test_without_any_it_says_so_and_what_is_not_used() -> None:
    assert head(resolved({"endpoint_url": URL})) == "imagebuilder-conformance from this suite, a dummy"
    assert "--profile is for any target" in head(resolved({"endpoint_url": URL}, {"AWS_PROFILE": "team"}))


@pytest.mark.parametrize("url", [ELSEWHERE, "HTTP://192.0.2.1", "http://[2001:db8::1]:80"])
def test_a_session_token_goes_to_no_other_machine_over_http_unless_that_is_meant(url: str) -> None:
    sentence = refused({"endpoint_url": url}, REAL | TOKEN)
    assert "--allow-insecure-token" in sentence
    assert "AKIAIOSFODNN7EXAMPLE" in sentence
    assert "recognisable" not in sentence
    allowed = resolved({"endpoint_url": url, "allow_insecure_token": True}, REAL | TOKEN).target
    assert allowed is not None
    assert allowed.credentials.session_token == "recognisable-session"


@pytest.mark.parametrize("url", [URL, "http://localhost:1", "http://[::1]:1", "https://builder.example"])
def test_it_goes_to_this_machine_and_over_tls(url: str) -> None:
    assert resolved({"endpoint_url": url}, REAL | TOKEN).target is not None


def test_keys_without_a_token_do_too() -> None:
    assert resolved({"endpoint_url": ELSEWHERE}, REAL).target is not None


@pytest.mark.parametrize(
    ("url", "environ", "cautious"),
    [
        (ELSEWHERE, REAL, True),
        ("https://builder.example", REAL, True),
        (ELSEWHERE, {}, False),
        # What emulators ask for.
        (ELSEWHERE, {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}, False),
        (URL, REAL, False),
        ("https://imagebuilder.us-east-1.amazonaws.com", REAL, False),
    ],
)
def test_a_real_key_for_a_host_that_may_be_anything_comes_with_a_word_of_caution(
    url: str, environ: dict[str, str], *, cautious: bool
) -> None:
    settings = resolved({"endpoint_url": url, "allow_aws": True, "pipeline_arn": (PIPELINE,)}, environ or KEYS)
    assert (settings.caution is not None) == cautious
    if cautious:
        assert "costs money" in (settings.caution or "")
        assert settings.describe()["cost"] == settings.caution
