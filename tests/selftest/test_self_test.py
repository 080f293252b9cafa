"""The self-test: what counts as found and as blamed, and that its published result covers every check."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from imagebuilder_conformance import extras
from imagebuilder_conformance.cli.self_test import command
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.selftest import trials
from imagebuilder_conformance.selftest.page import page
from imagebuilder_conformance.selftest.score import Score, to_json
from imagebuilder_conformance.selftest.trials import Kind, Trial, run_trial
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.verdicts import Ending, RunVerdict

PUBLISHED = Path(__file__).parents[2] / "docs" / "self-test.json"
# Where other checks find the same defects, a check says in its docstring why it is there all the same.
JUSTIFIED = "Kept beside"


def trial(name: str, kind: Kind, expected: tuple[str, ...], broken: dict[str, tuple[str, ...]]) -> Trial:
    verdict = RunVerdict.NON_CONFORMANT if broken else RunVerdict.CONFORMANT
    return Trial(
        name, kind, "documented", f"The sentence of {name}.", expected, verdict, Ending.COMPLETED, broken, 10, 1.0
    )


def score(*trials: Trial) -> Score:
    return Score(trials, "1.0", 7, 12.0)


FOUND = trial("found", Kind.DEFECT, ("a.b",), {"a.b": ("check.one",), "c.d": ("check.two",)})
SURVIVOR = trial("survivor", Kind.DEFECT, ("a.b",), {"c.d": ("check.two",)})
HELD = trial("held", Kind.VARIATION, (), {})
BLAMED = trial("blamed", Kind.VARIATION, (), {"a.b": ("check.one",)})


def test_a_defect_counts_as_found_only_through_the_clause_that_it_breaks() -> None:
    assert FOUND.as_it_should_be
    assert not SURVIVOR.as_it_should_be


def test_a_variation_whose_account_keeps_a_run_from_judging_makes_it_incomplete_and_is_not_blamed() -> None:
    limited = replace(HELD, verdict=RunVerdict.INCOMPLETE, due=RunVerdict.INCOMPLETE)
    assert limited.as_it_should_be
    assert not replace(limited, verdict=RunVerdict.CONFORMANT).as_it_should_be
    assert not replace(limited, broken={"a.b": ("check.one",)}).as_it_should_be
    assert not replace(limited, due=RunVerdict.CONFORMANT).as_it_should_be


def test_a_variation_may_be_warned_about_what_it_declares_and_nothing_else() -> None:
    assert HELD.as_it_should_be
    assert not BLAMED.as_it_should_be
    warned = Trial(
        "warned",
        Kind.VARIATION,
        "documented",
        "s.",
        ("a.b",),
        RunVerdict.CONFORMANT,
        Ending.COMPLETED,
        {"a.b": ("check.one",)},
        1,
        1.0,
    )
    assert warned.as_it_should_be


def test_the_score_is_the_share_of_defects_found() -> None:
    result = score(FOUND, SURVIVOR, HELD, BLAMED)
    assert result.mutation_score == 0.5
    assert [each.name for each in result.survivors] == ["survivor"]
    assert [each.name for each in result.false_alarms] == ["blamed"]
    assert not result.is_perfect
    assert score(FOUND, HELD).is_perfect


def test_a_check_that_alone_found_a_defect_is_a_sole_finder() -> None:
    both = trial("both", Kind.DEFECT, ("a.b",), {"a.b": ("check.one", "check.two")})
    assert score(FOUND, both).sole_finders == {"check.one": 1}
    assert score(FOUND, both).finders == {"check.one": 2, "check.two": 1}


def test_the_page_names_survivors_and_false_alarms() -> None:
    written = page(score(FOUND, SURVIVOR, HELD, BLAMED))
    assert "`survivor`: The sentence of survivor." in written
    assert "`blamed`: The sentence of blamed." in written
    assert "**nobody**" in written


def test_a_real_trial_finds_its_defect() -> None:
    result = run_trial("unknown-pipeline-200", seed=1)
    assert result.as_it_should_be
    assert result.broken["errors.resource-not-found.status"] == ("answers.error-status",)


def test_a_trial_is_made_by_the_revision_of_its_entry() -> None:
    result = run_trial("tags-null-kept", seed=1)
    assert result.revision == "current"
    assert result.as_it_should_be
    assert result.broken["request.tags.null"] == ("request.tags.null",)


def test_the_page_says_by_which_revision_a_trial_was_made() -> None:
    assert "| `found` | documented | The sentence of found. |" in page(score(FOUND))
    assert "| `held` | documented | The sentence of held. |" in page(score(HELD))


def test_the_command_exits_2_for_an_unknown_name_with_one_sentence() -> None:
    result = CliRunner().invoke(command, ["no-such-defect"])
    assert result.exit_code == 2
    assert "no-such-defect" in result.output
    assert "Traceback" not in result.output


def test_a_defect_whose_suite_lacks_its_extra_can_not_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    result = CliRunner().invoke(command, ["sdk-code-empty"])
    assert result.exit_code == 2
    assert "sdk-code-empty: boto3 is not installed" in " ".join(result.output.split())


def test_without_the_extra_the_others_are_tried_and_the_command_says_which_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def run_trials(names: list[str], **_: object) -> list[Trial]:
        tried.extend(names)
        return []

    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    monkeypatch.setattr(trials, "run_trials", run_trials)
    result = CliRunner().invoke(command, [])
    assert "defects of the suite sdk: sdk-" in result.output
    assert "boto3 is not installed" in result.output
    assert {name for name in catalogue.defects() if name not in tried} == {
        name for name in catalogue.defects() if name.startswith("sdk-")
    }


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return loaded


def test_the_published_result_covers_the_catalogue_and_is_perfect(published: dict[str, Any]) -> None:
    tried = {row["name"] for row in published["trials"]}
    assert tried == {*catalogue.defects(), *catalogue.variations()}
    assert published["survivors"] == []
    assert published["false_alarms"] == []
    assert published["mutation_score"] == 1.0


def test_the_readme_publishes_the_score(published: dict[str, Any]) -> None:
    kinds = [row["kind"] for row in published["trials"]]
    defects, variations = kinds.count("defect"), kinds.count("variation")
    readme = (PUBLISHED.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"{defects} of {defects} defects found, 0 of {variations} variations blamed" in readme


def test_for_every_check_a_defect_makes_it_fail(published: dict[str, Any]) -> None:
    finders = {check for row in published["trials"] for checks in row["broken"].values() for check in checks}
    assert {check.id for check in declared_checks()} - finders == set()


def test_a_check_without_which_no_defect_survives_says_why_it_is_there(published: dict[str, Any]) -> None:
    defects = [row for row in published["trials"] if row["kind"] == "defect"]
    found = [row["broken"].get(clause, []) for row in defects for clause in row["expected"]]
    alone = {checks[0] for checks in found if len(checks) == 1}
    unjustified = {check.id for check in declared_checks() if JUSTIFIED not in check.reason} - alone
    assert unjustified == set()


def test_the_published_json_has_the_shape_that_the_command_writes(published: dict[str, Any]) -> None:
    assert published.keys() == to_json(score(FOUND)).keys()


def test_the_page_lists_what_is_out_of_reach_with_its_cost() -> None:
    told = page(Score(trials=(), suite_version="0", seed=1, seconds=0.0))
    [table] = [part for part in told.split("\n## ") if part.startswith("Out of reach")]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 3
    assert all(cell.strip() for row in rows for cell in row.strip("|").split("|"))
    assert table in PUBLISHED.with_suffix(".md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_defect_that_a_thorough_run_alone_shows_is_tried_in_one_and_the_page_says_so() -> None:
    trial = run_trial("token-doubled-trailing-blanks-ignored", seed=1)
    assert trial.outcome == "found"
    assert trial.thorough
    told = page(Score(trials=(trial,), suite_version="0", seed=1, seconds=0.0))
    assert "`token-doubled-trailing-blanks-ignored` (`--thorough`)" in told
