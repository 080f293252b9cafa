"""The table of stacks, `examples/targets/stacks.toml`, read and checked."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGETS = Path(__file__).parents[1] / "examples" / "targets"
GROUPS = ("python", "node", "debian", "gateways")


@dataclass(frozen=True)
class Stack:
    """A target on a stack: how it is started and what a run against it is expected to find.

    The file's head says what its members mean. Of clauses there are the reasons, by id.
    """

    name: str
    group: str
    folder: str
    start: tuple[str, ...]
    packages: tuple[str, ...]
    variables: dict[str, str]
    behind: str | None
    variant: str | None
    replace: tuple[tuple[str, str], ...]
    broken: dict[str, str]
    warned: dict[str, str]
    perhaps: dict[str, str]

    @property
    def title(self) -> str:
        """The name, and that of the variant."""
        return self.name if self.variant is None else f"{self.name}: {self.variant}"


@dataclass(frozen=True)
class Table:
    """All stacks in the order of the file, and what the file's other tables say."""

    stacks: tuple[Stack, ...]
    everywhere: dict[str, str]
    languages: dict[str, list[str]]
    besides: dict[str, str]

    def find(self, title: str) -> Stack:
        """The stack of that title."""
        return next(stack for stack in self.stacks if stack.title == title)


def read_table(path: Path = TARGETS / "stacks.toml") -> Table:
    """The table.

    Raises:
        TypeError: An entry has a member that nobody knows.
        ValueError: An entry is of no known group, a right target breaks something, or two have one title.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    stacks = tuple(stack for entry in table["stack"] for stack in _with_variants(entry, table["reasons"]))
    titles = [stack.title for stack in stacks]
    if len(set(titles)) < len(titles):
        raise ValueError(f"{path.name}: expected titles that differ, got {sorted(titles)}")
    return Table(stacks, table["everywhere"], table["languages"], table["besides"])


def _with_variants(entry: dict[str, Any], reasons: dict[str, str]) -> list[Stack]:
    own = {key: value for key, value in entry.items() if key != "variant"}
    return [
        _stack(own, reasons),
        *(
            _stack(own | variant | {"name": entry["name"], "variant": variant["name"]}, reasons)
            for variant in entry.get("variant", [])
        ),
    ]


def _stack(entry: dict[str, Any], reasons: dict[str, str]) -> Stack:
    members: dict[str, Any] = {
        "folder": entry["group"],
        "variables": {},
        "behind": None,
        "variant": None,
        **entry,
        "start": tuple(entry["start"]),
        "packages": tuple(entry["packages"]),
        "replace": tuple((old, new) for old, new in entry.get("replace", [])),
    }
    for kind in ("broken", "warned", "perhaps"):
        members[kind] = {clause: reasons.get(why, why) for clause, why in entry.get(kind, {}).items()}
    stack = Stack(**members)
    if stack.group not in GROUPS:
        raise ValueError(f"{stack.title}: expected a group of {', '.join(GROUPS)}, got {stack.group}")
    if stack.broken and stack.variant is None:
        raise ValueError(f"{stack.title}: expected a right target to break nothing, got {', '.join(stack.broken)}")
    return stack
