"""What others wrote stays text in every form: of a report that anybody made, and of a target that answers so."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, structs

from imagebuilder_conformance.cli.output import InertBuffer
from imagebuilder_reports.baseline import parse_baseline
from imagebuilder_reports.baseline_text import empty_baseline
from imagebuilder_reports.curl import curl_line
from imagebuilder_reports.diff import compare
from imagebuilder_reports.events import ExchangeRecord, Judgement
from imagebuilder_reports.gating import gate
from imagebuilder_reports.legible import capped
from imagebuilder_reports.matrix import matrix
from imagebuilder_reports.model import Report
from imagebuilder_reports.plain import members_of
from imagebuilder_reports.report import fold
from imagebuilder_reports.upkeep import update
from imagebuilder_reports.verdicts import Verdict
from imagebuilder_reports.writers import FORMATS
from imagebuilder_reports.writers.diff_forms import diff_html, diff_markdown, diff_text
from imagebuilder_reports.writers.gate_forms import gate_markdown, gate_text
from imagebuilder_reports.writers.matrix_forms import matrix_html, matrix_markdown, matrix_text
from tests.hostile.looking import assert_inert, assert_junit, assert_markdown, assert_page, assert_plain
from tests.hostile.payloads import PAYLOADS, TOGETHER
from tests.reports.samples import clause, events_of, exchange, failure, finished
from tests.support.command import here, report_in
from tests.support.scripted import Received, Reply, ScriptedServer

TODAY = date(2026, 1, 1)
# What has a shape of its own, and without it no report could be read at all.
SHAPED = {"event", "encoding", "data", "started", "finished"}


def written_into(value: Any, payload: str) -> Any:
    """A record with the payload at the end of each of its texts, and at the beginning of each."""
    if isinstance(value, Struct) or (is_dataclass(value) and not isinstance(value, type)):
        names = members_of(type(value)).keys() - SHAPED
        changed = {name: written_into(getattr(value, name), payload) for name in names}
        return structs.replace(value, **changed) if isinstance(value, Struct) else replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(written_into(each, payload) for each in value)
    return f"{payload}{value}{payload}" if type(value) is str else value


def foreign(payload: str) -> Report:
    """The report of a run in which one clause is broken, one inconclusive and one a warning, as others may write it."""
    records = exchange(status=400, code="Teapot"), exchange(status=201)
    done = finished(
        "check.one",
        Judgement("a.b", Verdict.FAILED),
        Judgement("a.c", Verdict.INCONCLUSIVE, "nothing came"),
        Judgement("a.d", Verdict.WARNED),
        failures=(failure("a.b", *records), failure("a.d", *records)),
        notes=("a note",),
    )
    report = fold(events_of([clause("a.b"), clause("a.c"), clause("a.d", "SHOULD")], [done]))
    hostile: Report = written_into(report, payload)
    return hostile


@pytest.fixture(params=PAYLOADS)
def payload(request: pytest.FixtureRequest) -> str:
    return PAYLOADS[request.param]


def test_the_forms_of_a_report(payload: str) -> None:
    report = foreign(payload)
    report = replace(report, gate=gate(report, empty_baseline(payload), TODAY))
    texts = {name: form.render(report) for name, form in FORMATS.items()}
    assert texts.keys() == {"json", "html", "markdown", "junit", "badge", "shields"}
    assert_markdown(texts["markdown"])
    assert_page(texts["html"], scripts=2)
    assert_junit(texts["junit"])
    for name in ("json", "shields"):
        assert_inert(texts[name])
        json.loads(texts[name])
    assert_inert(texts["badge"])
    assert report.verdict_sentence in json.loads(texts["json"])["verdict_sentence"]


def test_differences_and_matrices(payload: str) -> None:
    report = foreign(payload)
    other = replace(foreign(""), target=report.target, run=report.run)
    difference, table = compare(other, report), matrix([report, other], [payload, payload])
    same = compare(report, report)
    for text in (diff_text(difference), diff_text(same), matrix_text(table)):
        assert_plain(text)
    for text in (diff_markdown(difference), diff_markdown(same), matrix_markdown(table)):
        assert_markdown(text)
    for text in (diff_html(difference), diff_html(same), matrix_html(table)):
        assert_page(text, scripts=0)


def test_gates_and_baselines(payload: str) -> None:
    report = foreign(payload)
    text = update(empty_baseline("known.toml"), report, TODAY, reason="issue 17")
    baseline = parse_baseline(text, payload)
    for said in (gate(report, baseline, TODAY), gate(foreign(""), baseline, TODAY)):
        assert_plain(gate_text(said))
        assert_markdown(gate_markdown(said) + "\n")


def test_the_line_for_curl(payload: str, tmp_path: Path) -> None:
    record: ExchangeRecord = written_into(exchange(status=201), payload)
    for each in (
        record,
        structs.replace(record, request=structs.replace(record.request, url=payload, headers=((payload, payload),))),
    ):
        line = curl_line(each, payload)
        assert_plain(line)
        # A curl that prints what it is told: one word after another.
        (tmp_path / "curl").write_text('#!/bin/sh\nprintf "%s\\0" "$@"\n')
        (tmp_path / "curl").chmod(0o755)
        told = subprocess.run(
            ["bash", "-c", line],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        words = told.stdout.decode("utf-8", "surrogatepass").split("\0")
        place = words.index("--url") if "--url" in words else None
        if place is not None:
            assert words[place + 1] == each.request.url.split("\0")[0]
            assert words[place - 1] == "=http,https"
        assert not [
            word for at, word in enumerate(words) if word.startswith("@") and word != "@-" and words[at - 1] == "-H"
        ]
        assert not (tmp_path / "hijacked").exists()


COMMANDS: dict[str, tuple[str, ...]] = {
    "replay": ("replay", "report.json", "no.such.check"),
    "explain": ("explain", "no.such.clause"),
    "diff": ("diff", "report.json", "report.json"),
    "matrix": ("matrix", "report.json", "report.json"),
    "merge": ("merge", "report.json", "report.json", "-o", "merged"),
    "cleanup": ("cleanup", "report.json"),
    "baseline": ("baseline", "update", "report.json", "--output", "known.toml"),
    "render": ("render", "report.json", "--format", "markdown"),
}


def test_what_is_tried_together_is_all_of_it_and_not_cut() -> None:
    assert all(any(payload in each for each in TOGETHER.values()) for payload in PAYLOADS.values())
    assert all(capped(each) == each for each in TOGETHER.values())


@pytest.mark.parametrize("payloads", TOGETHER)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_commands_that_read_a_report(name: str, payloads: str, tmp_path: Path) -> None:
    report = foreign(TOGETHER[payloads])
    (tmp_path / "report.json").write_text(FORMATS["json"].render(report), encoding="utf-8")
    ran = here(*COMMANDS[name], cwd=tmp_path)
    assert ran.code in {0, 1, 2, 3}, ran.text
    assert ran.text
    assert "Traceback" not in ran.text
    assert_plain(ran.text)


def test_a_damaged_report_is_quoted_inert(payload: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps({"schema_version": payload}), encoding="utf-8")
    ran = here("diff", "report.json", "report.json", cwd=tmp_path)
    assert ran.code == 2
    assert_plain(ran.text)


def answering(payload: str) -> Callable[[Received], Reply]:
    """A target that writes the payload wherever an answer has room for text."""
    spelled = payload.encode("ascii", "backslashreplace").decode()
    line = "".join(char for char in spelled if char.isprintable())

    def answer(request: Received) -> Reply:
        body = dict.fromkeys(("message", "code", "__type", "clientToken", "imageBuildVersionArn", "requestId"), payload)
        headers = (("Content-Type", "application/json"), ("X-Amzn-Errortype", line), (f"X-{len(line)}", line))
        return Reply(200 if b"conformance-a" in request.body else 418, json.dumps(body).encode(), headers)

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("payloads", TOGETHER)
def test_a_run_against_a_target_that_answers_so(payloads: str, tmp_path: Path) -> None:
    with ScriptedServer(answering(TOGETHER[payloads])) as server:
        ran = here("run", "operation", "response", "errors.code", "--endpoint-url", server.url, cwd=tmp_path)
    assert ran.code == 1, ran.text
    assert_plain(ran.text)
    folder = tmp_path / "conformance-report"
    assert_markdown((folder / "report.md").read_text(encoding="utf-8"))
    assert_page((folder / "report.html").read_text(encoding="utf-8"), scripts=2)
    assert_junit((folder / "junit.xml").read_text(encoding="utf-8"))
    assert report_in(folder)["verdict"] == "non-conformant"


def test_a_command_that_comes_in_pieces_is_broken_too() -> None:
    class Sink:
        written = b""

        def write(self, data: bytes) -> int:
            self.written += data
            return len(data)

    whole = "a ::b::\n  ::error::x\n\x1b[2m ::é::\r::c::\nx##[e]##vso[f]\n##TeamCity[g]"
    for size in range(1, len(whole)):
        sink: Any = Sink()
        buffer = InertBuffer(sink)
        for start in range(0, len(whole.encode()), size):
            buffer.write(whole.encode()[start : start + size])
        text = sink.written.decode()
        assert_inert(text.replace("\x1b[2m", ""))
        assert text.replace("\\x3a", ":").replace("\\x5b", "[") == whole
