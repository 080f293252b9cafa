"""Errors that no request brings about by itself: demanded by the fault interface, of targets that speak it."""

from collections.abc import Iterable

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.faults import raised_as_declared, retry_recovers
from imagebuilder_conformance.oracles.starts import same_image
from imagebuilder_conformance.oracles.used_tokens import token_left_free
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_spec import FaultDemand, load_contract

_ANSWERS = {error.code: f"faults.{error.words}.answer" for error in load_contract().errors.declared.values()}
_OF_THE_CLIENT = [error.code for error in load_contract().errors.declared.values() if error.fault == "client"]
_OF_THE_SERVER = [error.code for error in load_contract().errors.declared.values() if error.fault == "server"]
_BEFORE = "faults.retry.before-start"
_AFTER = "faults.retry.after-start"
_TOKEN_FREE = "faults.token-free"  # noqa: S105  # a clause

# After these a client does well to send the same request again.
_WORTH_A_RETRY = ("ResourceInUseException", "CallRateLimitExceededException")


@check("faults.client-errors", *(_ANSWERS[code] for code in _OF_THE_CLIENT), off_aws=True)
def test_client_errors(probe: Probe) -> None:
    """Each client error that is demanded is answered as the contract declares it."""
    for code in _OF_THE_CLIENT:
        request = probe.unknown(f"a request that demands {code}")
        if fault := _demanded(probe, request, FaultDemand(code), [_ANSWERS[code]]):
            probe.judge(raised_as_declared(fault, probe.contract, _ANSWERS[code]))


@check("faults.server-errors-before", *(_ANSWERS[code] for code in _OF_THE_SERVER), _BEFORE, executions=2, off_aws=True)
def test_server_errors_before(probe: Probe) -> None:
    """Each server error that is demanded is answered as declared, and the same request is a success afterwards."""
    for code in _OF_THE_SERVER:
        request = _valid(probe, code)
        if fault := _demanded(probe, request, FaultDemand(code), [_ANSWERS[code], _BEFORE]):
            probe.judge(raised_as_declared(fault, probe.contract, _ANSWERS[code]))
            retry = probe.settled(request.labelled("a retry without the demand"))
            probe.judge(retry_recovers(fault, retry, _BEFORE))


@check("faults.server-errors-after", _AFTER, executions=2, off_aws=True)
def test_server_errors_after(probe: Probe) -> None:
    """A server error that comes after the start hides one image, which the same request gets from then on."""
    for code in _OF_THE_SERVER:
        request = _valid(probe, code)
        if fault := _demanded(probe, request, FaultDemand(code, after=True), [_AFTER]):
            first, second = (probe.settled(request.labelled(f"the {which} retry")) for which in ("first", "second"))
            if not probe.judge(retry_recovers(fault, first, _AFTER)):
                probe.judge(same_image(first, second, _AFTER))


@check("faults.token-free", _TOKEN_FREE, executions=2, off_aws=True)
def test_token_free(probe: Probe) -> None:
    """A client error that is demanded does not use the token up."""
    for code in _WORTH_A_RETRY:
        request = _valid(probe, code)
        if fault := _demanded(probe, request, FaultDemand(code), [_TOKEN_FREE]):
            retry = probe.settled(request.labelled("a retry without the demand"))
            probe.judge(token_left_free(fault, retry, _TOKEN_FREE))


def _valid(probe: Probe, code: str) -> Request:
    return probe.requests.start(probe.tokens.fresh(), probe.pipeline, f"a request that demands {code}")


def _demanded(probe: Probe, request: Request, demand: FaultDemand, clauses: Iterable[str]) -> Exchange | None:
    """Send a request with a demand; None, and the reason noted, where the target does not raise the fault."""
    reason = probe.no_faults()
    if reason is None:
        exchange = probe.send(request.demanding(demand))
        if exchange.raises_demand:
            return exchange
        probe.require_judgeable(exchange)
        reason = f"the target does not raise {demand} on demand: {exchange}"
    probe.condition_unmet(list(clauses), reason)
    return None
