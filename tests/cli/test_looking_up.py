"""`list`, `explain`, `--help` and `--version`: what would be checked, and why."""

from importlib.metadata import version

import pytest
from click.testing import CliRunner

from imagebuilder_conformance.cli import main
from imagebuilder_spec import load_contract

CLAUSES = load_contract().clauses


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_list_shows_every_clause_with_its_level_and_statement() -> None:
    listed = said("list")
    for clause in CLAUSES.values():
        [line] = [line for line in listed.splitlines() if f" {clause.id} " in line]
        assert clause.level in line
        assert clause.statement in line


def test_list_marks_what_may_not_be_judged() -> None:
    listed = said("list").splitlines()
    for clause in CLAUSES.values():
        [line] = [line for line in listed if f" {clause.id} " in line]
        assert ("?" in line.split(clause.id)[0]) is (clause.activity == "passive" or clause.condition is not None)


def test_list_names_each_area_once() -> None:
    areas = [line for line in said("list").splitlines() if line and " " not in line]
    assert sorted(areas) == sorted({clause.area for clause in CLAUSES.values()})


def test_list_below_a_prefix_shows_nothing_else() -> None:
    listed = said("list", "idempotency.replay")
    assert "idempotency.replay.same-image" in listed
    assert "idempotency.mismatch.refused" not in listed
    assert "request." not in listed


@pytest.mark.parametrize("clause", ["idempotency.replay.same-image", "errors.service.status", "wire.session-token"])
def test_explain_says_what_it_promises_where_it_comes_from_and_who_judges_it(clause: str) -> None:
    explained = said("explain", clause)
    facts = CLAUSES[clause]
    for shown in (facts.id, facts.statement, facts.level, facts.evidence, facts.source, facts.condition or ""):
        assert shown in explained
    assert "Judged by" in explained
    assert explained.split("Judged by")[1].strip()
    assert "How implementers get it wrong, and how to mend it" in explained


def test_explain_names_the_defects_that_break_it_and_the_headers_of_a_form() -> None:
    assert "race-last-wins: " in said("explain", "idempotency.concurrent.duplicates")
    explained = said("explain", "wire.form.curl")
    assert "User-Agent: curl/7.88.1" in explained
    assert "signature covers content-type, host, x-amz-date" in explained


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("idempotency.replay.same-imag", "idempotency.replay.same-image"),
        ("request.clienttoken.max-length", "request.client-token.max-length"),
        ("errors.not-found.status", "errors.resource-not-found.status"),
    ],
)
def test_explain_knows_what_was_meant(wrong: str, near: str) -> None:
    assert near in said("explain", wrong, code=2)


def test_explain_of_nonsense_points_to_the_list() -> None:
    assert "`list`" in said("explain", "zzz", code=2)


def test_clauses_of_another_revision_are_listed_and_explained_by_it() -> None:
    assert "request.tags.max-entries" in said("list", "--contract", "current")
    assert "request.tags" not in said("list")
    explained = said("explain", "request.tags.max-entries", "--contract", "current")
    assert 'SDK model: TagMap: "type": "map", "max": 50' in explained
    assert "request.tags.broken-map" in explained


@pytest.mark.parametrize(
    "arguments",
    [("explain", "request.tags.max-entries"), ("list", "request.tags"), ("run", "request.tags", "--report-dir", "x")],
    ids=lambda arguments: arguments[0],
)
def test_what_only_another_revision_has_is_pointed_out(arguments: tuple[str, ...]) -> None:
    refused = " ".join(said(*arguments, code=2).split())
    assert "documented" in refused
    assert "--contract current" in refused


@pytest.mark.parametrize("command", ["run", "serve", "list", "explain", "self-test"])
def test_every_command_has_help(command: str) -> None:
    assert command in said("--help")
    assert "Usage:" in said(command, "--help")


def test_the_version_is_that_of_the_package() -> None:
    assert version("imagebuilder-conformance") in said("--version")


def test_explain_of_a_prefix_explains_the_group_in_short() -> None:
    explained = said("explain", "idempotency.replay")
    group = [clause for id_, clause in CLAUSES.items() if id_.startswith("idempotency.replay.")]
    assert explained.startswith(f"idempotency.replay: {len(group)} clauses\n")
    for clause in group:
        assert clause.id in explained
        assert clause.statement in " ".join(explained.split())
    assert "idempotency.mismatch" not in explained


def test_a_prefix_that_is_mistyped_is_guessed_where_it_selects() -> None:
    for words in (("run", "idempotensy.replay"), ("plan", "idempotensy.replay")):
        assert "did you mean idempotency.replay" in " ".join(said(*words, code=2).split())
