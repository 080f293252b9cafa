"""Real validators judge the edges by the exported schemas as the contract does, but for what is known of them.

What is known is in `stacks/schemas/validators.toml`; `docs/schemas.md` is written from it and from a measurement of
many more validators than are tried here.
"""

import fnmatch
import re
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_spec import revisions
from stacks.schemas.asking import Environments
from stacks.schemas.examples import PARTS, Question, question
from stacks.schemas.table import ACCEPTS, REFUSES, SOURCE, Cause, Spelling, Validator, read_table
from tests.project.places import ROOT
from tests.support.environments import expect_ci

TABLE = read_table()
OFTEN = [validator for validator in TABLE.validators if validator.often]
QUESTIONS = [question(revision, part) for revision in revisions() for part in PARTS]
EACH_QUESTION = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: f"{asked.revision}-{asked.part}")
EXACT = Validator(id="exact", name="exact", language="python", package="")


@pytest.fixture(scope="module")
def environments() -> Environments:
    expect_ci("what validates by the exported schemas")
    return Environments.made("-often")


@pytest.mark.parametrize("validator", OFTEN, ids=lambda validator: validator.id)
def test_a_validator_agrees_but_for_what_is_known(validator: Validator, environments: Environments) -> None:
    answers = environments.ask(validator, QUESTIONS)
    assert [
        surprise
        for asked, said in zip(QUESTIONS, answers, strict=True)
        for surprise in TABLE.surprises(validator, asked, said)
    ] == []


@EACH_QUESTION
def test_there_is_what_the_contract_accepts_and_what_it_refuses(asked: Question) -> None:
    assert {example.accepted for example in asked.examples} == {True, False}


@EACH_QUESTION
def test_what_is_not_known_of_a_validator_is_told(asked: Question) -> None:
    right = {example.label: ACCEPTS if example.accepted else REFUSES for example in asked.examples}
    assert TABLE.surprises(EXACT, asked, right) == []
    for example in asked.examples:
        wrong = REFUSES if example.accepted else ACCEPTS
        assert len(TABLE.surprises(EXACT, asked, right | {example.label: wrong})) == 1
    assert len(TABLE.surprises(EXACT, asked, "SyntaxError: no such group")) == 1


@EACH_QUESTION
def test_what_is_known_and_no_longer_so_is_told_too(asked: Question) -> None:
    right = {example.label: ACCEPTS if example.accepted else REFUSES for example in asked.examples}
    for cause in TABLE.causes.values():
        if cause.concerns(asked) and (cause.sentence or any(map(cause.explains, right))):
            assert TABLE.surprises(replace(EXACT, causes=(cause.name,)), asked, right)


@pytest.mark.parametrize("cause", TABLE.causes.values(), ids=lambda cause: cause.name)
def test_every_known_cause_is_met_and_every_label_of_it_exists(cause: Cause) -> None:
    assert any(cause.name in validator.causes for validator in TABLE.validators)
    labels = [example.label for asked in QUESTIONS if cause.concerns(asked) for example in asked.examples]
    assert [pattern for pattern in (*cause.labels, *cause.but) if not fnmatch.filter(labels, pattern)] == []
    assert bool(cause.labels) is not bool(cause.sentence)


def test_a_cause_that_nobody_describes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "validators.toml"
    text = SOURCE.read_text(encoding="utf-8")
    path.write_text(text.replace('causes = ["v-flag"]', 'causes = ["v-flags"]'), encoding="utf-8")
    with pytest.raises(ValueError, match="v-flags"):
        read_table(path)


def test_every_column_of_the_page_shows_an_example() -> None:
    labels = {example.label for asked in QUESTIONS if asked.part == "request" for example in asked.examples}
    assert {column.label for column in TABLE.columns} <= labels


@pytest.mark.parametrize("spelling", TABLE.spellings, ids=lambda spelling: spelling.name)
def test_a_spelling_changes_the_rules_of_the_arn_alone(spelling: Spelling) -> None:
    (asked, *_) = QUESTIONS
    plain, other = asked.schema["properties"], spelling.applied(asked.schema)["properties"]
    assert (plain == other) is (spelling.replace is None and spelling.beside is None)
    assert plain | {"imagePipelineArn": None} == other | {"imagePipelineArn": None}


def test_the_page_has_a_row_for_every_validator_and_a_place_for_every_cause() -> None:
    page = (ROOT / "docs" / "schemas.md").read_text(encoding="utf-8")
    assert [each.name for each in TABLE.validators if f"\n| {each.name}" not in page] == []
    assert set(re.findall(r'<a id="(.+?)">', page)) == TABLE.causes.keys() == set(re.findall(r"\]\(#(.+?)\)", page))
