import pytest

from imagebuilder_conformance.settings import aws_endpoint
from imagebuilder_conformance.target import is_aws_host

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
