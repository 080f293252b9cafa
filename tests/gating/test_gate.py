"""`--baseline` and `baseline`: a known failure passes, anything else is news."""

import json
import re
from pathlib import Path

import pytest

from imagebuilder_reports.baseline import read_baseline
from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.verdicts import RunVerdict
from tests.gating.runs import broken, error_of, kept, report_of, run
from tests.support.command import invoked


@pytest.fixture
def known(broken_run: Path, tmp_path: Path) -> Path:
    """The baseline of the broken run."""
    path = tmp_path / "known.toml"
    assert invoked("baseline", "update", broken_run, "--output", path, "--reason", "issue 17").exit_code == 0
    return path


def lines_to_delete(output: str, path: Path) -> str:
    """What is left of a baseline without the lines that the gate names."""
    lines = path.read_text().splitlines(keepends=True)
    for first, last in re.findall(r"delete lines (\d+) to (\d+) of", output):
        lines[int(first) - 1 : int(last)] = [""] * (int(last) - int(first) + 1)
    return "".join(lines)


def pasted(output: str) -> str:
    """The entries that the gate gives to paste."""
    lines = [line.strip() for line in output.splitlines()]
    return "\n".join(line for line in lines if line == "[[known]]" or re.fullmatch(r"[a-z_]+ = .+", line)) + "\n"


def test_a_known_failure_passes_and_the_verdict_still_describes_the_target(known: Path, tmp_path: Path) -> None:
    with broken("replay-refused") as server:
        result = run(server, tmp_path / "report", "--baseline", known)
    report = report_of(tmp_path / "report")
    assert result.exit_code == 0, result.output
    assert report.verdict is RunVerdict.NON_CONFORMANT
    assert report.gate is not None
    assert report.gate.verdict is GateVerdict.PASSED
    assert report.gate.baseline == str(known)
    assert report.gate.sentence in result.output
    assert json.loads((tmp_path / "report/report.json").read_text())["gate"]["verdict"] == "passed"
    assert "1 known failure and no news" in (tmp_path / "report/report.html").read_text()


def test_another_defect_of_the_same_clause_fails_until_its_entry_is_pasted(known: Path, tmp_path: Path) -> None:
    with broken("replay-mismatched") as server:
        result = run(server, tmp_path, "--baseline", known)
        assert result.exit_code == 1
        assert "unexpected" in result.output
        known.write_text(lines_to_delete(result.output, known) + pasted(result.output))
        again = run(server, tmp_path, "--baseline", known)
    assert again.exit_code == 0, again.output


def test_a_mended_failure_fails_until_the_named_lines_are_deleted(known: Path, tmp_path: Path) -> None:
    with kept() as server:
        result = run(server, tmp_path, "--baseline", known)
        assert result.exit_code == 1
        assert report_of(tmp_path).verdict is RunVerdict.CONFORMANT
        assert "mended" in result.output
        known.write_text(lines_to_delete(result.output, known))
        assert read_baseline(known).entries == ()
        assert run(server, tmp_path, "--baseline", known).exit_code == 0


def test_an_expired_entry_fails_with_the_lines_to_delete(broken_run: Path, known: Path) -> None:
    known.write_text(known.read_text().replace("first_seen =", "expires = 2020-01-31\nfirst_seen ="))
    result = invoked("baseline", "check", broken_run, "--baseline", known)
    assert result.exit_code == 1
    assert "expired" in result.output
    assert re.search(r"delete lines \d+ to \d+ of", result.output)


def test_an_intermittent_failure_may_be_absent(kept_run: Path, known: Path) -> None:
    known.write_text(known.read_text().replace("first_seen =", "intermittent = true\nfirst_seen ="))
    assert invoked("baseline", "check", kept_run, "--baseline", known).exit_code == 0


def test_an_entry_of_a_clause_that_was_not_judged_is_neither(known: Path, tmp_path: Path) -> None:
    with kept() as server:
        result = run(server, tmp_path, "--baseline", known, prefix="errors.resource-not-found.code")
    assert result.exit_code == 0, result.output
    assert "not-judged" in result.output


def test_a_run_without_a_verdict_does_not_pass_unasked(known: Path, tmp_path: Path) -> None:
    nowhere = ("run", "--endpoint-url", "http://127.0.0.1:9", "--baseline", known, "--report-dir", tmp_path)
    assert invoked(*nowhere).exit_code == 3
    # Nothing was judged, so there is nothing that could be allowed.
    assert invoked(*nowhere, "--allow-incomplete").exit_code == 3
    report = report_of(tmp_path)
    assert report.gate is not None
    assert report.gate.verdict is GateVerdict.INCOMPLETE


def test_an_incomplete_run_without_news_passes_if_that_was_asked_for(known: Path, tmp_path: Path) -> None:
    # One build pays for the start and its replay, and none is left for another token.
    budget = ("idempotency.replay.after-other-tokens", "--max-executions", "1", "--baseline", known)
    with broken("replay-refused") as server:
        assert run(server, tmp_path, *budget).exit_code == 3
        assert run(server, tmp_path, *budget, "--allow-incomplete").exit_code == 0


@pytest.mark.parametrize("text", ["known = [", "[[known]]\n", None])
def test_a_baseline_that_can_not_be_read_stops_the_run_before_anything_is_sent(
    text: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "known.toml"
    if text is not None:
        path.write_text(text)
    with kept() as server:
        sentence = error_of(run(server, tmp_path / "report", "--baseline", path))
        assert not server.behaviour.store.executions
    assert str(path) in sentence
    assert not (tmp_path / "report").exists()


def test_a_configuration_file_may_name_the_baseline(known: Path, tmp_path: Path) -> None:
    config = tmp_path / "run.toml"
    config.write_text(f"baseline = {json.dumps(str(known))}\n")
    with broken("replay-refused") as server:
        assert run(server, tmp_path / "report", "--config", config).exit_code == 0


def test_check_refuses_a_placeholder_for_a_reason(broken_run: Path, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    updated = invoked("baseline", "update", broken_run, "--output", path)
    assert "Give each new entry a reason: line " in updated.output
    refused = invoked("baseline", "check", broken_run, "--baseline", path)
    assert refused.exit_code == 2
    assert "known.toml has entries without a real reason: line " in refused.output


def test_check_exits_by_the_gate(broken_run: Path, kept_run: Path, known: Path) -> None:
    assert invoked("baseline", "check", broken_run, "--baseline", known).exit_code == 0
    assert invoked("baseline", "check", kept_run, "--baseline", known).exit_code == 1


def test_update_keeps_what_still_holds_as_it_stands(broken_run: Path, known: Path) -> None:
    explained = known.read_text().replace("why this is known, and where it is tracked", "issue 17")
    known.write_text(f"{explained}\n# The end.\n")
    before = known.read_text()
    result = invoked("baseline", "update", broken_run, "--output", known)
    assert result.exit_code == 0
    assert "0 added, 0 taken out" in result.output
    assert known.read_text() == before


def test_update_makes_the_gate_pass(broken_run: Path, kept_run: Path, known: Path) -> None:
    for folder in (kept_run, broken_run):
        assert invoked("baseline", "update", folder, "--output", known, "--reason", "issue 17").exit_code == 0
        assert invoked("baseline", "check", folder, "--baseline", known).exit_code == 0


def test_prune_takes_out_what_no_longer_fails_and_nothing_else(broken_run: Path, kept_run: Path, known: Path) -> None:
    before = known.read_text()
    assert invoked("baseline", "prune", broken_run, "--baseline", known).exit_code == 0
    assert known.read_text() == before
    result = invoked("baseline", "prune", kept_run, "--baseline", known)
    assert result.exit_code == 0
    assert read_baseline(known).entries == ()
