"""A caller without the permission: one request, which starts nothing on a conformant target."""

from dataclasses import replace

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.signing import signed_by
from imagebuilder_conformance.oracles.denial import DENIED_CALLER, denied, denied_in_form, knows_the_caller
from imagebuilder_conformance.oracles.excuses import Excuse, excuse_of
from imagebuilder_conformance.probing.probe import Probe

_FORM = "errors.forbidden.form"
_CLAUSES = (DENIED_CALLER, _FORM)


@check("errors.forbidden", *_CLAUSES)
def test_denied_caller(probe: Probe) -> None:
    """A caller without the permission is refused with 403, and starts no image."""
    caller = probe.client.target.denied
    if caller is None:
        probe.condition_unmet(_CLAUSES, "no --denied-profile names a caller without the permission")
        return
    request = probe.requests.start(probe.tokens.fresh(), probe.pipeline, "a start by a caller without the permission")
    signer = signed_by(caller, probe.contract.operation.signing_name)
    exchange = probe.send(replace(request, sign=signer, harmless=True))
    if (excuse := excuse_of(exchange)) and excuse is not Excuse.DENIED:
        probe.give_up(f"the caller without the permission was answered {exchange}")
    if not knows_the_caller(exchange, probe.contract):
        probe.give_up(f"the target does not know the caller of --denied-profile: {exchange}")
    probe.judge(denied(exchange, DENIED_CALLER))
    probe.judge(denied_in_form(exchange, probe.contract, _FORM))
