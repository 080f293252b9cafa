"""Before the checks: does anything answer, is the operation there, does it know the pipeline and the caller?"""

from dataclasses import dataclass

from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.hindrances import hindrance
from imagebuilder_conformance.oracles.starts import NOT_FOUND
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.tokens import Tokens
from imagebuilder_conformance.target import sibling
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import Contract, Family

CHECK = "operation.start"
"""The check in whose name the first exchanges are made."""


@dataclass(frozen=True)
class NoVerdictError(Exception):
    """The run can't judge the target at all; `reason` is one sentence for people."""

    ending: Ending
    reason: str

    def __str__(self) -> str:
        return self.reason


def preflight(client: Client, tokens: Tokens, *, start: bool, token: str | None = None) -> Exchange | None:
    """Send the free probe, an unknown pipeline, and, if `start`, the first valid request, which is given back.

    `token` is the one to start with. Where it is refused as a bad parameter, a plain one is tried.

    Raises `NoVerdictError` where nothing answers, the operation is not there, the configured pipeline does not
    exist, or the credentials are refused.
    """
    requests = RequestFactory(client.contract.operation)
    pipeline = client.target.pipelines[0]
    try:
        unknown = client.send(
            requests.start(tokens.fresh(), sibling(pipeline, tokens.fresh()), "the probe of an unknown pipeline"),
            check=CHECK,
        )
        first = None
        if start or is_foreign(unknown, client.contract):
            first = client.send(requests.start(token or tokens.fresh(), pipeline, "the first start"), check=CHECK)
            if token is not None and first.answer is not None and first.answer.status == 400:
                first = client.send(requests.start(tokens.fresh(), pipeline, "a plainer first start"), check=CHECK)
    except TargetLostError as lost:
        raise NoVerdictError(Ending.UNREACHABLE, f"nothing listens at {client.target.endpoint}") from lost
    _judge(client, unknown, first)
    return first


def is_foreign(exchange: Exchange, contract: Contract) -> bool:
    """Whether the answer is not one of this operation: an HTML page, no AWS error code, or `no such operation`."""
    answer = exchange.answer
    if answer is None:
        return False
    if answer.is_html or answer.status == 501:
        return True
    if answer.is_success or exchange.is_undecided:
        return False
    return answer.code is None or answer.code in contract.errors.family(Family.UNKNOWN_OPERATION)


def _judge(client: Client, unknown: Exchange, first: Exchange | None) -> None:
    """Raise `NoVerdictError` where the first answers leave nothing to judge."""
    endpoint, last = client.target.endpoint, first or unknown
    if all(each.answer is None for each in (unknown, last)):
        raise NoVerdictError(Ending.UNREACHABLE, f"{endpoint} does not answer: {last}")
    if first is not None and is_foreign(unknown, client.contract) and is_foreign(first, client.contract):
        name = client.contract.operation.name
        raise NoVerdictError(
            Ending.NOT_IMPLEMENTED, f"{endpoint} does not implement {name}: a valid request was answered {first}"
        )
    if first is not None and first.answer is not None and first.answer.code == NOT_FOUND:
        pipeline = first.request.pipeline
        raise NoVerdictError(
            Ending.PIPELINE_UNKNOWN, f"{endpoint} does not know the pipeline {pipeline}; name one with --pipeline-arn"
        )
    if _is_denied(last, client.contract):
        raise NoVerdictError(Ending.DENIED, f"{endpoint} refuses the credentials: {hindrance(last) or last}")


def _is_denied(exchange: Exchange, contract: Contract) -> bool:
    answer = exchange.answer
    if answer is None or answer.is_success:
        return False
    return answer.status in {401, 403} or answer.code in contract.errors.family(Family.AUTHENTICATION)
