"""`--debug-log`: one line a decision, with its time and its check, from every process of a run, and no secret."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from imagebuilder_conformance.debug_log import bound_to, decided
from imagebuilder_conformance.reference.defects.catalogue import find_variation
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.model import Report
from tests.support.calls import target_at
from tests.support.command import here, served
from tests.support.runs import run_of, serving
from tests.support.scripted import Received, Reply, ScriptedServer

LINE = re.compile(r" *(?P<seconds>[0-9]+\.[0-9]{3}) (?P<check>[a-z.-]+|-) (?P<said>.+)")
TEMPORARY = "\x1b[31mfor a moment"


def decisions(file: Path) -> list[Mapping[str, str]]:
    """The lines of a log, each of which is a decision."""
    found = [LINE.fullmatch(line) for line in file.read_text(encoding="ascii").splitlines()]
    assert found
    assert None not in found
    return [line.groupdict() for line in found if line is not None]


def said_of(file: Path, check: str) -> str:
    return "\n".join(line["said"] for line in decisions(file) if line["check"] == check)


def run_to(file: Path, url: str, *prefixes: str, max_executions: int | None = None, workers: int = 1) -> Report:
    target = target_at(url)
    return run_of(Settings(target, prefixes=prefixes, max_executions=max_executions, workers=workers, debug_log=file))


def test_order_and_verdicts_are_told_for_each_check(tmp_path: Path) -> None:
    with ReferenceServer() as server:
        report = run_to(tmp_path / "log", server.url, "request.client-token")
    made = [check.id for check in report.checks if check.executions or check.id.startswith("request.")]
    turns = [line for line in decisions(tmp_path / "log") if "its turn is" in line["said"]]
    assert {line["check"] for line in turns} >= set(made)
    assert [line["said"] for line in turns] == [f"its turn is {n} of {len(turns)}" for n in range(1, len(turns) + 1)]
    assert "request.client-token.max-length is passed" in said_of(tmp_path / "log", "request.client-token.max-length")


def test_what_is_sent_again_and_how_long_is_waited_is_told(tmp_path: Path) -> None:
    with ReferenceServer(ReferenceSettings(rate_limit=10.0)) as server:
        run_to(tmp_path / "log", server.url, "request.client-token")
    said = [line["said"] for line in decisions(tmp_path / "log")]
    assert [each for each in said if re.fullmatch(r"x\d{4} is sent again in [0-9.]+ s: 429", each)]
    assert [each for each in said if re.fullmatch(r"waits [0-9.]+ s to keep the distance", each)]


def test_what_is_excused_is_told_with_the_reason(tmp_path: Path) -> None:
    with serving(find_variation("quota-of-8-builds-a-pipeline").behaviour) as server:
        run_to(tmp_path / "log", server.url, "idempotency.replay")
    said = [line["said"] for line in decisions(tmp_path / "log") if "says nothing of" in line["said"]]
    assert said
    assert all(each.endswith(": quota") for each in said)


def test_what_the_budget_does_not_pay_is_told(tmp_path: Path) -> None:
    with ReferenceServer() as server:
        report = run_to(tmp_path / "log", server.url, "idempotency", max_executions=3)
    unpaid = {clause.id for clause in report.clauses if clause.cause == "budget"}
    told = {line["said"].split()[0] for line in decisions(tmp_path / "log") if "is not-run: " in line["said"]}
    assert unpaid & told


def test_a_targets_words_are_text_and_no_secret_is_among_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def echo(request: Received) -> Reply:
        return Reply(500, b"{}", (("x-amzn-ErrorType", f"{TEMPORARY} {request.header('authorization')}"),))

    with ScriptedServer(echo) as server:
        run_to(tmp_path / "log", server.url, "operation")
    text = (tmp_path / "log").read_text(encoding="ascii") + caplog.text
    assert r"\x1b[31mfor a moment" in text
    assert not re.search("Signature=[0-9a-f]", text)


def test_processes_of_a_run_write_to_one_log(tmp_path: Path) -> None:
    with served(cwd=tmp_path) as (url, _):
        ended = here(
            *("run", "request.client-token", "--workers", "2", "--endpoint-url", url, "--debug-log", "log"),
            cwd=tmp_path,
        )
    assert ended.code == 0, ended.text
    assert "is passed" in said_of(tmp_path / "log", "request.client-token.max-length")


def test_an_earlier_log_is_not_added_to(tmp_path: Path) -> None:
    with ReferenceServer() as server:
        for _ in range(2):
            run_to(tmp_path / "log", server.url, "operation.start")
    assert sum("its turn is 1 of" in line["said"] for line in decisions(tmp_path / "log")) == 1


@pytest.mark.parametrize("name", [".", "nowhere/log", ""])
def test_what_can_be_no_file_is_said_before_anything_is_sent(name: str, tmp_path: Path) -> None:
    ended = here("run", "operation", "--debug-log", name, cwd=tmp_path)
    assert ended.code == 2
    assert ended.err.splitlines()[-1].startswith("Error: --debug-log: expected a file, or its name in a folder")


def test_nobodys_logging_is_changed(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    logger = logging.getLogger("imagebuilder_conformance")
    before = (list(logger.handlers), logger.level)
    with ReferenceServer() as server:
        run_to(tmp_path / "log", server.url, "operation.start")
    assert (list(logger.handlers), logger.level) == before
    caplog.clear()
    with caplog.at_level(logging.DEBUG, logger.name), bound_to("a-check"):
        decided("%s of %d", "one", 2)
    assert [record.getMessage() for record in caplog.records] == ["one of 2"]
