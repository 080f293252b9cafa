"""What to tell of a target that refuses who calls: what it says itself, and what the request was signed for."""

import re

from imagebuilder_conformance.client.answers import header_of
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import reason
from imagebuilder_spec import Contract, Family

# Codes of a signature that was read and found wrong; others are about the key, or about what its owner may do.
_OF_SIGNATURES = re.compile("Signature|RequestExpired|RequestTimeTooSkewed|RequestInTheFuture", re.IGNORECASE)
_OF_REGIONS = re.compile(r"\bregion\b", re.IGNORECASE)
_CREDENTIAL = re.compile("Credential=(?P<key>[^/,]*)/[0-9]*/(?P<region>[^/,]*)/(?P<service>[^/,]*)/")


def denial(exchange: Exchange, contract: Contract) -> str:
    """What a target does that refuses the caller, without the subject, such as `refuses the signature: ...`."""
    return f"{_what(exchange, contract)}: {reason(exchange) or exchange.quoted}{_signed(exchange)}"


def _what(exchange: Exchange, contract: Contract) -> str:
    answer = exchange.answer
    code, message = (answer.code or "", answer.message or "") if answer else ("", "")
    if _OF_SIGNATURES.search(code):
        if _OF_REGIONS.search(message):
            return "does not take a signature for this region; say its own with --region"
        return "refuses the signature"
    if code in contract.errors.family(Family.DENIAL):
        return "denies the caller"
    return "refuses the credentials"


def _signed(exchange: Exchange) -> str:
    """For which region, host and key the request was signed."""
    found = _CREDENTIAL.search(header_of(exchange.headers, "authorization") or "")
    if found is None:
        return "; the request was not signed"
    host = header_of(exchange.headers, "host")
    return f"; signed for region {found['region']} and host {host}, with the key {found['key']}"
