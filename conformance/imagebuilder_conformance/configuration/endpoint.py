"""The target that the options describe: endpoint, region, pipelines, and how it is reached."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from imagebuilder_conformance.configuration.credentials import denied_credentials, dummy, resolve_credentials
from imagebuilder_conformance.configuration.selection import contract_of
from imagebuilder_conformance.configuration.sources import environment_region
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.target import Target, Timeouts, arn_scope, is_aws_host
from imagebuilder_spec import DEFAULT_REVISION, compile_pattern, load_contract

_DEFAULT_REGION = "us-east-1"
# What describes a target, and so is a mistake where no endpoint is given.
_TARGET_OPTIONS = ("region", "profile", "pipeline_arn", "denied_profile")


def resolve_target(options: Mapping[str, Any], environ: Mapping[str, str], *, sends: bool = True) -> Target | None:
    """The target, or None where the embedded reference target is meant. Raises `UsageError`."""
    endpoint = options.get("endpoint_url")
    if endpoint is None and not options.get("allow_aws"):
        for name in _TARGET_OPTIONS:
            if name in options:
                flag = name.replace("_", "-")
                raise UsageError(f"--{flag} describes a target, but no --endpoint-url says which")
        return None
    pipelines = _pipelines(options)
    region = _region(options, pipelines, environ)
    endpoint = aws_endpoint(region) if endpoint is None else endpoint
    host = _host(endpoint)
    aws = is_aws_host(host)
    if aws and sends and not options.get("allow_aws"):
        raise UsageError(
            f"{host} is AWS, where each accepted call starts a real image build; say --allow-aws to mean it"
        )
    if aws and not pipelines:
        raise UsageError("AWS needs the ARNs of pipelines of your own: --pipeline-arn, twice to judge mismatches")
    return Target(
        name=endpoint,
        endpoint=endpoint,
        region=region,
        pipelines=pipelines or _reference_pipelines(),
        credentials=resolve_credentials(environ, aws=aws, profile=options.get("profile")) if sends else dummy(),
        timeouts=_timeouts(options),
        verify=_verify(options),
        denied=denied_credentials(options.get("denied_profile")) if sends else None,
    )


def _host(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--endpoint-url: {endpoint!r} is not a URL: {error}") from error
    if "@" in parts.netloc:
        # It would get into the report.
        raise UsageError("--endpoint-url: expected no user and password; AWS_SECRET_ACCESS_KEY is where a secret goes")
    if parts.query or parts.fragment:
        raise UsageError(f"--endpoint-url: expected neither a query nor a fragment, got {endpoint!r}")
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(f"--endpoint-url: expected http://HOST[:PORT] or https://HOST[:PORT], got {endpoint!r}")
    return host


def aws_endpoint(region: str) -> str:
    """AWS's endpoint of the service in a region."""
    return f"https://imagebuilder.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


def _pipelines(options: Mapping[str, Any]) -> tuple[str, ...]:
    pipelines = tuple(options.get("pipeline_arn", ()))
    pattern = load_contract(contract_of(options.get("contract", DEFAULT_REVISION))).pipeline_arn_pattern
    for arn in pipelines:
        if not isinstance(arn, str) or not compile_pattern(pattern).search(arn):
            raise UsageError(f"--pipeline-arn: expected an ARN that matches {pattern}, got {arn!r}")
    if len(set(pipelines)) < len(pipelines):
        raise UsageError("--pipeline-arn: the same pipeline is given twice; mismatches need two different ones")
    return pipelines


def _reference_pipelines() -> tuple[str, ...]:
    from imagebuilder_conformance.reference.settings import DEFAULT_PIPELINES

    return DEFAULT_PIPELINES


def _region(options: Mapping[str, Any], pipelines: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """The region: that of the pipelines unless told otherwise, for a pipeline can be called nowhere else."""
    if "region" in options:
        return str(options["region"])
    if pipelines:
        return arn_scope(pipelines[0])[1]
    return environment_region(environ) or _DEFAULT_REGION


def _timeouts(options: Mapping[str, Any]) -> Timeouts:
    defaults = Timeouts()
    timeouts = Timeouts(
        connect=float(options.get("connect_timeout", defaults.connect)),
        read=float(options.get("read_timeout", defaults.read)),
    )
    if not (0 < timeouts.connect < math.inf and 0 < timeouts.read < math.inf):
        raise UsageError("--connect-timeout and --read-timeout are seconds, and more than 0")
    return timeouts


def _verify(options: Mapping[str, Any]) -> bool | str:
    bundle = options.get("ca_bundle")
    if bundle is None:
        return bool(options.get("verify_ssl", True))
    if not Path(bundle).exists():
        raise UsageError(f"--ca-bundle: there is no file {bundle}")
    return str(bundle)
