"""Before the checks: does anything answer, is the operation there, does it know the pipeline and the caller?"""

from collections.abc import Callable
from dataclasses import dataclass

from imagebuilder_conformance.client.client import Client, TargetLostError
from imagebuilder_conformance.client.keys import refuses_caller, skew
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of, reason
from imagebuilder_conformance.oracles.starts import MISMATCH, NOT_FOUND, not_started
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.revisions import Fit, ask_revision
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.running.reaching import no_answer, nothing_listens
from imagebuilder_conformance.running.refused_callers import denial
from imagebuilder_conformance.settings import Settings
from imagebuilder_conformance.target import CredentialsLostError, Target, sibling, token_space
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import Contract, Family, load_contract

CHECK = "operation.start"
"""The check in whose name the first exchanges are made."""
OTHER_CHECK = "operation.other-pipeline"
"""The check that starts a further pipeline, and so has a start for it."""


@dataclass(frozen=True)
class NoVerdictError(Exception):
    """The run can't judge the target at all; `reason` is one sentence for people."""

    ending: Ending
    reason: str

    def __str__(self) -> str:
        return self.reason

    def __reduce__(self) -> tuple[type["NoVerdictError"], tuple[Ending, str]]:
        # It crosses to other processes; what pickle does with an exception by itself can't be done to a frozen one.
        return NoVerdictError, (self.ending, self.reason)


def preflight(
    client: Client,
    tokens: Tokens,
    *,
    start: bool,
    token: str | None = None,
    on_fit: Callable[[Fit], None] = lambda _: None,
) -> Exchange | None:
    """Send the free probe, an unknown pipeline, and, if `start`, the first valid request, which is given back.

    `token` is the one to start with. Where it is refused as a bad parameter, a plain one is tried. `on_fit` is told,
    before anything that can start a build, which revision of the contract the target follows; the embedded target is
    not asked.

    Raises `NoVerdictError` where nothing answers, the operation is not there, the configured pipeline does not
    exist, the credentials are refused, or a quota is used up already, and what `on_fit` raises.
    """
    requests = RequestFactory(client.contract.operation)
    pipeline = client.target.pipelines[0]
    try:
        unknown = _ask_unknown(client, tokens)
        if not (client.target.reference or is_foreign(unknown, client.contract) or unknown.answer is None):
            on_fit(ask_revision(client, tokens, unknown, check=CHECK))
        first = None
        if start or is_foreign(unknown, client.contract):
            first = client.send(requests.start(token or tokens.fresh(), pipeline, "the first start"), check=CHECK)
            if token is not None and first.answer is not None and first.answer.status == 400:
                first = client.send(requests.start(tokens.fresh(), pipeline, "a plainer first start"), check=CHECK)
    except TargetLostError as lost:
        raise NoVerdictError(Ending.UNREACHABLE, nothing_listens(client.target)) from lost
    _judge(client, unknown, first)
    return first


def ask_others(
    client: Client, tokens: Tokens, first: Exchange, *, start: bool
) -> tuple[list[Exchange], dict[str, str]]:
    """Ask for each further pipeline. Gives the starts that were made, and of pipelines that refuse them why.

    `start` says that the run has a start for them anyway. Otherwise they are asked for with the token of the first
    start, which starts nothing: it is a mismatch, or the pipeline is not known. Those in another region or account are
    left out then: there the token may be a fresh one.

    Raises `NoVerdictError` where one is not known.
    """
    requests = RequestFactory(client.contract.operation)
    starts: list[Exchange] = []
    refusing: dict[str, str] = {}
    for pipeline in client.target.pipelines[1:]:
        fresh = start
        if not start and token_space(pipeline) == token_space(client.target.pipelines[0]):
            token = first.request.token or ""
            asked = client.send(requests.start(token, pipeline, "whether another pipeline is known"), check=CHECK)
            _require_known(client, asked)
            # A mismatch under a false name, or a pipeline that is disabled.
            fresh = _is_refused(asked)
        if fresh:
            started = client.send(requests.start(tokens.fresh(), pipeline), check=OTHER_CHECK)
            _require_known(client, started)
            starts.append(started)
            if _is_refused(started):
                refusing[pipeline] = not_started(started)
    return starts, refusing


def _is_refused(exchange: Exchange) -> bool:
    """Whether a pipeline is refused, and not a further start of any: that is the account's matter."""
    answer = exchange.answer
    if answer is None or not answer.is_client_error or answer.code == MISMATCH:
        return False
    return excuse_of(exchange) in {None, Excuse.DENIED}


def _ask_unknown(client: Client, tokens: Tokens) -> Exchange:
    pipeline = sibling(client.target.pipelines[0], tokens.fresh())
    request = RequestFactory(client.contract.operation).start(
        tokens.fresh(), pipeline, "the probe of an unknown pipeline"
    )
    return client.send(request, check=CHECK)


def probe(target: Target, revision: str) -> Fit:
    """Ask a target, and start nothing, which revision of the contract it follows.

    Raises:
        NoVerdictError: Nothing answers, or the credentials are refused.
    """
    client, tokens = Client(target, load_contract(revision)), Tokens(new_nonce())
    try:
        unknown = _ask_unknown(client, tokens)
        _judge(client, unknown, None)
        return ask_revision(client, tokens, unknown, check=CHECK)
    except TargetLostError as lost:
        raise NoVerdictError(Ending.UNREACHABLE, nothing_listens(target)) from lost
    except CredentialsLostError as lost:
        raise NoVerdictError(Ending.DENIED, str(lost)) from lost
    finally:
        client.transport.close()


def expect_revision(fit: Fit, settings: Settings) -> None:
    """On AWS, see that the answers don't fit another revision than that of the run, unless it was asked for.

    Raises:
        NoVerdictError: They do; judging by this one would pay for builds, and blame the target for what it should do.
    """
    if settings.contract_given or settings.target is None or not settings.target.is_aws:
        return
    if fit.revisions and settings.contract not in fit.revisions:
        options = f"say --contract {fit.revisions[0]}, or --contract {settings.contract} to judge by that all the same"
        raise NoVerdictError(Ending.OTHER_REVISION, f"{fit.sentence}; {options}")


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
        raise NoVerdictError(Ending.UNREACHABLE, no_answer(client.target, last))
    foreign = unknown.answer is None or is_foreign(unknown, client.contract)
    if first is not None and foreign and is_foreign(first, client.contract):
        name = client.contract.operation.name
        raise NoVerdictError(
            Ending.NOT_IMPLEMENTED, f"{endpoint} does not implement {name}: a valid request was answered {first}"
        )
    if first is not None:
        _require_known(client, first)
    if refuses_caller(last):
        told = f"; {words}" if (words := skew(last)) else ""
        raise NoVerdictError(Ending.DENIED, f"{endpoint} {denial(last, client.contract)}{told}")
    if excuse_of(last) is Excuse.QUOTA:
        raise NoVerdictError(Ending.QUOTA, f"{endpoint} starts no image: {reason(last)}")


def _require_known(client: Client, start: Exchange) -> None:
    """Raise `NoVerdictError` where the pipeline of a start is not known."""
    if start.answer is not None and start.answer.code == NOT_FOUND:
        endpoint, pipeline = client.target.endpoint, start.request.pipeline
        raise NoVerdictError(
            Ending.PIPELINE_UNKNOWN, f"{endpoint} does not know the pipeline {pipeline}; name one with --pipeline-arn"
        )
