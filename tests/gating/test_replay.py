"""`replay`: the exchanges of a failure again, against a target that still fails and one that was mended."""

from pathlib import Path

import pytest

from tests.gating.runs import broken, call, kept, run

CHECK = "idempotency.mismatch"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run against a target that ignores mismatches."""
    folder = tmp_path_factory.mktemp("mismatch")
    with broken("mismatch-ignored") as server:
        assert run(server, folder, prefix="idempotency.mismatch.refused").exit_code == 1
    return folder


def test_the_same_defect_is_reproduced(report: Path) -> None:
    with broken("mismatch-ignored") as server:
        result = call("replay", report, CHECK, "--endpoint-url", server.url)
    assert result.exit_code == 1, result.output
    assert "reproduced" in result.output


def test_a_mended_target_is_called_mended(report: Path) -> None:
    with kept() as server:
        result = call("replay", report, CHECK, "--endpoint-url", server.url)
    assert result.exit_code == 0, result.output
    assert "mended" in result.output


def test_a_replay_takes_fresh_tokens(report: Path) -> None:
    with broken("mismatch-ignored") as server:
        first = call("replay", report, CHECK, "--endpoint-url", server.url)
        second = call("replay", report, CHECK, "--endpoint-url", server.url)
        assert len(server.behaviour.store.executions) >= 2
    assert first.exit_code == second.exit_code == 1


@pytest.mark.parametrize("name", ["no.such.check", "wire.charset"])
def test_a_check_without_a_failure_is_one_sentence_and_exit_2(report: Path, name: str) -> None:
    result = call("replay", report, name)
    assert result.exit_code == 2
    assert name in result.stderr
    assert "Traceback" not in result.output


def test_a_target_that_is_gone_is_one_sentence_and_exit_3(report: Path) -> None:
    result = call("replay", report, CHECK, "--endpoint-url", "http://127.0.0.1:9")
    assert result.exit_code == 3
    assert "127.0.0.1:9" in result.stderr
    assert "Traceback" not in result.output
