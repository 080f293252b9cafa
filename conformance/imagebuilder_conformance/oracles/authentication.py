"""Requests with a signature fault: refused, with a status and a code for it."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_spec import Contract, Family

_STATUSES = frozenset({400, 401, 403})
# A denial is what is asked for.
_EXCUSED_BY = ALL - {Excuse.DENIED}


class BadSignatureAccepted(Failure):
    """A request with a signature fault was a success."""

    code = "auth.accepted"
    title = "A request with a signature fault was accepted"
    hint = "Verify the signature over method, path, headers and the body as it came, with date, region and service."


class BadSignatureCrashes(Failure):
    """A request with a signature fault got a server error or no answer."""

    code = "auth.server-error"
    title = "A request with a signature fault was not answered properly"
    hint = "The code that reads the header takes it for well-formed; refuse what can't be read."


class BadSignatureStatus(Failure):
    """A signature fault was answered with another status."""

    code = "auth.status"
    title = "A signature fault was answered with another status"
    hint = "Answer 403, as AWS was seen to do; 400 and 401 are published too."


class BadSignatureCode(Failure):
    """A signature fault was answered with a code for something else."""

    code = "auth.code"
    title = "A signature fault was answered with a code for something else"
    hint = "Verify the signature before everything else, and use a code such as InvalidSignatureException."


@oracle(BadSignatureAccepted, BadSignatureCrashes, excused_by=_EXCUSED_BY)
def signature_refused(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A request with a signature fault is not a success."""
    expected = f"a refusal for {exchange.request.label}"
    if exchange.answer is None or exchange.answer.is_server_error:
        yield BadSignatureCrashes(clause, expected, str(exchange), (exchange,))
    elif exchange.is_success:
        yield BadSignatureAccepted(clause, expected, str(exchange), (exchange,))
    else:
        yield Held(clause)


@oracle(BadSignatureStatus, BadSignatureCode, excused_by=_EXCUSED_BY)
def refusal_in_form(exchange: Exchange, contract: Contract, status: str, code: str) -> Iterator[Finding]:
    """A refused signature fault has an admissible status and a code of the authentication family."""
    answer = exchange.answer
    if answer is None or answer.is_success:
        return
    if answer.status in _STATUSES:
        yield Held(status)
    else:
        expected = " or ".join(map(str, sorted(_STATUSES)))
        yield BadSignatureStatus(status, expected, str(answer), (exchange,))
    if answer.code is None or answer.is_server_error:
        return
    if answer.code in contract.errors.family(Family.AUTHENTICATION):
        yield Held(code)
    else:
        yield BadSignatureCode(code, "a code of the authentication family", answer.code, (exchange,))
