import re
from collections.abc import Iterator

import pytest

from imagebuilder_spec import Clause, Evidence, Level, data_file, load_contract, load_sentences

from .page import ERRORS, LONGEST_REQUEST_ID, LONGEST_TOKEN, REQUEST_PATTERN, RESPONSE_PATTERN

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


def test_every_clause_that_a_sentence_names_exists() -> None:
    assert sorted(NAMED - CLAUSES.keys()) == []


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
