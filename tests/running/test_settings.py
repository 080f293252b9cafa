import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_conformance.settings import DEFAULT_SEED, Settings, Sources, UsageError, aws_endpoint, resolve
from imagebuilder_conformance.target import is_aws_host
from imagebuilder_spec import Suite

URL = "http://127.0.0.1:4566"
PIPELINE = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEY", "AWS_SECRET_ACCESS_KEY": "recognisable-secret"}


def resolved(
    flags: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None, file: Path | None = None
) -> Settings:
    return resolve(Sources(flags or {}, environ or {}, file))


def config(folder: Path, text: str) -> Path:
    path = folder / "conformance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(UsageError) as caught:
        resolved(*args, **kwargs)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


# Which target


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


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    file = config(tmp_path, 'endpoint-url = "http://127.0.0.1:3"')
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:2"}
    flags = {"endpoint_url": "http://127.0.0.1:1"}
    endpoints = [
        target.endpoint
        for settings in (resolved(flags, environ, file), resolved({}, environ, file), resolved({}, {}, file))
        if (target := settings.target)
    ]
    assert endpoints == ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"]


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_so_it_is_with_the_region(name: str, tmp_path: Path) -> None:
    file = config(tmp_path, 'region = "eu-central-1"')
    flags = {"endpoint_url": URL}
    assert region(resolved({**flags, "region": "ap-south-1"}, {name: "us-west-2"}, file)) == "ap-south-1"
    assert region(resolved(flags, {name: "us-west-2"}, file)) == "us-west-2"
    assert region(resolved(flags, {}, file)) == "eu-central-1"


def region(settings: Settings) -> str:
    assert settings.target is not None
    return settings.target.region


def test_the_region_of_the_pipelines_is_the_region_unless_a_flag_says_otherwise() -> None:
    flags = {"endpoint_url": URL, "pipeline_arn": (PIPELINE,)}
    assert region(resolved(flags)) == "eu-west-1"
    assert region(resolved(flags, {"AWS_REGION": "us-west-2"})) == "eu-west-1"
    assert region(resolved({**flags, "region": "ap-south-1"})) == "ap-south-1"


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


# Pipelines


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


# AWS


@pytest.mark.parametrize(
    ("host", "aws"),
    [
        ("imagebuilder.us-east-1.amazonaws.com", True),
        ("IMAGEBUILDER.us-east-1.AMAZONAWS.com", True),
        ("imagebuilder.us-east-1.amazonaws.com.", True),
        ("imagebuilder.cn-north-1.amazonaws.com.cn", True),
        ("imagebuilder.us-east-1.api.aws", True),
        ("imagebuilder-fips.us-gov-west-1.amazonaws.com", True),
        ("vpce-123.imagebuilder.us-east-1.vpce.amazonaws.com", True),
        ("localhost", False),
        ("notamazonaws.com", False),
        ("amazonaws.com.example.org", False),
        ("127.0.0.1", False),
    ],
)
def test_aws_is_known_by_its_hosts(host: str, aws: bool) -> None:  # noqa: FBT001  # parametrized
    assert is_aws_host(host) is aws


def test_aws_takes_a_word_of_its_own() -> None:
    flags = {"endpoint_url": "https://imagebuilder.us-east-1.amazonaws.com", "pipeline_arn": (PIPELINE,)}
    assert "--allow-aws" in refused(flags, KEYS)


def test_aws_takes_pipelines_and_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = {"allow_aws": True}
    assert "--pipeline-arn" in refused(flags, KEYS)
    monkeypatch.setattr("imagebuilder_conformance.configuration.credentials.find_spec", lambda _: None)
    sentence = refused({**flags, "pipeline_arn": (PIPELINE,)})
    assert "AWS_ACCESS_KEY_ID" in sentence
    assert "imagebuilder-conformance[aws]" in sentence


def test_aws_without_an_endpoint_is_that_of_the_region() -> None:
    target = resolved({"allow_aws": True, "pipeline_arn": (PIPELINE,)}, KEYS).target
    assert target is not None
    assert target.endpoint == "https://imagebuilder.eu-west-1.amazonaws.com"
    assert target.credentials.secret_access_key == KEYS["AWS_SECRET_ACCESS_KEY"]


@pytest.mark.parametrize(("name", "suffix"), [("eu-west-1", ".com"), ("cn-north-1", ".com.cn")])
def test_the_endpoint_of_a_region_is_aws(name: str, suffix: str) -> None:
    endpoint = aws_endpoint(name)
    assert endpoint.endswith(suffix)
    assert is_aws_host(endpoint.removeprefix("https://"))


@pytest.mark.parametrize("limit", [0, -1, float("inf"), float("nan")])
def test_a_rate_limit_is_more_than_nothing(limit: float) -> None:
    assert "--rate-limit" in refused({"rate_limit": limit})
    assert resolved({"rate_limit": 0.5}).rate_limit == 0.5


def test_the_file_may_set_the_rate_and_the_profile(tmp_path: Path) -> None:
    assert resolved(file=config(tmp_path, "rate-limit = 2")).rate_limit == 2
    assert "--profile" in refused(file=config(tmp_path, 'profile = "team"'))


@pytest.mark.parametrize("missing", KEYS)
def test_half_of_the_credentials_is_none(missing: str) -> None:
    environ = {name: value for name, value in KEYS.items() if name != missing}
    target = resolved({"endpoint_url": URL}, environ).target
    assert target is not None
    assert KEYS.keys().isdisjoint({target.credentials.access_key_id})
    assert target.credentials.access_key_id != "AKIAKEY"


def test_a_session_token_comes_along() -> None:
    target = resolved({"endpoint_url": URL}, {**KEYS, "AWS_SESSION_TOKEN": "recognisable-session"}).target
    assert target is not None
    assert target.credentials.secrets == ("recognisable-secret", "recognisable-session")


# A caller without the permission


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
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    sentence = refused({"endpoint_url": URL, "denied_profile": "denied"}, KEYS)
    assert "pip install 'imagebuilder-conformance[aws]'" in sentence


# The rest


def test_clauses_that_are_named_are_of_any_suite() -> None:
    settings = resolved({"endpoint_url": URL, "prefixes": ("auth.unsigned",)})
    assert settings.suites == tuple(Suite)


@pytest.mark.parametrize("prefix", ["idempotenzy", "request.client-tok", "", ".", "Request", "idempotency.replay.x"])
def test_a_prefix_of_no_clause_is_refused_and_the_areas_are_named(prefix: str) -> None:
    sentence = refused({"prefixes": (prefix,)})
    assert repr(prefix) in sentence
    assert "idempotency" in sentence


@pytest.mark.parametrize(
    ("names", "suites"),
    [
        (("all",), tuple(Suite)),
        (("auth",), (Suite.AUTH,)),
        (("throttling", "core"), (Suite.CORE, Suite.THROTTLING)),
        (("core", "core"), (Suite.CORE,)),
    ],
)
def test_suites_are_taken_by_name(names: tuple[str, ...], suites: tuple[Suite, ...]) -> None:
    assert resolved({"endpoint_url": URL, "suite": names}).suites == suites


def test_an_unknown_suite_or_contract_is_refused() -> None:
    assert "'sdkk'" in refused({"suite": ("sdkk",)})
    assert "'newest'" in refused({"contract": "newest"})


@pytest.mark.parametrize(("seed", "number"), [("7", 7), (7, 7), ("0", 0)])
def test_a_seed_is_a_number(seed: object, number: int) -> None:
    assert resolved({"seed": seed}).seed == number


def test_or_random() -> None:
    assert len({resolved({"seed": "random"}).seed for _ in range(5)}) > 1
    assert "'dice'" in refused({"seed": "dice"})


def test_a_budget_may_be_nothing_but_not_less() -> None:
    assert resolved({"max_executions": 0}).max_executions == 0
    assert "--max-executions" in refused({"max_executions": -1})


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


# The file


def test_a_file_may_set_every_option(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        f"""
        endpoint-url = "{URL}"
        region = "eu-west-1"
        pipeline-arn = ["{PIPELINE}"]
        contract = "documented"
        suite = ["core", "auth"]
        max-executions = 3
        strict = true
        allow-incomplete = true
        seed = 5
        report-dir = "{tmp_path}/report"
        verify-ssl = false
        connect-timeout = 1
        read-timeout = 2.5
        """,
    )
    settings = resolved(file=file)
    target = settings.target
    assert target is not None
    assert (target.endpoint, target.region, target.pipelines) == (URL, "eu-west-1", (PIPELINE,))
    assert (target.verify, target.timeouts.connect, target.timeouts.read) == (False, 1.0, 2.5)
    assert settings.suites == (Suite.CORE, Suite.AUTH)
    assert (settings.max_executions, settings.strict, settings.allow_incomplete, settings.seed) == (3, True, True, 5)
    assert settings.report_dir == tmp_path / "report"


@pytest.mark.parametrize(
    "line",
    [
        "endpoint = 1",
        "secret-access-key = 'x'",
        "endpoint-url = 1",
        "pipeline-arn = 'arn'",
        "max-executions = '3'",
        "max-executions = true",
        "read-timeout = true",
        "seed = 1.5",
        "strict = 'yes'",
        "suite = 'core'",
    ],
)
def test_an_unknown_option_or_a_value_of_another_type_is_refused(line: str, tmp_path: Path) -> None:
    file = config(tmp_path, line)
    sentence = refused(file=file)
    assert str(file) in sentence
    assert line.split(" ", maxsplit=1)[0] in sentence


@pytest.mark.parametrize("text", ["endpoint-url", "= 1", '"', "[", "a = 1\na = 2"])
def test_what_is_not_toml_is_refused(text: str, tmp_path: Path) -> None:
    assert "TOML" in refused(file=config(tmp_path, text))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    assert str(path) in refused(file=path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_can_not_be_read_is_refused(name: str, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(file=tmp_path / name)


# Where the report goes


def test_the_report_folder_is_named_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert resolved({"report_dir": str(folder)}).report_dir == folder
    assert list(tmp_path.iterdir()) == []


# What is shown


def test_the_description_has_no_secret() -> None:
    environ = {**KEYS, "AWS_SESSION_TOKEN": "recognisable-session"}
    settings = resolved({"endpoint_url": URL, "prefixes": ("idempotency",), "max_executions": 4}, environ)
    described = str(settings.describe())
    assert "recognisable" not in described
    assert "recognisable" not in repr(settings)
    for shown in ("documented", "core", "idempotency", "4", str(DEFAULT_SEED)):
        assert shown in described


# Workers


def test_one_worker_makes_the_checks_unless_more_are_asked_for() -> None:
    assert resolved({}).at_work == 1
    assert resolved({"workers": "5"}).at_work == 5


def test_auto_is_a_worker_for_each_core() -> None:
    assert 1 <= resolved({"workers": "auto"}).at_work <= max(1, os.cpu_count() or 1)


@pytest.mark.parametrize("workers", ["0", "-1", "65", "many", "1.5"])
def test_a_number_of_workers_that_makes_no_sense_is_refused(workers: str) -> None:
    with pytest.raises(UsageError, match="--workers"):
        resolved({"workers": workers})


def test_a_limit_of_executions_is_kept_by_one_worker_and_the_description_says_so() -> None:
    settings = resolved({"workers": "4", "max_executions": 9})
    assert settings.at_work == 1
    assert settings.describe()["workers"].startswith("1, ")
    assert resolved({"workers": "4"}).describe()["workers"] == "4"
