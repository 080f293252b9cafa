"""Files whose numbers can't be, and what is no file: one sentence and exit code 2, or judged as far as that goes."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from tests.support.command import here, invoked
from tests.support.runs import serving

NUMBERS = ("1" + "0" * 400, "-1" + "0" * 5000, "NaN", "-Infinity", "1e308", "-1e308", "1e999", "-1")
HAR: dict[str, Any] = {
    "log": {
        "version": "1.2",
        "creator": {"name": "x", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2026-01-01T00:00:00Z",
                "time": 5,
                "request": {
                    "method": "PUT",
                    "url": "http://h/StartImagePipelineExecution",
                    "httpVersion": "HTTP/1.1",
                    "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "bodySize": 10,
                    "postData": {
                        "mimeType": "application/json",
                        "text": json.dumps(
                            {
                                "clientToken": "abc",
                                "imagePipelineArn": "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/x",
                            }
                        ),
                    },
                },
                "response": {
                    "status": 400,
                    "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "content": {"size": 2, "mimeType": "application/json", "text": "{}"},
                    "bodySize": 2,
                },
            }
        ],
    }
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand in a JSON value, the first of each array only."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from places(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value[:1]):
            yield from places(member, (*path, number))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def planted(value: Any, path: tuple[Any, ...], number: str) -> str:
    """The JSON of a value with another number in a place, written as it is."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "@"
    return json.dumps(copy).replace('"@"', number)


def expect_a_sentence(folder: Path, *words: str) -> None:
    ended = here(*words, cwd=folder)
    assert ended.code in {0, 1, 2, 3}, (words, ended.text)
    assert "Traceback" not in ended.text
    assert "bug of the suite" not in ended.text


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("run")
    with serving(Behaviour) as server:
        invoked("run", "operation", "--endpoint-url", server.url, "--report-dir", folder)
    return (folder / "events.jsonl").read_text().splitlines()


@pytest.mark.parametrize("event", ["header", "intent", "result", "check", "footer"])
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:8])
def test_no_number_of_an_event_is_too_much(event: str, number: str, lines: list[str], tmp_path: Path) -> None:
    [(at, line), *_] = [(at, line) for at, line in enumerate(lines) if json.loads(line)["event"] == event]
    for place in places(json.loads(line)):
        changed = [*lines[:at], planted(json.loads(line), place, number), *lines[at + 1 :]]
        (tmp_path / "events.jsonl").write_text("\n".join(changed) + "\n")
        expect_a_sentence(
            tmp_path, "render", "events.jsonl", "--format", "html", "-o", "page.html", "--allow-incomplete"
        )
        expect_a_sentence(tmp_path, "audit", "events.jsonl", "--json")


@pytest.mark.parametrize("number", [*NUMBERS, "200000000", '"x"', "null", "[]", "{}"], ids=lambda number: number[:9])
def test_no_number_of_a_har_is_too_much(number: str, tmp_path: Path) -> None:
    for place in places(HAR):
        (tmp_path / "a.har").write_text(planted(HAR, place, number))
        expect_a_sentence(tmp_path, "audit", "a.har", "--report-dir", "audited")


def test_a_body_that_claims_what_no_message_has_is_refused(lines: list[str], tmp_path: Path) -> None:
    text = "\n".join(lines) + "\n"
    changed = re.sub(r'"size":\d+', '"size":200000000', text)
    assert changed != text
    (tmp_path / "events.jsonl").write_text(changed)
    ended = here("audit", "events.jsonl", "--json", cwd=tmp_path)
    assert ended.code == 2
    assert "200,000,000" in ended.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize(
    "words",
    [
        ("render", "pipe", "--format", "html"),
        ("render", "pipe.jsonl", "--format", "html"),
        ("diff", "pipe", "pipe"),
        ("audit", "pipe"),
        ("audit", "pipe.jsonl"),
        ("run", "operation", "--config", "pipe"),
        ("run", "operation", "--baseline", "pipe"),
        ("drift", "--model", "pipe"),
    ],
    ids=" ".join,
)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(words: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("pipe", "pipe.jsonl"):
        os.mkfifo(tmp_path / name)
    ended = here(*words, cwd=tmp_path)
    assert ended.code == 2, ended.text
    assert "pipe" in ended.err
    assert "Traceback" not in ended.text
