"""Well-formed values: whatever else is wrong with them, they are not refused as malformed."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import excuse_of
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.starts import NOT_FOUND


class LegalNameRefused(Failure):
    """A legal name of a pipeline was refused otherwise than as unknown."""

    code = "well-formed.refused"
    title = "A legal pipeline name was not looked up"
    hint = "Hold names against the pattern of the contract; every legal name can be looked up."


class WellFormedTakenForMalformed(Failure):
    """A well-formed ARN was answered as a malformed one is."""

    code = "well-formed.taken-for-malformed"
    title = "A well-formed ARN was answered as a malformed one"
    hint = "The pattern of the contract allows this ARN; the validation is stricter than the contract."


@oracle(LegalNameRefused)
def well_formed(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A legal name is looked up: not found, or, should it exist, started."""
    answer = exchange.answer
    if exchange.is_success or (answer is not None and (answer.status == 404 or answer.code == NOT_FOUND)):
        yield Held(clause)
    else:
        expected = f"{NOT_FOUND} (404) for {exchange.request.label}"
        yield LegalNameRefused(clause, expected, str(exchange), (exchange,))


@oracle(WellFormedTakenForMalformed)
def not_malformed(malformed: Exchange, exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A well-formed ARN is not answered 400 with the very code that a malformed one gets."""
    if malformed.answer is None or malformed.answer.is_server_error or excuse_of(malformed):
        return
    answer = exchange.answer
    if answer is not None and answer.status == 400 and answer.code == malformed.answer.code:
        expected = f"any answer but that of a malformed ARN ({malformed})"
        yield WellFormedTakenForMalformed(clause, expected, str(exchange), (malformed, exchange))
    else:
        yield Held(clause)
