"""Tags, held against the schema of the revision read by hand, with its pattern in an ECMA-262 engine."""

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import regress

from imagebuilder_spec import load_contract
from imagebuilder_strategies import (
    InvalidRequest,
    InvalidTags,
    NearTags,
    invalid_request_edges,
    invalid_requests,
    invalid_tag_edges,
    invalid_tags,
    near_tags,
    requests,
    tag_edges,
    tags,
)
from tests.strategies.drawing import NIGHTLY, UNIQUE, Oracle, drawn

CURRENT = load_contract("current")
SCHEMA = CURRENT.request_schema["properties"]["tags"]
KEY = regress.Regex(SCHEMA["propertyNames"]["pattern"], "u")
ORACLE = Oracle(CURRENT)
LEGAL_EDGES = {edge.label: edge.value for edge in tag_edges(contract=CURRENT, ascii_only=False)}
ILLEGAL_EDGES = {edge.violates: edge for edge in invalid_tag_edges(contract=CURRENT)}
NEAR = {pair.label: pair for pair in near_tags(contract=CURRENT)}


def legal(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and SCHEMA["minProperties"] <= len(value) <= SCHEMA["maxProperties"]
        and all(legal_key(key) and legal_value(text) for key, text in value.items())
    )


def legal_key(key: str) -> bool:
    return 1 <= len(key) <= 128 and KEY.find(key) is not None


def legal_value(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 256


def broken(value: Any) -> set[str]:
    """Which parts of a value are broken: the map, a key or a value."""
    if not isinstance(value, dict):
        return {"type"}
    parts = {
        "map": not SCHEMA["minProperties"] <= len(value) <= SCHEMA["maxProperties"],
        "key": not all(map(legal_key, value)),
        "value": not all(map(legal_value, value.values())),
    }
    return {part for part, bad in parts.items() if bad}


def part_of(label: str) -> str:
    """The part that a label says is broken."""
    part = label.split(".")[1]
    return part if part in {"key", "value", "type"} else "map"


@pytest.mark.slow
def test_tags_are_legal_and_of_many_kinds() -> None:
    maps = drawn(tags(contract=CURRENT), 3000)
    assert all(map(legal, maps))
    assert {len(each) for each in maps} >= {1, 2, 3, 4, 5, 6}
    assert {len(key) for each in maps for key in each} >= {1, 128}
    assert {len(value) for each in maps for value in each.values()} >= {0, 256}
    characters = {character for each in maps for key in each for character in key}
    assert characters == {chr(code) for code in range(0x20, 0x7F) if KEY.find(chr(code))}


def test_invalid_tags_are_illegal_as_labelled() -> None:
    maps = drawn(invalid_tags(contract=CURRENT), 3000)
    assert all(isinstance(each, InvalidTags) and not legal(each.value) for each in maps)
    assert [each for each in maps if broken(each.value) != {part_of(each.violates)}] == []
    assert all(json.loads(json.dumps(each.value)) == each.value for each in maps)
    assert {each.violates for each in maps} >= {*ILLEGAL_EDGES, "tags.key.character", "tags.value.not-a-string"}


@pytest.mark.parametrize("label", LEGAL_EDGES)
def test_an_edge_is_legal(label: str) -> None:
    assert legal(LEGAL_EDGES[label])


def test_the_edges_reach_each_limit() -> None:
    assert len(LEGAL_EDGES["tags.one"]) == SCHEMA["minProperties"]
    assert len(LEGAL_EDGES["tags.most"]) == SCHEMA["maxProperties"]
    assert [*LEGAL_EDGES["tags.key.shortest"]] == ["k"]
    assert [len(key) for key in LEGAL_EDGES["tags.key.longest"]] == [128]
    assert [*LEGAL_EDGES["tags.value.empty"].values()] == [""]
    for label in ("tags.value.longest", "tags.value.longest.latin", "tags.value.longest.astral"):
        assert [len(value) for value in LEGAL_EDGES[label].values()] == [256]
    everything = "".join(LEGAL_EDGES["tags.key.characters"])
    assert set(everything) == {chr(code) for code in range(0x20, 0x7F) if KEY.find(chr(code))}


def test_edges_can_be_put_together() -> None:
    keys = [key for value in LEGAL_EDGES.values() for key in value]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("label", ILLEGAL_EDGES)
def test_an_illegal_edge_breaks_what_its_label_says_and_nothing_else(label: str) -> None:
    assert broken(ILLEGAL_EDGES[label].value) == {part_of(label)}


def test_each_limit_is_passed_by_one() -> None:
    assert len(ILLEGAL_EDGES["tags.too-many"].value) == SCHEMA["maxProperties"] + 1
    assert ILLEGAL_EDGES["tags.empty"].value == {}
    assert [len(key) for key in ILLEGAL_EDGES["tags.key.too-long"].value] == [129]
    assert [*ILLEGAL_EDGES["tags.key.empty"].value] == [""]
    for label in ("tags.value.too-long", "tags.value.too-long.latin", "tags.value.too-long.astral"):
        assert [len(value) for value in ILLEGAL_EDGES[label].value.values()] == [257]


def test_only_null_as_a_value_is_not_judged() -> None:
    assert [label for label, edge in ILLEGAL_EDGES.items() if not edge.judged] == ["tags.value.null"]


# For each kind of sloppiness a function of an entry, or of all, under which two maps become one.
CONFUSED: Mapping[str, Callable[[dict[str, str]], object]] = {
    "key.case": lambda each: {key.lower(): value for key, value in each.items()},
    "key.last-character": lambda each: {key[:127]: value for key, value in each.items()},
    "value.case": lambda each: {key: value.lower() for key, value in each.items()},
    "value.last-character": lambda each: {key: value[:255] for key, value in each.items()},
    "value.first-character": lambda each: {key: value[1:] for key, value in each.items() if key == "long"},
    "value.trailing-blank": lambda each: {key: value.strip() for key, value in each.items()},
    "values.swapped": lambda each: (sorted(each), sorted(each.values())),
    "empty-value.left-out": lambda each: {key: value for key, value in each.items() if value or key != "note"},
    "boundary.moved": lambda each: sorted(key + value for key, value in each.items() if key + value == "abc"),
    "joined": lambda each: " ".join(sorted(f"{key}={value}" for key, value in each.items())).count("b=2"),
}


@pytest.mark.parametrize("label", NEAR)
def test_near_tags_are_legal_and_differ_but_for_the_sloppiness_of_their_label(label: str) -> None:
    pair = NEAR[label]
    assert isinstance(pair, NearTags)
    assert legal(pair.first)
    assert legal(pair.second)
    assert pair.first != pair.second
    assert CONFUSED[label](pair.first) == CONFUSED[label](pair.second)


def test_near_tags_share_their_first_so_that_one_execution_does() -> None:
    assert len({json.dumps(pair.first) for pair in NEAR.values()}) == 1
    assert len({json.dumps(pair.second, sort_keys=True) for pair in NEAR.values()}) == len(NEAR)


def test_requests_have_tags_where_the_revision_does() -> None:
    drawn_requests = drawn(requests(contract=CURRENT, unique=UNIQUE), 1000)
    tagged = [request for request in drawn_requests if "tags" in request]
    assert 200 < len(tagged) < 800
    assert all(ORACLE.legal_request(request) for request in drawn_requests)
    assert all(legal(request["tags"]) for request in tagged)
    assert not any("tags" in request for request in drawn(requests(unique=UNIQUE), 200))


@pytest.mark.slow
def test_invalid_requests_break_tags_too() -> None:
    drawn_requests = drawn(invalid_requests(contract=CURRENT, unique=UNIQUE), 2000)
    assert all(isinstance(request, InvalidRequest) for request in drawn_requests)
    for request in drawn_requests:
        of_tags = request.violates.startswith("tags.")
        assert ORACLE.legal_request(request.value) == of_tags, request
        tagged = request.value.get("tags")
        assert (tagged is not None and not legal(tagged)) == of_tags, request


def test_broken_requests_have_tags_of_every_other_type() -> None:
    edges = invalid_request_edges(UNIQUE, NIGHTLY, contract=CURRENT)
    of_type = {edge.violates: edge.value["tags"] for edge in edges if edge.violates.startswith("tags.type.")}
    assert {type(value) for value in of_type.values()} == {str, int, float, bool, list}
    assert not any(isinstance(value, dict) for value in of_type.values())
    assert {edge.violates for edge in edges} >= ILLEGAL_EDGES.keys()


@pytest.mark.parametrize("make", [tags, tag_edges, invalid_tags, invalid_tag_edges, near_tags])
def test_a_revision_without_tags_is_refused(make: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="whose requests have tags, got 'documented'"):
        make(contract=load_contract())


def test_a_character_outside_ascii_is_never_taken_for_a_legal_blank() -> None:
    # ECMA-262 counts them among the blanks of `\\s`, other readers of the pattern do not: nobody is judged by them.
    blanks = {chr(code) for code in [*range(0x80, 0xD800), *range(0xE000, 0x10000)] if KEY.find(chr(code))}
    assert blanks
    assert all(unicodedata.category(blank)[0] == "Z" or blank == "\ufeff" for blank in blanks)
    sent = [*LEGAL_EDGES.values(), *(e.value for e in ILLEGAL_EDGES.values() if isinstance(e.value, dict))]
    assert not any(blanks & set(key) for value in sent for key in value)
