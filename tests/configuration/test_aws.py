import json
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest

from imagebuilder_conformance.partitions import load_partitions
from imagebuilder_conformance.settings import UsageError, aws_endpoint
from imagebuilder_conformance.target import host_of, is_aws_host

from .resolving import KEYS, PIPELINE, refused, resolved


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
        ("imagebuilder.us-east-1.amazonaws.com..", True),
        ("amazonaws.com", True),
        ("imagebuilder.aws-dev.aws.dev", True),
        # A partition to come.
        ("imagebuilder.in-1.amazonaws.in", True),
        ("imagebuilder.in-1.amazonwebservices.co.in", True),
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


def known_to_botocore() -> list[dict[str, Any]]:
    partitions: list[dict[str, Any]] = json.loads((files("botocore") / "data" / "partitions.json").read_text())[
        "partitions"
    ]
    return partitions


def test_every_partition_that_the_installed_botocore_knows_is_known() -> None:
    ours = {each.id: (each.regions, each.suffix, each.dual_stack) for each in load_partitions().partitions}
    theirs = {
        each["id"]: (each["regionRegex"], each["outputs"]["dnsSuffix"], each["outputs"]["dualStackDnsSuffix"])
        for each in known_to_botocore()
    }
    # One that botocore has dropped may stay: in doubt a host is AWS's.
    assert {id_: ours.get(id_) for id_ in theirs} == theirs


def test_every_region_that_the_installed_botocore_knows_has_an_endpoint_of_its_own_partition() -> None:
    for partition in known_to_botocore():
        for region in partition["regions"]:
            if not region.endswith("-global"):
                endpoint = aws_endpoint(region)
                assert endpoint == f"https://imagebuilder.{region}.{partition['outputs']['dnsSuffix']}"
                assert is_aws_host(host_of(endpoint))


@pytest.mark.parametrize("name", ["evil.example/", "us-east-1.example.org#", "", "US-EAST-1", "eu west"])
def test_a_region_that_can_not_be_part_of_a_host_makes_no_endpoint(name: str) -> None:
    with pytest.raises(UsageError, match="--region"):
        aws_endpoint(name)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://imagebuilder.us-east-1%2eamazonaws.com",
        "HTTP://Imagebuilder.Us-East-1.AmazonAWS.com.:80",
        "https://imagebuilder.us-iso-east-1.c2s.ic.gov/path",
        "https://imagebuilder.eusc-de-east-1.api.amazonwebservices.eu",
    ],
)
def test_the_host_that_is_judged_is_the_one_that_is_called(endpoint: str) -> None:
    flags = {"endpoint_url": endpoint, "pipeline_arn": (PIPELINE,)}
    assert "--allow-aws" in refused(flags, KEYS)
    target = resolved({**flags, "allow_aws": True}, KEYS).target
    assert target is not None
    assert target.is_aws
    # No spelling is left that another parser could read otherwise.
    assert urlsplit(target.endpoint).hostname == target.host


def test_a_host_before_a_backslash_is_the_one_that_is_called() -> None:
    target = resolved({"endpoint_url": r"http://127.0.0.1\.amazonaws.com"}).target
    assert target is not None
    assert (target.host, urlsplit(target.endpoint).hostname) == ("127.0.0.1", "127.0.0.1")
