"""What a reader of recordings is given, and how one odd entry costs itself alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, TypeVar

from imagebuilder_conformance.auditing.account import Account, Clock, Witnesses
from imagebuilder_conformance.auditing.calls import Headers, LeftOutError, Maker
from imagebuilder_conformance.client.answers import header_of
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import PartialAnswer, known_or_none
from imagebuilder_conformance.idempotency import TOKEN_LIFETIME
from imagebuilder_reports import moments

Entry = TypeVar("Entry")

# Not all that a stranger's file may hold can be foreseen; what an entry of the wrong shape raises, though.
ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one recording; clock and witnesses are those of all."""

    maker: Maker
    clock: Clock
    account: Account
    witnesses: Witnesses

    def exchanges(
        self, entries: Iterable[Entry], exchange: Callable[[str, Entry], Exchange | None]
    ) -> Iterator[Exchange]:
        """The exchanges of entries; what is left out, and each that can't be read, is counted."""
        for number, entry in enumerate(entries, start=1):
            try:
                made = exchange(f"e{number:04d}", entry)
            except LeftOutError as left_out:
                self.account.left_out[left_out.why] += 1
            except ODD as error:
                self.account.odd(number, describe(error))
            else:
                if made is not None:
                    yield made

    def counted(self, exchange: Exchange) -> Exchange:
        """The exchange itself; it is counted if its answer was recorded in part."""
        answer = exchange.answer
        if isinstance(answer, PartialAnswer):
            has_headers = known_or_none(lambda: answer.headers) is not None
            self.account.partial["body" if has_headers else "list of headers"] += 1
        return exchange

    def at(self, moment: object, *headers: Headers) -> float:
        """The time of a moment in ISO 8601; of the first header that tells it where there is none.

        A call whose time nobody knows is further from every other one than a token is known to live.
        """
        read = moments.read(moment) if moment else None
        known = read or next((told for each in headers if (told := _told(each))), None)
        return self.clock.sometime(TOKEN_LIFETIME) if known is None else self.clock.at(known.timestamp())


def describe(error: BaseException) -> str:
    """An exception for people."""
    return f"the member {error} is missing" if isinstance(error, KeyError) else str(error) or type(error).__name__


def seconds(value: object) -> float:
    """A duration that can be one, else none."""
    try:
        number = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return number if isfinite(number) and number > 0 else 0.0


def members(value: Any, name: str) -> Any:
    """A member of what must be an object.

    Raises:
        ValueError: It is none, or lacks the member.
    """
    if not isinstance(value, dict):
        raise ValueError(f"expected an object with {name!r}")  # noqa: TRY004  # told with the other misfits
    if value.get(name) is None:
        raise ValueError(f"it has no {name!r}")
    return value[name]


def _told(headers: Headers) -> datetime | None:
    """When a message was made, to the second, by what signs it or by its date."""
    try:
        if (signed := header_of(headers, "x-amz-date")) is not None:
            return datetime.strptime(signed, "%Y%m%dT%H%M%S%z")
        if (dated := header_of(headers, "date")) is not None:
            return parsedate_to_datetime(dated)
    except ValueError:
        pass
    return None
