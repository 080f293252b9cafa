from pathlib import Path

import pytest

from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_conformance.settings import DEFAULT_SEED
from imagebuilder_spec import Suite

from .resolving import PIPELINE, URL, config, refused, region, resolved


def test_without_anything_the_embedded_target_is_meant_and_every_suite() -> None:
    settings = resolved()
    assert settings.target is None
    assert settings.suites == tuple(Suite)
    assert settings.seed == DEFAULT_SEED


def test_an_endpoint_gets_the_core_suite_the_known_pipelines_and_dummy_credentials() -> None:
    settings = resolved({"endpoint_url": URL})
    assert settings.target is not None
    assert (settings.target.endpoint, settings.target.pipelines) == (URL, DEFAULT_PIPELINES)
    assert settings.target.region == "us-east-1"
    assert settings.target.credentials.secret_access_key
    assert settings.suites == (Suite.CORE,)


def test_the_variable_of_the_service_beats_that_of_all_services() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_IMAGEBUILDER": "http://127.0.0.1:2"}
    target = resolved(environ=environ).target
    assert target is not None
    assert target.endpoint == "http://127.0.0.1:2"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IMAGEBUILDER"])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_endpoint_variable_that_is_set_but_empty_is_refused(name: str, value: str) -> None:
    assert name in refused(environ={name: value})


def test_also_where_a_flag_names_the_endpoint() -> None:
    # It is a mistake all the same: the next run without the flag would judge something else.
    assert "AWS_ENDPOINT_URL" in refused({"endpoint_url": URL}, {"AWS_ENDPOINT_URL": ""})


def test_the_region_of_the_pipelines_is_the_region_unless_a_flag_says_otherwise() -> None:
    flags = {"endpoint_url": URL, "pipeline_arn": (PIPELINE,)}
    assert region(resolved(flags)) == "eu-west-1"
    assert region(resolved(flags, {"AWS_REGION": "us-west-2"})) == "eu-west-1"
    assert region(resolved({**flags, "region": "ap-south-1"})) == "ap-south-1"


def test_the_region_of_the_environment_is_not_that_of_a_target_it_does_not_know() -> None:
    # The README's second example, in the shell of somebody who works elsewhere.
    assert region(resolved({"endpoint_url": URL}, {"AWS_REGION": "eu-west-1"})) == "us-east-1"


@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout", "time_limit", "rate_limit"])
@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e10, 1e308])
def test_a_number_that_nothing_can_wait_for_is_refused(name: str, seconds: float) -> None:
    if name == "rate_limit" and 0 < seconds < float("inf"):
        assert resolved({"endpoint_url": URL, name: seconds}).rate_limit == seconds
    else:
        assert f"--{name.replace('_', '-')}" in refused({"endpoint_url": URL, name: seconds})


def test_a_report_goes_to_a_folder_with_a_name() -> None:
    assert "--report-dir" in refused({"report_dir": ""})


@pytest.mark.parametrize(("name", "value"), [("region", "eu-west-1"), ("pipeline_arn", (PIPELINE,))])
def test_what_describes_a_target_without_an_endpoint_is_a_mistake(name: str, value: object) -> None:
    sentence = refused({name: value})
    assert f"--{name.replace('_', '-')}" in sentence
    assert "--endpoint-url" in sentence


def test_also_in_the_file(tmp_path: Path) -> None:
    assert "--pipeline-arn" in refused(file=config(tmp_path, f'pipeline-arn = ["{PIPELINE}"]'))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:4566",
        "127.0.0.1",
        "ftp://127.0.0.1",
        "http://",
        "http:///path",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    assert "URL" in refused({"endpoint_url": url}) or "--endpoint-url" in refused({"endpoint_url": url})


def test_a_url_with_a_password_is_refused_without_showing_it() -> None:
    sentence = refused({"endpoint_url": "http://user:recognisable@127.0.0.1"})
    assert "recognisable" not in sentence
    assert "AWS_SECRET_ACCESS_KEY" in sentence


@pytest.mark.parametrize("url", ["http://127.0.0.1/?a=b", "http://127.0.0.1/#top"])
def test_a_url_with_a_query_or_a_fragment_is_refused(url: str) -> None:
    assert "--endpoint-url" in refused({"endpoint_url": url})


@pytest.mark.parametrize(
    "arn",
    [
        "nightly",
        f"{PIPELINE}\n",
        f" {PIPELINE}",
        PIPELINE.replace("image-pipeline", "image-recipe"),
        PIPELINE.replace("123456789012", "12345678901"),
        PIPELINE.upper(),
        "",
    ],
)
def test_a_malformed_pipeline_is_refused_and_shown(arn: str) -> None:
    sentence = refused({"endpoint_url": URL, "pipeline_arn": (arn,)})
    assert "--pipeline-arn" in sentence
    assert repr(arn) in sentence


def test_the_same_pipeline_twice_is_refused() -> None:
    assert "twice" in refused({"endpoint_url": URL, "pipeline_arn": (PIPELINE, PIPELINE)})


@pytest.mark.parametrize("name", ["connect_timeout", "read_timeout"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_timeouts_are_seconds_and_more_than_none(name: str, value: float) -> None:
    assert name.replace("_", "-") in refused({"endpoint_url": URL, name: value})


def test_a_ca_bundle_exists(tmp_path: Path) -> None:
    assert "--ca-bundle" in refused({"endpoint_url": URL, "ca_bundle": str(tmp_path / "none.pem")})
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    target = resolved({"endpoint_url": URL, "ca_bundle": str(bundle)}).target
    assert target is not None
    assert target.verify == str(bundle)


@pytest.mark.parametrize(("flag", "verify"), [(None, True), (True, True), (False, False)])
def test_certificates_are_verified_unless_told_otherwise(flag: bool | None, verify: bool) -> None:  # noqa: FBT001  # parametrized
    target = resolved({"endpoint_url": URL, "verify_ssl": flag}).target
    assert target is not None
    assert target.verify is verify
