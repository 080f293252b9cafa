"""What was read of each recording, what was left out, and why."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from imagebuilder_reports.legible import plural


class LeftOut(StrEnum):
    """Why an entry of a recording is not judged; the words follow a number of calls or entries."""

    OTHER_REQUEST = "that are not calls of the operation"
    OTHER_OPERATION = "that are calls of other operations of the service"
    OTHER_TARGET = "to other endpoints than --endpoint-url"
    NO_BODY = "whose request body was not recorded"
    LENGTH = "whose request body has another length than was sent"
    REDACTED = "whose parameters were redacted"
    NO_PARAMETERS = "whose parameters were not recorded"
    AGAIN = "that were recorded twice"
    UNTOLD = "that overlap in a log that does not tell them apart"
    MELTED = "whose request and answer do not belong together"
    ILLEGIBLE = "that can't be read as what the format describes"


@dataclass(slots=True)
class Witnesses:
    """Whom calls were made by, and when, where records say it: accounts, regions, user agents, times, shared tokens.

    `ids` has those of the records that were read, over all recordings: several trails may deliver one.
    """

    ids: set[str] = field(default_factory=set)
    accounts: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    tokens: Counter[int] = field(default_factory=Counter)
    first: str = ""
    last: str = ""

    def add(self, *, account: str, region: str, agent: str, time: str, token: str) -> None:
        """Take note of a call; what is empty was not recorded."""
        name = agent.split(" ", maxsplit=1)[0]
        for counter, value in ((self.accounts, account), (self.regions, region), (self.agents, name)):
            if value:
                counter[value] += 1
        # One number for each token, however long it is.
        self.tokens[hash((account, region, token))] += 1
        if time:
            self.first, self.last = min(self.first or time, time), max(self.last, time)

    def __str__(self) -> str:
        """One sentence, or nothing where nothing was recorded."""
        if not self.tokens:
            return ""
        called = ", ".join(f"{agent} ({count})" for agent, count in self.agents.most_common(5))
        retries = self.tokens.total() - len(self.tokens)
        return (
            f"account {', '.join(self.accounts) or 'unknown'}, region {', '.join(self.regions) or 'unknown'}, "
            f"{self.first or 'unknown'} to {self.last or 'unknown'}, by {called or 'unknown clients'}; "
            f"{plural(retries, 'call')} with a token that an earlier one had"
        )


@dataclass(slots=True)
class Account:
    """What came of one recording.

    Attributes:
        name: The file, and what of it where it holds several recordings.
        form: What the format is called.
        calls: How many calls of the operation were judged.
        left_out: How many entries were not, by why.
        partial: How many of the calls have an answer that was recorded in part, by what it lacks.
        incomplete: Why there should be more in it, if so.
        oddity: What is wrong with the first entry that can't be read.
    """

    name: str
    form: str = ""
    calls: int = 0
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    partial: Counter[str] = field(default_factory=Counter)
    incomplete: str | None = None
    oddity: str = ""

    def odd(self, number: int, error: object) -> None:
        """Take note of an entry that can't be read."""
        self.left_out[LeftOut.ILLEGIBLE] += 1
        self.oddity = self.oddity or f"entry {number}: {error}"

    def __str__(self) -> str:
        """The recording in one sentence."""
        parts = [f"{plural(self.calls, 'call')} judged"]
        parts += [f"{count} with an answer whose {part} was not recorded" for part, count in self.partial.items()]
        text = f"{self.name} ({self.form}): {', '.join(parts)}"
        left_out = [f"{self.left_out[why]} {why}" for why in LeftOut if self.left_out[why]]
        if left_out:
            text += f"; left out: {', '.join(left_out)}"
        if self.oddity:
            text += f" ({self.oddity})"
        return text


@dataclass(slots=True)
class Accounts:
    """What came of all recordings."""

    each: list[Account] = field(default_factory=list)
    witnesses: Witnesses = field(default_factory=Witnesses)

    def __iter__(self) -> Iterator[Account]:
        return iter(self.each)

    @property
    def incomplete(self) -> str | None:
        """Why there should be more, of all of them."""
        return "; ".join(each.incomplete for each in self.each if each.incomplete) or None

    @property
    def measured(self) -> dict[str, float]:
        """What was left out as figures for a report."""
        total = sum((each.left_out for each in self.each), Counter[LeftOut]())
        return {f"left-out.{why.name.lower().replace('_', '-')}": float(total[why]) for why in LeftOut}


@dataclass(slots=True)
class Clock:
    """One clock for all recordings: seconds since the first exchange that was read."""

    epoch: float | None = None
    unknown: int = 0

    def at(self, moment: float) -> float:
        """The time of a moment, which is in seconds since 1970."""
        if self.epoch is None:
            self.epoch = moment
        return moment - self.epoch

    def sometime(self, apart: float) -> float:
        """A time for what has none: before all others, and further from each other one than `apart` seconds."""
        self.unknown += 1
        return -1e9 - self.unknown * (apart + 1)
