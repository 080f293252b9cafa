"""`docs/stacks.md`: what a run of the suite found on each stack."""

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from .table import Stack, Table

_HEAD = """\
# Real stacks

The operation, right, on stacks that people use, and what the suite says of each. The targets are in
[examples/targets](../examples/targets), about sixty lines each, written as the stack's documentation shows it; they are
starting points too. They verify no signatures, so the suite is `core`.

`tox -e stacks` installs and runs them all and writes this page; `.ci/parts stacks` tries those on Python and Node.js.
Tried on {day}: {system}.

## Right targets

Each is conformant, with exit code 0. A warning is a SHOULD that the stack does not keep by itself.

| stack | versions | verdict | warnings |
| --- | --- | --- | --- |
"""
_WARNINGS = """
## The warnings, and why

| clause | stacks | why |
| --- | --- | --- |
"""
_VARIANTS = """
## Variants, named in advance

What becomes of a target that leaves something to its stack: its error pages, exceptions, what its schema makes of a
value. Each breaks exactly what is listed here, and is warned about exactly that. The lines that make the difference are
in [stacks.toml](../examples/targets/stacks.toml).

| variant | verdict | clause | why |
| --- | --- | --- | --- |
"""
_BESIDES = """
## Seen besides

Stacks without a target here, each tried with a right one; what is not named was conformant.

| stack | what was seen |
| --- | --- |
"""


@dataclass(frozen=True)
class Outcome:
    """What a run against a stack came to. It goes between processes as JSON."""

    title: str
    versions: str
    day: str
    code: int
    broken: list[str]
    warned: list[str]

    as_json = asdict

    @property
    def verdict(self) -> str:
        """In a word."""
        return {0: "conformant", 1: "non-conformant"}.get(self.code, f"exit code {self.code}")


def today() -> str:
    """The date of this run."""
    return datetime.now(UTC).date().isoformat()


def write_page(path: Path, table: Table, outcomes: dict[str, Outcome]) -> None:
    """Write the page about the stacks that were tried, in the order of the table."""
    tried = [stack for stack in table.stacks if stack.title in outcomes]
    system = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, CPython {platform.python_version()}"
    day = max((outcome.day for outcome in outcomes.values()), default=today())
    parts = [
        _HEAD.format(day=day, system=system),
        *(_row(outcomes[stack.title]) for stack in tried if stack.variant is None),
        _WARNINGS,
        *_warnings(tried, table.everywhere),
        _VARIANTS,
        *(
            _variant(stack, table.find(stack.name), outcomes[stack.title])
            for stack in tried
            if stack.variant is not None
        ),
        _BESIDES,
        *(f"| {stack} | {seen} |\n" for stack, seen in table.besides.items()),
    ]
    path.write_text("".join(parts), encoding="utf-8")


def _row(outcome: Outcome) -> str:
    return f"| {outcome.title} | {outcome.versions} | {outcome.verdict} | {_listed(outcome.warned) or 'none'} |\n"


def _warnings(tried: list[Stack], everywhere: dict[str, str]) -> Iterator[str]:
    """A row for each clause and reason, with the stacks that share it."""
    sharing: dict[tuple[str, str], list[str]] = {}
    for stack in tried:
        if stack.variant is None:
            for clause, why in (stack.warned | stack.perhaps).items():
                often = " (by chance)" if clause in stack.perhaps else ""
                sharing.setdefault((clause, why), []).append(stack.name + often)
    for clause, why in everywhere.items():
        yield f"| `{clause}` | all, and not listed above | {why} |\n"
    for (clause, why), names in sorted(sharing.items()):
        yield f"| `{clause}` | {', '.join(names)} | {why} |\n"


def _variant(stack: Stack, right: Stack, outcome: Outcome) -> str:
    """A row for each clause; of warnings only those that the right target does not get."""
    rows = [(f"**{outcome.verdict}**", clause, stack.broken.get(clause, "")) for clause in outcome.broken]
    more = [clause for clause in outcome.warned if clause not in right.warned | right.perhaps]
    why = stack.warned | {clause: f"By chance. {reason}" for clause, reason in stack.perhaps.items()}
    rows += [(f"{outcome.verdict}, warned", clause, why.get(clause, "")) for clause in more]
    return "".join(f"| {stack.title} | {verdict} | `{clause}` | {reason} |\n" for verdict, clause, reason in rows)


def _listed(clauses: list[str]) -> str:
    return ", ".join(f"`{clause}`" for clause in clauses)
