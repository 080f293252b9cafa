"""A MUST has the words of its source, and says whom a breach harms; `explain` shows both."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from imagebuilder_conformance.cli import main
from imagebuilder_spec import Clause, Evidence, Level, load_contract, revisions

# Where words can come from, by the grade of evidence that a clause has. The page and the model are quoted as they are.
ORIGINS = {
    # The IAM User Guide specifies Signature Version 4.
    Evidence.PROTOCOL: re.compile(r"Smithy|IAM User Guide, |RFC [0-9]{4}, section [0-9.]+"),
    Evidence.OBSERVED: re.compile(r"AWS|was seen to answer"),
    Evidence.MODEL: re.compile("SDK model: "),
}
PLACEHOLDERS = re.compile(r"\b(todo|tbd|fixme|xxx|lorem|placeholder|see above)\b", re.IGNORECASE)


def clauses() -> Iterator[tuple[str, Clause]]:
    for revision in revisions():
        for clause in load_contract(revision).clauses.values():
            yield revision, clause


ALL = list(clauses())
MUSTS = [pytest.param(*each, id=f"{each[0]}-{each[1].id}") for each in ALL if each[1].level is Level.MUST]


def words_of(clause: Clause) -> list[str]:
    return re.findall(r'"([^"]+)"', clause.source)


@pytest.mark.parametrize(("revision", "clause"), MUSTS)
def test_a_must_quotes_its_source(revision: str, clause: Clause) -> None:  # noqa: ARG001  # it is in the test's id
    quoted = " ".join(words_of(clause))
    assert len(re.findall(r"\w+", quoted)) >= 2
    assert not PLACEHOLDERS.search(quoted)
    # The words are somebody else's.
    assert clause.statement not in quoted
    if origin := ORIGINS.get(clause.evidence):
        assert origin.search(clause.source)


@pytest.mark.parametrize(("revision", "clause"), MUSTS)
def test_a_must_says_whom_a_breach_harms(revision: str, clause: Clause) -> None:  # noqa: ARG001  # as above
    assert clause.harm
    assert clause.harm.endswith(".")
    assert len(re.findall(r"\w+", clause.harm)) >= 5
    assert not PLACEHOLDERS.search(clause.harm)
    # It says what happens to whom, and does not say the promise again.
    assert clause.harm not in (clause.statement, clause.source)
    assert re.search(
        r"caller|client|SDK|somebody|stranger|anybody|build starts|builds|nobody|who |program|librar|except|GetImage",
        clause.harm,
        re.IGNORECASE,
    )


def test_no_harm_serves_for_clauses_of_several_areas() -> None:
    harms = {(clause.harm, clause.area) for _, clause in ALL if clause.harm}
    several = [harm for harm, count in Counter(harm for harm, _ in harms).items() if count > 1]
    assert several == []


def test_only_a_must_claims_a_harm() -> None:
    assert [clause.id for _, clause in ALL if clause.harm and clause.level is not Level.MUST] == []


@pytest.mark.parametrize(("revision", "clause"), MUSTS)
def test_explain_shows_both(revision: str, clause: Clause) -> None:
    result = CliRunner().invoke(main, ["explain", clause.id, "--contract", revision])
    assert result.exit_code == 0
    assert f"source     {clause.source}" in result.output
    assert f"harm       {clause.harm}" in result.output


@pytest.mark.parametrize(
    ("clause", "test"),
    [
        ("request.body.json", "RestJsonInvalidJsonBody"),
        ("request.body.object", "RestJsonTechnicallyValidJsonBody"),
        ("request.client-token.null", "RestJsonMalformedRequiredBodyExplicitNull"),
        ("request.image-pipeline-arn.pattern", "RestJsonMalformedPatternString"),
        ("wire.charset", "RestJsonMustSupportParametersInContentType"),
    ],
)
def test_what_rests_on_a_test_of_the_protocol_names_it(clause: str, test: str) -> None:
    assert test in load_contract().clauses[clause].source


@pytest.mark.parametrize(
    "clause",
    [
        "request.body.unusual",
        "request.body.deep-nesting.client-error",
        "request.body.large.client-error",
        "errors.no-html.off-operation",
        "wire.path.spelling",
    ],
)
def test_what_frameworks_and_gateways_do_by_default_is_no_must(clause: str) -> None:
    assert load_contract().clauses[clause].level is Level.SHOULD
