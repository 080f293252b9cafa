"""The target that the options describe: endpoint, region, pipelines, and how it is reached."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from urllib3.util import Url, parse_url

from imagebuilder_conformance.configuration.credentials import (
    denied_credentials,
    resolve_credentials,
    unread_credentials,
)
from imagebuilder_conformance.configuration.selection import contract_of
from imagebuilder_conformance.configuration.sources import environment_region
from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.configuration.values import LONGEST
from imagebuilder_conformance.partitions import load_partitions
from imagebuilder_conformance.target import Target, Timeouts, arn_scope, host_of, is_aws_host
from imagebuilder_spec import DEFAULT_REVISION, compile_pattern, load_contract

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
        if options.get("provision"):
            raise UsageError("--provision makes pipelines on a target, but no --endpoint-url says which")
        return None
    pipelines = _pipelines(options)
    # A pipeline can be called nowhere else.
    region = options.get("region") or arn_scope((pipelines or _reference_pipelines())[0])[1]
    if options.get("provision"):
        region = _region_to_make_in(options, environ) or region
    endpoint = aws_endpoint(str(region)) if endpoint is None else plain_endpoint(endpoint)
    host = host_of(endpoint)
    aws = is_aws_host(host)
    if aws and sends and not options.get("allow_aws"):
        raise UsageError(
            f"{host} is AWS, where each accepted call starts a real image build; say --allow-aws to mean it"
        )
    if aws and not pipelines and not options.get("provision"):
        raise UsageError("AWS needs the ARNs of pipelines of your own: --pipeline-arn, twice to judge mismatches")
    denied = options.get("denied_profile")
    target = Target(
        name=endpoint,
        endpoint=endpoint,
        region=str(region),
        pipelines=pipelines or _reference_pipelines(),
        credentials=unread_credentials(environ, profile=options.get("profile")),
        timeouts=_timeouts(options),
        verify=_verify(options),
        denied=None if denied is None else unread_credentials(environ, profile=denied),
    )
    return _signed(target, options, environ, aws=aws) if sends else target


def _signed(target: Target, options: Mapping[str, Any], environ: Mapping[str, str], *, aws: bool) -> Target:
    """The target with the credentials to call it with. Raises `UsageError` where one would be told to everybody."""
    credentials = resolve_credentials(environ, aws=aws, profile=options.get("profile"), region=target.region)
    denied = denied_credentials(options.get("denied_profile"), target.region)
    signed = replace(target, credentials=credentials, denied=denied)
    is_open = signed.endpoint.lower().startswith("http:") and not signed.is_loopback
    for each in (credentials, denied):
        if is_open and each is not None and each.session_token and not options.get("allow_insecure_token"):
            raise UsageError(
                f"{each.access_key_id} of {each.origin} has a session token, which anybody on the way to {signed.host} "
                f"can read over http: use https, or say --allow-insecure-token to mean it"
            )
    return signed


def plain_endpoint(endpoint: str) -> str:
    """The endpoint, in the one spelling that every parser reads alike. Raises `UsageError`."""
    try:
        parts = parse_url(endpoint)
    except ValueError as error:
        raise UsageError(f"--endpoint-url: {endpoint!r} is not a URL: {error}") from error
    if parts.auth is not None:
        # It would get into the report.
        raise UsageError("--endpoint-url: expected no user and password; AWS_SECRET_ACCESS_KEY is where a secret goes")
    if parts.query is not None or parts.fragment is not None:
        # It may be one that signs: what follows is not told.
        plain = endpoint.partition("?")[0].partition("#")[0]
        raise UsageError(f"--endpoint-url: expected neither a query nor a fragment, got one behind {plain!r}")
    if parts.scheme not in {"http", "https"} or not parts.host or "://" not in endpoint:
        raise UsageError(f"--endpoint-url: expected http://HOST[:PORT] or https://HOST[:PORT], got {endpoint!r}")
    return Url(scheme=parts.scheme, host=parts.host, port=parts.port, path=parts.path).url


def aws_endpoint(region: str) -> str:
    """AWS's endpoint of the service in a region, with the suffix of its partition. Raises `UsageError`."""
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise UsageError(f"--region: expected the name of a region, such as us-east-1, got {region!r}")
    return f"https://imagebuilder.{region}.{load_partitions().of_region(region).suffix}"


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


def _region_to_make_in(options: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    """The region in which pipelines are made; None where nobody named one and the target is not AWS.

    Raises `UsageError` where they would be made on AWS in a region that nobody named.
    """
    region = options.get("region") or environment_region(environ)
    endpoint = options.get("endpoint_url")
    if region is None and (endpoint is None or is_aws_host(host_of(plain_endpoint(endpoint)))):
        raise UsageError("--provision on AWS needs to know the region to make the pipelines in: say --region")
    return region


def _timeouts(options: Mapping[str, Any]) -> Timeouts:
    defaults = Timeouts()
    timeouts = Timeouts(
        connect=float(options.get("connect_timeout", defaults.connect)),
        read=float(options.get("read_timeout", defaults.read)),
    )
    for name, seconds in (("connect", timeouts.connect), ("read", timeouts.read)):
        if not 0 < seconds <= LONGEST:
            raise UsageError(
                f"--{name}-timeout: expected seconds, more than 0 and at most {LONGEST:,.0f}, got {seconds:g}"
            )
    return timeouts


def _verify(options: Mapping[str, Any]) -> bool | str:
    bundle = options.get("ca_bundle")
    if bundle is None:
        return bool(options.get("verify_ssl", True))
    if not Path(bundle).exists():
        raise UsageError(f"--ca-bundle: there is no file {bundle}")
    return str(bundle)
