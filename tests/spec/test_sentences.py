import json
import re
from collections.abc import Iterator

import pytest

from imagebuilder_spec import Clause, Evidence, Level, data_file, load_contract, load_sentences, revisions

from .page import (
    ERRORS,
    LONGEST_REQUEST_ID,
    LONGEST_TOKEN,
    MODEL_LONGEST_KEY,
    MODEL_LONGEST_TOKEN,
    MODEL_LONGEST_VALUE,
    MODEL_MOST_TAGS,
    MODEL_RESPONSE_PATTERN,
    MODEL_TAG_KEY,
    REQUEST_PATTERN,
    RESPONSE_PATTERN,
)

CLAUSES = load_contract().clauses
SENTENCES = load_sentences()
NAMED = {clause for sentence in SENTENCES for clause in sentence.clauses}

# What the schema holds in other words: the sentences of the page that give a limit, a pattern or a status.
LIMITS = [
    f"Minimum length of 1. Maximum length of {LONGEST_TOKEN}.",
    f"Minimum length of 1. Maximum length of {LONGEST_REQUEST_ID}.",
    f"Pattern: {REQUEST_PATTERN}",
    f"Pattern: {RESPONSE_PATTERN}",
    *(f"HTTP Status Code: {status}" for status in set(ERRORS.values())),
]


# The same of the model, whose patterns are JSON strings.
MODEL_LIMITS = [
    f'"max": {MODEL_LONGEST_TOKEN}, "min": 1',
    f'"max": {LONGEST_REQUEST_ID}, "min": 1',
    f'"max": {MODEL_MOST_TAGS}, "min": 1',
    f'"max": {MODEL_LONGEST_KEY}, "min": 1',
    f'"max": {MODEL_LONGEST_VALUE}',
    *(f'"pattern": {json.dumps(pattern)}' for pattern in (REQUEST_PATTERN, MODEL_RESPONSE_PATTERN, MODEL_TAG_KEY)),
    *(f'"httpStatusCode": {status}' for status in set(ERRORS.values())),
]


def named(revision: str) -> set[str]:
    return {clause for sentence in load_sentences(revision) for clause in sentence.clauses}


@pytest.mark.parametrize("revision", revisions())
def test_every_clause_that_a_sentence_names_is_of_its_revision(revision: str) -> None:
    assert sorted(named(revision) - load_contract(revision).clauses.keys()) == []


@pytest.mark.parametrize("limit", MODEL_LIMITS)
def test_every_limit_of_the_model_is_among_its_sentences(limit: str) -> None:
    assert any(limit in sentence.text for sentence in load_sentences("current"))


@pytest.mark.parametrize("revision", [revision for revision in revisions() if revision != "documented"])
def test_what_a_later_revision_added_or_rests_otherwise_is_named_by_one_of_its_sentences(revision: str) -> None:
    clauses = load_contract(revision).clauses.values()
    resting = {clause.id for clause in clauses if clause.level is Level.MUST and clause != CLAUSES.get(clause.id)}
    assert sorted(resting - named(revision)) == []


@pytest.mark.parametrize("revision", revisions())
def test_no_source_quotes_a_token_limit_of_another_revision(revision: str) -> None:
    others = {load_contract(other).token_lengths.stop - 1 for other in revisions() if other != revision}
    for clause in load_contract(revision).clauses.values():
        if "token" in clause.source.lower():
            assert not others & set(map(int, re.findall(r"\d+", clause.source))), clause.id


def test_the_quotations_of_the_model_are_among_its_sentences() -> None:
    model = _plain(" ".join(f"{sentence.section} {sentence.text}" for sentence in load_sentences("current"))).lower()
    quoting = [each for each in load_contract("current").clauses.values() if each.evidence is Evidence.MODEL]
    quoted = [(each, text) for each in quoting for text in re.findall(r'"([^"]+)"', each.source)]
    assert quoted
    for clause, text in quoted:
        assert _plain(text).lower() in model, f"{clause.id}: {text}"


def documented() -> Iterator[Clause]:
    for clause in CLAUSES.values():
        if clause.level is Level.MUST and clause.evidence is Evidence.DOCUMENTED:
            yield clause


# They rest on another page: the common errors, to which this one points, say when a request is too old.
ON_ANOTHER_PAGE = {"auth.stale-date", "auth.future-date"}


@pytest.mark.parametrize("clause", [clause.id for clause in documented()])
def test_every_documented_must_is_named_by_a_sentence(clause: str) -> None:
    assert clause in NAMED or clause in ON_ANOTHER_PAGE


def test_what_rests_on_another_page_says_so() -> None:
    for clause in ON_ANOTHER_PAGE:
        assert CLAUSES[clause].source.startswith("Common Errors:")


def test_no_clause_is_assumed_and_a_must() -> None:
    assert [
        each.id for each in CLAUSES.values() if each.level is Level.MUST and each.evidence is Evidence.ASSUMED
    ] == []


def test_the_quotations_of_documented_clauses_are_on_the_page() -> None:
    page = _plain(" ".join(f"{sentence.section} {sentence.text}" for sentence in SENTENCES))
    for clause in documented():
        if clause.id in ON_ANOTHER_PAGE:
            continue
        for quotation in re.findall(r'"([^"]+)"', clause.source):
            parts = [_plain(part) for part in quotation.split("...")]
            assert all(part in page for part in parts), f"{clause.id}: {quotation}"


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_of_the_page_is_among_the_sentences(limit: str) -> None:
    assert any(limit in sentence.text for sentence in SENTENCES)


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_of_the_page_has_a_sentence_with_its_status(code: str) -> None:
    [sentence] = [sentence for sentence in SENTENCES if sentence.section == f"Errors: {code}"]
    assert f"HTTP Status Code: {ERRORS[code]}" in sentence.text
    assert any(clause.endswith(".status") and clause.startswith("errors.") for clause in sentence.clauses)


def test_no_clause_is_declared_twice() -> None:
    ids = [row["id"] for row in data_file("clauses")["clause"]]
    assert len(ids) == len(set(ids))


def test_a_clause_that_needs_a_second_pipeline_is_about_mismatches() -> None:
    assert all("mismatch" in clause.id for clause in CLAUSES.values() if clause.pipelines == 2)


def test_only_active_unconditional_musts_count() -> None:
    for clause in CLAUSES.values():
        expected = clause.level == "MUST" and clause.activity == "active" and clause.condition is None
        assert clause.counts is expected, clause.id


def _plain(text: str) -> str:
    return " ".join(text.split())
