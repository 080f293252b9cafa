from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_spec import Family, data_file, data_schema, revisions, validator_for

FILES = [(name, revisions()[0]) for name in ("clauses", "errors", "words")]
OF_EACH_REVISION = [(name, revision) for name in ("operation", "sentences") for revision in revisions()]


@pytest.mark.parametrize(("name", "revision"), FILES + OF_EACH_REVISION)
def test_each_data_file_fits_its_schema(name: str, revision: str) -> None:
    errors = [error.message for error in validator_for(data_schema(name)).iter_errors(data_file(name, revision))]
    assert errors == []


@pytest.mark.parametrize("name", ["clauses", "errors", "sentences", "operation", "words"])
def test_each_schema_is_a_schema(name: str) -> None:
    schema = data_schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


CLAUSE = {
    "id": "area.clause",
    "level": "MUST",
    "evidence": "documented",
    "activity": "active",
    "suite": "core",
    "statement": "It holds.",
    "source": 'the page: "It holds."',
    "harm": "A caller who relies on it is let down.",
}
SHOULD = {name: value for name, value in CLAUSE.items() if name != "harm"} | {"level": "SHOULD"}
SENTENCE = {"section": "Errors", "text": "It fails."}
ERROR = {"status": 400, "fault": "client", "retryable": False, "due": "always"}
FAMILIES = {family.value: ["ClientException"] for family in Family}
OPERATION = {
    "name": "Start",
    "method": "PUT",
    "path": "/Start",
    "content_type": "application/json",
    "success_status": 200,
    "protocol": "rest-json",
    "signing_name": "imagebuilder",
    "api_version": "2019-12-02",
}


def clauses(**changes: object) -> dict[str, Any]:
    return {"clause": [CLAUSE | changes]}


def sentences(**changes: object) -> dict[str, Any]:
    return {"sentence": [SENTENCE | changes]}


def errors(**changes: object) -> dict[str, Any]:
    return {"declared": {"ClientException": ERROR | changes}, "common": {}, "families": FAMILIES}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("clauses", clauses()),
        ("clauses", {"clause": [SHOULD | {"evidence": "assumed", "source": "nobody states it"}]}),
        ("clauses", clauses(revisions=["current"])),
        ("clauses", clauses(changes={"current": {"evidence": "model", "source": 'the model: "It holds."'}})),
        ("sentences", sentences(clauses=["area.clause"])),
        ("sentences", sentences(reason="It promises nothing.")),
        ("errors", errors()),
        ("operation", OPERATION),
    ],
)
def test_what_is_in_order_fits(name: str, data: dict[str, Any]) -> None:
    assert validator_for(data_schema(name)).is_valid(data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("clauses", clauses(evidence="assumed"), id="an assumed clause is never a MUST"),
        pytest.param("clauses", clauses(source="the page"), id="a MUST quotes its source"),
        pytest.param("clauses", clauses(source='the page: ""'), id="an empty quotation is none"),
        pytest.param("clauses", clauses(changes={"current": {"source": "the model"}}), id="so it does in a revision"),
        pytest.param("clauses", {"clause": [SHOULD | {"level": "MUST"}]}, id="a MUST says whom a breach harms"),
        pytest.param("clauses", clauses(harm="It hurts."), id="a harm is a sentence about somebody"),
        pytest.param("clauses", clauses(level="SHOULD"), id="a SHOULD claims no harm"),
        pytest.param("clauses", clauses(id="clause"), id="an id is dotted"),
        pytest.param("clauses", clauses(id="Area.clause"), id="an id is in lower case"),
        pytest.param("clauses", clauses(id="area.clause\n"), id="an id has no newline behind it"),
        pytest.param("clauses", clauses(level="WILL"), id="a level is one of RFC 2119"),
        pytest.param("clauses", clauses(statement="It holds"), id="a statement is a sentence"),
        pytest.param("clauses", clauses(pipelines=1), id="a number of pipelines is said only where it is two"),
        pytest.param("clauses", clauses(revisions=[]), id="a clause is part of some revision"),
        pytest.param("clauses", clauses(changes={"current": {"level": "MAY"}}), id="a revision changes no level"),
        pytest.param("clauses", clauses(changes={"current": {"evidence": "hearsay"}}), id="changed evidence is graded"),
        pytest.param("clauses", clauses(note="?"), id="a misspelt member is found"),
        pytest.param("sentences", sentences(), id="a sentence has clauses or a reason"),
        pytest.param(
            "sentences", sentences(clauses=["area.clause"], reason="none"), id="a sentence has not both of them"
        ),
        pytest.param("sentences", sentences(clauses=[]), id="no clause at all is no clause"),
        pytest.param("errors", errors(status=200), id="an error has the status of an error"),
        pytest.param("errors", errors(fault="nobody"), id="an error is somebody's fault"),
        pytest.param("operation", OPERATION | {"method": "put"}, id="a method is in capitals"),
        pytest.param("operation", OPERATION | {"path": "Start"}, id="a path begins with a slash"),
    ],
)
def test_what_is_out_of_order_does_not(name: str, data: dict[str, Any]) -> None:
    assert not validator_for(data_schema(name)).is_valid(data)


def test_clauses_name_only_revisions_that_exist() -> None:
    for row in data_file("clauses")["clause"]:
        assert {*row.get("revisions", ()), *row.get("changes", ())} <= set(revisions()), row["id"]
