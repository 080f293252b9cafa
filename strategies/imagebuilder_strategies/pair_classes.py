"""Reads `pairs.toml`: the classes of tokens that differ and that a store may take for one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from imagebuilder_strategies.labels import NearMiss

_HOLE = "{}"


@dataclass(frozen=True, slots=True)
class PairClass:
    """A class of pairs, as a row of `pairs.toml` has it.

    Attributes:
        id: Its label; the first segment is the kind.
        base: The token that is sent first, with `{}` for the caller's text.
        partner: The token that is sent after it.
        folded_by: Who takes the two for one.
        every_run: Whether every run without a budget sends it; else a thorough one does.
    """

    id: str
    base: str
    partner: str
    folded_by: str
    every_run: bool

    @property
    def kind(self) -> str:
        """The first segment of the id, such as `case`."""
        return self.id.partition(".")[0]

    @property
    def is_number(self) -> bool:
        """Whether the caller's text is a number, and so is the token."""
        return self.kind == "number"

    @property
    def room(self) -> int:
        """How many characters a token of the class has beside the caller's text."""
        return max(len(half) for half in (self.base, self.partner)) - len(_HOLE)

    def pair(self, text: str) -> NearMiss:
        """The pair of the class that holds a text."""
        return NearMiss(self.id, self.base.replace(_HOLE, text, 1), self.partner.replace(_HOLE, text, 1))


@cache
def pair_classes() -> tuple[PairClass, ...]:
    """The classes in the order of the file: of each kind what real stores fold the most comes first."""
    text = (files(__package__ or "") / "pairs.toml").read_text(encoding="utf-8")
    return tuple(_read(row) for row in tomllib.loads(text)["pair"])


def _read(row: Mapping[str, str]) -> PairClass:
    sent = row["sent"]
    if sent not in {"every-run", "thorough"}:
        raise ValueError(f"pairs.toml: expected {row['id']} to be sent in every-run or thorough, got {sent!r}")
    return PairClass(row["id"], row["base"], row["partner"], row["folded_by"], sent == "every-run")
