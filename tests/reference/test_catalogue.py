import re

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import (
    UnknownNameError,
    defects,
    find_defect,
    find_variation,
    load_defects,
    variations,
)
from imagebuilder_conformance.reference.defects.registry import Entry, defect
from imagebuilder_spec import DEFAULT_REVISION, Level, load_contract, revisions

CLAUSES = {id_: clause for revision in revisions() for id_, clause in load_contract(revision).clauses.items()}
ENTRIES: list[Entry] = [*defects().values(), *load_defects().values(), *variations().values()]


def test_there_are_plenty() -> None:
    assert len(defects()) >= 85
    assert len(variations()) >= 18


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_broken_by_a_defect(clause: str) -> None:
    assert clause in {entry.breaks for entry in defects().values()}


def test_what_a_defect_breaks_is_a_clause_of_its_revision() -> None:
    for entry in defects().values():
        assert entry.breaks in load_contract(entry.revision).clauses, entry.name


def test_an_entry_shows_in_its_own_revision_and_one_of_the_default_in_each() -> None:
    of_default, of_current = find_defect("token-ignored"), find_defect("tags-not-compared")
    assert of_default.revision == DEFAULT_REVISION
    assert all(of_default.shows_in(revision) for revision in revisions())
    assert [revision for revision in revisions() if of_current.shows_in(revision)] == ["current"]


def test_an_entry_is_started_with_the_contract_of_its_revision() -> None:
    for entry in ENTRIES:
        assert entry.settings().contract.revision == entry.revision


def test_what_a_variation_may_warn_about_is_a_should() -> None:
    warned = {clause for entry in variations().values() for clause in entry.warns}
    assert {CLAUSES[clause].level for clause in warned} == {Level.SHOULD}


def test_names_are_words_with_hyphens_and_used_once() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", name)] == []


def test_each_has_a_class_of_its_own() -> None:
    assert len({entry.behaviour for entry in ENTRIES}) == len(ENTRIES)


def test_each_says_in_a_sentence_what_it_does() -> None:
    sentences = [entry.sentence for entry in ENTRIES]
    assert [text for text in sentences if not re.fullmatch(r"[^a-z].*[^.]\.", text) or len(text) > 140] == []


def test_the_sentences_of_defects_differ() -> None:
    sentences = [entry.sentence for entry in defects().values()]
    assert len(set(sentences)) == len(sentences)


def test_a_name_is_found() -> None:
    assert find_defect("token-ignored").breaks == "idempotency.replay.same-image"
    assert find_variation("answers-slow").warns == ()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("token-ignord", "did you mean token-ignored"),
        ("newline", "newline"),
        ("zzzzzz", "there are"),
        ("", "there are"),
    ],
)
def test_a_name_that_is_not_found_gets_a_hint(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint):
        find_defect(name)
    with pytest.raises(UnknownNameError):
        find_variation(name)


def test_a_name_cannot_be_used_twice() -> None:
    with pytest.raises(ValueError, match="expected a new name"):
        defect("token-ignored", breaks="operation.start")(Behaviour)


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        defects()["new"] = find_defect("token-ignored")  # type: ignore[index]  # that is the point


def test_what_shows_under_load_only_is_not_asked_of_a_run_and_is_found_by_name() -> None:
    assert len(load_defects()) >= 5
    assert defects().keys().isdisjoint(load_defects())
    assert all(find_defect(name) is each and each.load_only for name, each in load_defects().items())
    assert {each.breaks for each in load_defects().values()} <= CLAUSES.keys()
