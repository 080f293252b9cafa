"""The published schemas describe what is written, and no more."""

import json
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.baseline import Consequence, Known
from imagebuilder_reports.events import (
    AttemptRecord,
    Body,
    CheckFinished,
    CheckInfo,
    ClauseInfo,
    ExchangeRecord,
    FailureRecord,
    Footer,
    Header,
    Intent,
    Judgement,
    RequestRecord,
    Result,
    RevisionsAsked,
    RunInfo,
    SuiteInfo,
    TargetInfo,
    to_json,
)
from imagebuilder_reports.gate import Divergence, Gate, GateItem, GateVerdict, Standing
from imagebuilder_reports.model import (
    CheckReport,
    ClauseReport,
    ExchangeRow,
    Execution,
    Report,
    RunReport,
    Totals,
    report_to_json,
)
from imagebuilder_reports.plain import members_of
from imagebuilder_reports.report import fold
from imagebuilder_reports.schemas import load_schema, schema_names
from imagebuilder_reports.verdicts import LEFT_OPEN, Cause, Ending, RunVerdict, Verdict

from .test_streams import RICH

SHARED = {
    "body": Body,
    "request": RequestRecord,
    "attempt": AttemptRecord,
    "exchange": ExchangeRecord,
    "failure": FailureRecord,
    "judgement": Judgement,
    "suite": SuiteInfo,
    "target": TargetInfo,
}
IN_EVENTS = SHARED | {
    "run": RunInfo,
    "clause": ClauseInfo,
    "check": CheckInfo,
    "headerEvent": Header,
    "revisionsEvent": RevisionsAsked,
    "intentEvent": Intent,
    "resultEvent": Result,
    "checkEvent": CheckFinished,
    "footerEvent": Footer,
}
IN_REPORT = SHARED | {
    "run": RunReport,
    "clause": ClauseReport,
    "check": CheckReport,
    "exchangeRow": ExchangeRow,
    "execution": Execution,
    "totals": Totals,
    "divergence": Divergence,
    "gateItem": GateItem,
    "gate": Gate,
}
EVENTS, REPORT = load_schema("events"), load_schema("report")


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def walk(schema: Any) -> list[dict[str, Any]]:
    """Every object in a schema, itself included."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    here = [schema] if isinstance(schema, dict) else []
    return here + [each for part in inner for each in walk(part)]


@pytest.mark.parametrize("name", schema_names())
def test_a_published_schema_is_one(name: str) -> None:
    schema = load_schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", schema_names())
def test_no_reference_leaves_a_schema_and_none_is_open(name: str) -> None:
    for part in walk(load_schema(name)):
        assert part.get("$ref", "#").startswith("#")
        if "properties" in part:
            assert part["additionalProperties"] is False


def test_an_unknown_schema_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"expected a published schema \(.*events.*report.*\), got 'event'"):
        load_schema("event")


@pytest.mark.parametrize("event", RICH, ids=lambda event: event.event)
def test_a_written_event_fits(event: Any) -> None:
    Draft202012Validator(EVENTS).validate(as_json(to_json(event)))
    with_more = as_json(to_json(event)) | {"more": 1}
    assert not Draft202012Validator(EVENTS).is_valid(with_more)


def test_a_written_report_fits() -> None:
    written = as_json(report_to_json(fold(RICH)))
    Draft202012Validator(REPORT).validate(written)
    assert not Draft202012Validator(REPORT).is_valid(written | {"more": 1})


def test_what_two_schemas_share_is_the_same_in_both() -> None:
    shared = EVENTS["$defs"].keys() & REPORT["$defs"].keys() - {"run", "clause", "check"}
    assert SHARED.keys() <= shared
    for name in shared:
        assert EVENTS["$defs"][name] == REPORT["$defs"][name]


@pytest.mark.parametrize(
    ("definition", "cls"),
    [
        *[(EVENTS["$defs"][name], cls) for name, cls in IN_EVENTS.items()],
        *[(REPORT["$defs"][name], cls) for name, cls in IN_REPORT.items() if cls is not Totals],
        (REPORT, Report),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_schema_has_the_members_of_its_class(definition: dict[str, Any], cls: Any) -> None:
    members = members_of(cls)
    needed = {name for name, required in members.items() if required}
    assert definition["properties"].keys() - {"event"} == members.keys()
    # The version has a default for those who write; who reads can't do without.
    assert set(definition["required"]) - {"event", "schema_version"} == needed


def test_a_schema_has_the_values_of_its_enumerations() -> None:
    definitions = REPORT["$defs"]
    assert definitions["verdict"]["enum"] == list(Verdict)
    assert definitions["cause"]["enum"] == [*Cause, None]
    assert definitions["ending"]["enum"] == list(Ending)
    assert list(definitions["totals"]["properties"]["clauses"]["properties"]) == list(Verdict)
    assert REPORT["properties"]["verdict"]["enum"] == list(RunVerdict)
    assert definitions["gate"]["properties"]["verdict"]["enum"] == list(GateVerdict)
    assert definitions["gateItem"]["properties"]["standing"]["enum"] == list(Standing)


def test_a_baseline_has_the_members_of_its_dataclass() -> None:
    definition = load_schema("baseline")["properties"]["known"]["items"]
    assert definition["properties"].keys() == {field.name for field in fields(Known)}
    definition = load_schema("baseline")["properties"]["consequence"]["items"]
    assert definition["properties"].keys() == {field.name for field in fields(Consequence)}
    assert definition["properties"]["verdict"]["enum"] == list(LEFT_OPEN)
