"""The table of stacks fits the contract and the targets; `tox -e stacks` holds it against the stacks themselves."""

from pathlib import Path

import pytest

from imagebuilder_spec import Level, load_contract
from stacks.serving import files_of
from stacks.table import TARGETS, Stack, read_table

TABLE = read_table()
LEVELS = {name: clause.level for name, clause in load_contract().clauses.items()}
STACKS = pytest.mark.parametrize("stack", TABLE.stacks, ids=lambda stack: stack.title)


@STACKS
def test_what_breaks_is_a_must_and_what_warns_a_should(stack: Stack) -> None:
    assert {LEVELS[clause] for clause in stack.broken} <= {Level.MUST}
    assert {LEVELS[clause] for clause in [*stack.warned, *stack.perhaps, *TABLE.everywhere]} <= {Level.SHOULD}


@STACKS
def test_a_variant_is_its_target_but_for_what_it_replaces(stack: Stack) -> None:
    right = files_of(TABLE.find(stack.name))
    assert (files_of(stack) == right) is (stack.variant is None)


@pytest.mark.parametrize(
    "target",
    [path for path in sorted(TARGETS.glob("*/*")) if path.suffix in {".py", ".mjs", ".go", ".php", ".pl", ".rb"}],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_target_is_short(target: Path) -> None:
    assert len(target.read_text(encoding="utf-8").splitlines()) <= 85
