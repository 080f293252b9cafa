"""A caller who is known to the target and may not start images: refused."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_spec import Contract, Family

DENIED_CALLER = "errors.forbidden.denied-caller"
"""The clause of a caller without the permission."""

_STATUS = 403
# A denial is what is asked for.
_EXCUSED_BY = ALL - {Excuse.DENIED}


class DeniedCallerServed(Failure):
    """A caller without the permission started an image."""

    code = "denial.served"
    title = "A caller without the permission started an image"
    hint = "A valid signature says who calls, not what they may do; ask for the permission too."


class DenialCrashes(Failure):
    """A caller without the permission got something else than a client error."""

    code = "denial.no-client-error"
    title = "A caller without the permission was not refused with a client error"
    hint = "The code that finds the permission missing does not answer; refuse with 403 and ForbiddenException."


class DenialForm(Failure):
    """A denial has another status or code than those of a denial."""

    code = "denial.form"
    title = "A denial has another status or code than those of a denial"
    hint = "Answer 403 with ForbiddenException, which the operation declares, or with AccessDeniedException."


@oracle(DeniedCallerServed, DenialCrashes, excused_by=_EXCUSED_BY)
def denied(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A caller without the permission is refused with a client error."""
    answer = exchange.answer
    expected = "a client error (403) for a caller without the permission"
    if exchange.is_success:
        yield DeniedCallerServed(clause, expected, str(exchange), (exchange,))
    elif answer is None or not answer.is_client_error:
        yield DenialCrashes(clause, expected, str(exchange), (exchange,))
    else:
        yield Held(clause)


@oracle(DenialForm, excused_by=_EXCUSED_BY)
def denied_in_form(exchange: Exchange, contract: Contract, clause: str) -> Iterator[Finding]:
    """A client error for a caller without the permission has the status 403 and a code of a denial."""
    answer = exchange.answer
    if answer is None or not answer.is_client_error:
        return
    if answer.status == _STATUS and answer.code in contract.errors.family(Family.DENIAL):
        yield Held(clause)
    else:
        expected = f"{_STATUS} with ForbiddenException or AccessDeniedException"
        yield DenialForm(clause, expected, str(answer), (exchange,))


def knows_the_caller(exchange: Exchange, contract: Contract) -> bool:
    """Whether a target that refuses does so for the permission, and not because it does not know who calls."""
    strangers = contract.errors.family(Family.AUTHENTICATION) - contract.errors.family(Family.DENIAL)
    return exchange.answer is None or exchange.answer.code not in strangers
