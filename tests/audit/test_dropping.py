"""What was not recorded proves nothing: what a conformant recording loses never makes it non-conformant."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagebuilder_reports.errors import ReportError
from tests.audit.cloudtrail import FORMS as CLOUDTRAIL
from tests.audit.cloudtrail import conversation, log_file
from tests.audit.conversation import RECORDINGS
from tests.audit.hars import entry, har, refusal
from tests.audit.reading import read
from tests.support.calls import OTHER_PIPELINE, PIPELINE
from tests.support.runs import failed

pytestmark = pytest.mark.slow

Place = tuple[str | int, ...]

# The text of a body and a single header are content, not members of a format.
_CONTENT = ("text", "name", "value")


def places(value: Any, way: Place = ()) -> Iterator[Place]:
    """The ways to all members and list elements that a recording may lose."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in _CONTENT:
                yield (*way, name)
            yield from places(member, (*way, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            if way[-1:] != ("headers",):
                yield (*way, index)
                yield from places(element, (*way, index))


def without(document: Any, way: Place) -> Any:
    """A copy that lacks what stands at the end of a way."""
    made = copy.deepcopy(document)
    node = made
    for step in way[:-1]:
        node = node[step]
    del node[way[-1]]
    return made


def hand_made() -> dict[str, Any]:
    """A HAR with each kind of answer, and bodies in every place where tools put them."""
    listed = [{"name": "clientToken", "value": "p"}, {"name": "imagePipelineArn", "value": PIPELINE}]
    entries = [
        entry("a", number=1),
        entry("a", number=1, at="2026-05-01T12:00:09.000Z"),
        refusal(400, "IdempotentParameterMismatchException", "a", OTHER_PIPELINE, at="2026-05-01T12:00:20.000Z"),
        refusal(404, "ResourceNotFoundException", "b", f"{PIPELINE}-unknown"),
        refusal(400, "InvalidRequestException", ""),
        refusal(400, "InvalidRequestException", "x" * 37),
        refusal(400, "InvalidRequestException", "c", "not-an-arn"),
        refusal(503, "ServiceUnavailableException", "d"),
        entry("d", number=2, at="2026-05-01T12:00:10.000Z"),
        entry("p", number=3, request={"postData": {"mimeType": "application/json", "params": listed}}),
        entry("e", number=4, response={"status": 0}),
    ]
    return {"log": {"version": "1.2", "creator": {"name": "by hand"}, "entries": entries}}


def loaded(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RECORDINGS / name).read_text(encoding="utf-8"))
    return document


HARS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "by hand": hand_made,
    "mitmproxy": lambda: loaded("mitmproxy-conformant.har"),
    "Chromium": lambda: loaded("chromium-conformant.har"),
}


def blamed(path: Path) -> set[str]:
    """The clauses that an audit of a file says are broken; none where it can't be read."""
    try:
        return failed(read(path)[2])
    except ReportError:
        return set()


@pytest.mark.parametrize("name", HARS)
def test_no_member_that_a_har_loses_makes_it_non_conformant(name: str, tmp_path: Path) -> None:
    document = HARS[name]()
    path = tmp_path / "traffic.har"
    assert blamed(har(tmp_path, *document["log"]["entries"])) == set()
    found = list(places(document))
    assert len(found) > 100
    for way in found:
        path.write_text(json.dumps(without(document, way)), encoding="utf-8")
        assert blamed(path) == set(), way


@pytest.mark.parametrize("form", CLOUDTRAIL)
def test_no_member_that_records_of_cloudtrail_lose_makes_them_non_conformant(form: str, tmp_path: Path) -> None:
    records = conversation()
    found = list(places(records))
    assert len(found) > 200
    for way in found:
        assert blamed(CLOUDTRAIL[form](tmp_path, _framed(without(records, way)))) == set(), way


def _framed(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records whose wrapping has what it is made of, whatever they lost."""
    return [{"eventID": f"lost-{number}", "eventName": "", **each} for number, each in enumerate(records)]


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_do_many_losses_at_once(data: st.DataObject, tmp_path: Path) -> None:
    document = hand_made() if data.draw(st.booleans()) else {"Records": conversation()}
    for _ in range(data.draw(st.integers(2, 12))):
        found = list(places(document))
        document = without(document, data.draw(st.sampled_from(found))) if found else document
    path = tmp_path / "traffic.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert blamed(path) == set()


def test_nor_does_a_whole_file(tmp_path: Path) -> None:
    records = conversation()
    for number, each in enumerate(records):
        log_file(tmp_path, [each], f"{number}.json.gz")
    assert failed(read(tmp_path)[2]) == set()
    for number in range(len(records)):
        lost = tmp_path / f"{number}.json.gz"
        content = lost.read_bytes()
        lost.unlink()
        assert failed(read(tmp_path)[2]) == set()
        lost.write_bytes(content)
