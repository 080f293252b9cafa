"""`--provision` says what it needs, and what it can't be said with."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.configuration import provision
from imagebuilder_conformance.configuration.provision import INSTANCE_PROFILE
from imagebuilder_conformance.settings import Sources, resolve

from .resolving import KEYS, PIPELINE, URL, config, refused, region, resolved

HERE = {"endpoint_url": URL, "provision": True}
AWS = {"allow_aws": True, "provision": True}


def test_it_is_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert resolved({"endpoint_url": URL}).provision is None
    assert resolved({"endpoint_url": URL}, {}, config(tmp_path, "provision = false")).provision is None


def test_flags_and_the_file_ask_for_it(tmp_path: Path) -> None:
    file = config(tmp_path, 'provision = true\nkeep = true\ninstance-profile = "Mine"')
    for settings in (
        resolved({"endpoint_url": URL}, {}, file),
        resolved({**HERE, "keep": True, "instance_profile": "Mine"}),
    ):
        assert settings.provision is not None
        assert (settings.provision.keep, settings.provision.instance_profile) == (True, "Mine")
        assert "kept" in settings.describe()["provision"]
    plain = resolved(HERE)
    assert plain.provision is not None
    assert (plain.provision.keep, plain.provision.instance_profile) == (False, INSTANCE_PROFILE)
    assert "taken away afterwards" in plain.describe()["provision"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({**HERE, "pipeline_arn": (PIPELINE,)}, "say one of the two"),
        ({"provision": True}, "no --endpoint-url says which"),
        ({"endpoint_url": URL, "keep": True}, "--keep is about what --provision makes"),
        ({"endpoint_url": URL, "instance_profile": "x"}, "--instance-profile is about what --provision makes"),
        ({**HERE, "instance_profile": ""}, "expected the name of an instance profile, got ''"),
        ({**HERE, "instance_profile": "a b"}, "expected the name of an instance profile, got 'a b'"),
    ],
)
def test_what_makes_no_sense_is_refused(flags: dict[str, Any], said: str) -> None:
    assert said in refused(flags)


def test_pipelines_of_the_file_are_not_made_light_of(tmp_path: Path) -> None:
    file = config(tmp_path, f'endpoint-url = "{URL}"\npipeline-arn = "{PIPELINE}"')
    assert "say one of the two" in refused({"provision": True}, {}, file)


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision, "find_spec", lambda name: None if name == "boto3" else find_spec(name))
    assert "pip install 'imagebuilder-conformance[aws]'" in refused(HERE)
    # A plan sends nothing.
    assert resolve(Sources(HERE, {}), sends=False).provision is not None


def test_on_aws_the_region_is_named_by_somebody() -> None:
    assert "say --region" in refused(AWS, KEYS)
    assert region(resolved({**AWS, "region": "eu-west-1"}, KEYS)) == "eu-west-1"
    assert region(resolved(AWS, {**KEYS, "AWS_REGION": "eu-west-3"})) == "eu-west-3"
    host = {"endpoint_url": "https://imagebuilder.eu-west-1.amazonaws.com", **AWS}
    assert "say --region" in refused(host, KEYS)


def test_elsewhere_it_need_not_be() -> None:
    assert region(resolved(HERE)) == "us-east-1"
    assert region(resolved({**HERE, "allow_aws": True})) == "us-east-1"
    assert region(resolved(HERE, {"AWS_REGION": "eu-west-3"})) == "eu-west-3"
