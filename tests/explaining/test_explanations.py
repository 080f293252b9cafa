"""A clause is explained from the data: what it rests on, who judges it, how it is broken, how that is mended."""

from html import unescape

import pytest

from imagebuilder_conformance.client.forms import FORMS, form_of
from imagebuilder_conformance.explaining.clauses import explanation_of
from imagebuilder_conformance.explaining.mistakes import mistakes_of
from imagebuilder_conformance.explaining.rendering import as_markdown, as_text
from imagebuilder_conformance.oracles.findings import Failure
from imagebuilder_conformance.oracles.registry import all_oracles
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_conformance.suites import declared_checks
from imagebuilder_reports.explanation import Explanation, Item
from imagebuilder_spec import load_contract, revisions
from tests.support.runs import run_against, serving

CLAUSES = sorted({clause: each for each in revisions() for clause in load_contract(each).clauses}.items())


def explained(clause: str, revision: str) -> Explanation:
    explanation = explanation_of(revision, clause)
    assert explanation is not None
    return explanation


def items(explanation: Explanation, title: str) -> dict[str, str]:
    return {
        item.name: item.text
        for section in explanation.sections
        if section.title.startswith(title)
        for item in section.items
    }


@pytest.mark.parametrize(("clause", "revision"), CLAUSES)
def test_each_clause_says_what_it_rests_on_who_judges_it_and_how_it_is_broken(clause: str, revision: str) -> None:
    explanation, facts = explained(clause, revision), load_contract(revision).clauses[clause]
    said = {fact.name: fact.text for fact in explanation.facts}
    assert explanation.statement == facts.statement
    assert (said["level"], said["evidence"], said["source"]) == (facts.level, facts.evidence, facts.source)
    assert said.get("harm") == facts.harm
    judges = {check.id: check.law for check in declared_checks() if clause in check.clauses}
    assert items(explanation, "Judged by") == judges
    mistakes = items(explanation, "How implementers")
    assert mistakes == {kind.title: kind.hint for kind in mistakes_of(clause)}
    assert mistakes


def test_every_defect_is_told_of_with_the_clause_that_it_breaks() -> None:
    defects = {**catalogue.defects(), **catalogue.load_defects()}
    for name, defect in defects.items():
        told = items(explained(defect.breaks, defect.revision), "Defects")
        assert told[name].startswith(defect.sentence)
    for clause, revision in CLAUSES:
        assert all(defects[name].breaks == clause for name in items(explained(clause, revision), "Defects"))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_its_headers(form: str) -> None:
    shown = items(explained(f"wire.form.{form}", revisions()[0]), "The form")
    assert shown == dict(form_of(form).headers)


def test_what_another_revision_rests_a_clause_on_is_said() -> None:
    first, *others = revisions()
    said = {fact.name: fact.text for fact in explained("request.client-token.max-length", first).facts}
    for other in others:
        assert said[other].endswith(load_contract(other).clauses["request.client-token.max-length"].source)
    assert first not in said


def test_what_is_no_clause_of_a_revision_is_not_explained() -> None:
    assert explanation_of(revisions()[0], "request.tags.max-entries") is None
    assert explanation_of("of another suite", "operation.start") is None


def test_every_failure_that_an_oracle_reports_is_of_some_clause() -> None:
    told = {kind for clause, _ in CLAUSES for kind in mistakes_of(clause)}
    reported = {kind for oracle in all_oracles() for kind in oracle.reports}
    assert reported
    assert reported - told == set()


# Each in another part of the contract; among them checks of several clauses, and failures that take others' place.
@pytest.mark.slow
@pytest.mark.parametrize(
    "defect",
    ["token-empty-accepted", "mismatch-ignored", "unknown-pipeline-400", "error-code-missing", "request-id-constant"],
)
def test_what_a_run_finds_is_among_what_is_told_of_its_clause(defect: str) -> None:
    entry = catalogue.find_defect(defect)
    with serving(entry.behaviour) as server:
        report = run_against(server.url, entry.breaks, "errors", "idempotency.replay")
    found = {(failure.clause, failure.code) for failure in report.failures}
    assert entry.breaks in {clause for clause, _ in found}
    assert found <= {(clause, kind.code) for clause, _ in found for kind in mistakes_of(clause)}


def test_a_failure_that_takes_the_place_of_another_is_told_of_alone() -> None:
    codes = {kind.code for kind in mistakes_of("wire.chunked")}
    assert codes == {"valid.chunked-refused"}


def test_of_a_check_of_two_clauses_each_has_its_own_failures() -> None:
    def codes(clause: str) -> set[str]:
        return {kind.code for kind in mistakes_of(clause)}

    assert codes("auth.status") == {"auth.status"}
    assert codes("auth.unsigned") == {"auth.accepted", "auth.server-error"}
    assert "mismatch.other-code" not in codes("idempotency.mismatch.refused")


@pytest.mark.parametrize(("clause", "revision"), CLAUSES)
def test_the_terminal_and_the_documentation_say_the_same(clause: str, revision: str) -> None:
    explanation = explained(clause, revision)
    text, page = as_text(explanation), unescape(as_markdown(explanation)).replace("\\", "")
    for item in _all_items(explanation):
        for part in (item.name, item.text):
            assert part in text
            assert part.replace("\\", "") in page


def _all_items(explanation: Explanation) -> list[Item]:
    sections = (*explanation.examples, *explanation.sections)
    return [*explanation.facts, *(item for section in sections for item in section.items)]


def test_nothing_in_a_text_becomes_markup_of_a_page() -> None:
    explanation = Explanation("a.b", "See <b> and *this* and `a<b`.", (Item("source", "<b> `"),), ())
    page = as_markdown(explanation)
    assert "See &lt;b&gt; and \\*this\\* and `a<b`." in page
    assert "- source: &lt;b&gt; \\`" in page


def test_a_failure_without_a_rule_of_its_own_is_none() -> None:
    assert all(kind is not Failure for clause, _ in CLAUSES for kind in mistakes_of(clause))
