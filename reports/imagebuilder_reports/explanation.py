"""What there is to say of a clause, as data: the command `explain`, the page and the documentation show the same."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """A name or a title, and what there is to say of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together. `code` says that the names are code, such as ids; else they are words."""

    title: str
    items: tuple[Item, ...]
    lead: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clause explained: its statement, the facts of it in a few words each, and the rest by sections.

    `examples` are answers that keep it; a page shows them beside those that break it.
    """

    clause: str
    statement: str
    facts: tuple[Item, ...]
    sections: tuple[Section, ...]
    examples: tuple[Section, ...] = ()


Explain = Callable[[str, str], Explanation | None]
"""Explains a clause, given the revision of the contract and the id; None where nothing is known of it."""


def unexplained(revision: str, clause: str) -> None:
    """Explain nothing: for who has a report and not the suite."""
