"""Keys that end while a run goes on, told from requests that are refused for what they are.

A well-signed request may be refused for its credentials because they have expired, were revoked, or are denied all of a
sudden; or because this target refuses this request so. Only asking again what was accepted before tells the two apart.
"""

import re
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from imagebuilder_conformance.client.answers import header_of
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.target import CredentialsLostError
from imagebuilder_spec import Family, load_contract

# The protocol's: a request must arrive within five minutes of its date.
_TOLERANCE = timedelta(minutes=5)
_KEY_ID = re.compile(r"Credential=([^/,\s]+)/")
# Refusals for which the time of a signature can be the reason.
_OF_TIME = frozenset({"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch"})


class CredentialsRenewedError(CredentialsLostError):
    """The credentials had ended while a request was under way, and there are others now: it can be asked again."""


class CredentialsDoubtedError(CredentialsLostError):
    """A worker's credentials were refused, and it has not seen any request accepted that it could ask again."""


def refuses_caller(exchange: Exchange) -> bool:
    """Whether an answer refuses the caller, by its status or by its code, and not the request."""
    answer = exchange.answer
    if answer is None or answer.is_success:
        return False
    # The table of errors is common to all revisions.
    return answer.status in {401, 403} or answer.code in load_contract().errors.family(Family.AUTHENTICATION)


def skew(exchange: Exchange) -> str | None:
    """What the clocks say, if a signature is refused while this machine's differs too much from the target's."""
    answer = exchange.answer
    if answer is None or not refuses_caller(exchange) or answer.code not in _OF_TIME:
        return None
    signed, told = _signed_at(exchange.headers), _answered_at(answer.header("date"))
    if signed is None or told is None or abs(signed - told) <= _TOLERANCE:
        return None
    return (
        f"clock skew: the request was signed at {_in_words(signed)} by this machine's clock, and answered at "
        f"{_in_words(told)} by the target's; set the clock that is wrong"
    )


def _signed_at(headers: Iterable[tuple[str, str]]) -> datetime | None:
    try:
        return datetime.strptime(header_of(headers, "x-amz-date") or "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _answered_at(date: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told


def _in_words(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_of(exchange: Exchange) -> str | None:
    """The id of the access key that a request was signed with."""
    found = _KEY_ID.search(header_of(exchange.headers, "authorization") or "")
    return found[1] if found else None


class KeyWatch:
    """What is known of the credentials of a run: the last valid requests that they were accepted for, if any.

    `proven` says that they were accepted before by another process of the run. `lock` is held by who finds out whether
    they have ended, and `is_asking` is set meanwhile.
    """

    def __init__(self, *, proven: bool = False) -> None:
        self._proven = proven
        self._started: Request | None = None
        self._refused: Request | None = None
        self.lock = threading.RLock()
        self.is_asking = False
        self._of_odd_ones: set[str] = set()

    @property
    def to_ask(self) -> tuple[Request, ...]:
        """What to ask again: a start, and what was refused for itself, as a target may refuse every replay."""
        asked = (self._started, self._refused)
        return tuple(each.labelled("whether the credentials still serve") for each in asked if each is not None)

    def note(self, exchange: Exchange) -> None:
        """Take note of an exchange: a valid request for which the caller was accepted can be asked again."""
        request, answer = exchange.request, exchange.answer
        if answer is None or answer.is_server_error or exchange.is_throttled or refuses_caller(exchange):
            return
        if not _is_valid(request) or request.demand is not None:
            return
        if answer.image:
            self._started = request
        elif not answer.is_success:
            self._refused = self._refused or request

    def doubts(self, exchange: Exchange) -> bool:
        """Whether an answer may mean that the credentials have ended: well signed, refused, and accepted before."""
        request = exchange.request
        if request.sign is not None or request.demand is not None or not (self._proven or self.to_ask):
            return False
        return refuses_caller(exchange) and (not self._is_odd(request) or str(exchange) not in self._of_odd_ones)

    def clear(self, exchange: Exchange) -> None:
        """Take note that a request was refused for itself. If it is an odd one, others like it are no news."""
        if self._is_odd(exchange.request):
            self._of_odd_ones.add(str(exchange))

    def _is_odd(self, request: Request) -> bool:
        """Whether a request may well be refused for what it is: not one for a pipeline that was started."""
        return not _is_valid(request) or self._started is None or request.pipeline != self._started.pipeline


def _is_valid(request: Request) -> bool:
    return request.sign is None and request.violates is None and not request.off_operation
