"""A known failure passes the gate; anything else is news."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.baseline import Baseline, Known, parse_baseline
from imagebuilder_reports.baseline_text import empty_baseline, paste_entry
from imagebuilder_reports.errors import MisfitError
from imagebuilder_reports.events import FailureRecord
from imagebuilder_reports.gate import Gate, GateVerdict, Standing
from imagebuilder_reports.gating import gate
from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.overview import broken_promises
from imagebuilder_reports.report import fold
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.upkeep import prune, update
from imagebuilder_reports.verdicts import LEFT_OPEN, Cause, Ending, RunVerdict, Verdict
from imagebuilder_reports.writers.gate_forms import gate_markdown, gate_text
from imagebuilder_reports.writers.html import render_html
from imagebuilder_reports.writers.markdown import render_markdown
from imagebuilder_spec import load_contract

from .samples import check, clause, events_of, exchange, failure, finished, footer, judged

TODAY = date(2026, 1, 15)
SEEN: dict[str, Any] = {
    "clause": "a.b",
    "check": "check.one",
    "failure": "start.wrong-status",
    "status": 201,
    "reason": "issue 17",
    "first_seen": date(2025, 11, 1),
}


def known_failures(*changes: dict[str, Any]) -> Baseline:
    """A baseline of entries for the failure of `failing()`, each with changes."""
    blocks = ["schema_version = 1\n"]
    for change in changes:
        members = {name: value for name, value in (SEEN | change).items() if value is not None}
        shown = {name: value if isinstance(value, date) else json.dumps(value) for name, value in members.items()}
        blocks.append("\n".join(["[[known]]", *(f"{name} = {value}" for name, value in shown.items())]) + "\n")
    return parse_baseline("\n".join(blocks), "known.toml")


def seen(**changes: Any) -> FailureRecord:
    return failure("a.b", exchange(status=201), **changes)


def failing(*failures: FailureRecord, level: str = "MUST", **changes: Any) -> Report:
    """A run in which `a.b` broke in these ways and `a.held` was kept."""
    broken = Verdict.FAILED if level == "MUST" else Verdict.WARNED
    done = finished(
        "check.one",
        judged("a.held", Verdict.PASSED),
        judged("a.b", broken if failures else Verdict.PASSED),
        failures=failures,
    )
    return fold(events_of([clause("a.held"), clause("a.b", level)], [done], **changes))


def silent(verdict: Verdict, cause: Cause | None = None) -> Report:
    """A run that could not judge `a.b`."""
    done = finished("check.one", judged("a.held", Verdict.PASSED), judged("a.b", verdict, "why", cause))
    return fold(events_of([clause("a.held"), clause("a.b")], [done]))


def standings(report: Report, baseline: Baseline) -> list[Standing]:
    return [item.standing for item in gate(report, baseline, TODAY).items]


def test_a_known_failure_passes() -> None:
    said = gate(failing(seen()), known_failures({}), TODAY)
    assert (said.verdict, said.sentence) == (GateVerdict.PASSED, "the gate passes: 1 known failure and no news")
    assert [item.standing for item in said.items] == [Standing.KNOWN]


def test_without_failures_and_entries_it_passes() -> None:
    assert gate(failing(), known_failures(), TODAY).verdict is GateVerdict.PASSED


def test_a_failure_without_an_entry_fails_and_prints_the_entry() -> None:
    said = gate(failing(seen()), known_failures(), TODAY)
    assert (said.verdict, said.sentence) == (GateVerdict.FAILED, "the gate fails: 1 unexpected failure")
    [item] = said.items
    assert item.advice is not None
    assert item.advice.endswith(paste_entry(broken_promises(failing(seen()))[0], TODAY))


@pytest.mark.parametrize(
    "other",
    [{"failure": "start.no-image"}, {"status": 200}, {"status": None}, {"error": "Teapot"}, {"check": "check.two"}],
    ids=lambda change: next(iter(change)),
)
def test_a_failure_that_differs_from_its_entry_in_any_way_is_news(other: dict[str, Any]) -> None:
    found = standings(failing(seen()), known_failures(other))
    # The entry of another check is stale all the same: no check of that name is left.
    assert found == [Standing.UNEXPECTED, Standing.MENDED]


def test_another_failure_of_the_same_clause_is_news_beside_a_known_one() -> None:
    report = failing(seen(), seen(code="start.no-image"))
    assert standings(report, known_failures({})) == [Standing.UNEXPECTED, Standing.KNOWN]


def test_an_entry_that_no_longer_fails_says_which_lines_to_delete() -> None:
    said = gate(failing(), known_failures({}), TODAY)
    assert (said.verdict, said.sentence) == (GateVerdict.FAILED, "the gate fails: 1 entry that no longer fails")
    assert said.items[0].advice == "delete lines 3 to 9 of known.toml"


@pytest.mark.parametrize("failures", [(), (seen(),)], ids=["mended", "failing"])
def test_an_expired_entry_fails_whether_it_still_holds_or_not(failures: tuple[FailureRecord, ...]) -> None:
    expired = known_failures({"expires": date(2026, 1, 14)})
    said = gate(failing(*failures), expired, TODAY)
    assert (said.verdict, said.sentence) == (GateVerdict.FAILED, "the gate fails: 1 entry that has expired")
    assert said.items[0].advice == "delete lines 3 to 10 of known.toml"


def test_an_entry_holds_up_to_and_including_its_last_day() -> None:
    assert standings(failing(seen()), known_failures({"expires": TODAY})) == [Standing.KNOWN]


@pytest.mark.parametrize(("failures", "standing"), [((), Standing.ABSENT), ((seen(),), Standing.KNOWN)])
def test_an_intermittent_one_may_fail_and_may_pass(failures: tuple[FailureRecord, ...], standing: Standing) -> None:
    baseline = known_failures({"intermittent": True})
    assert standings(failing(*failures), baseline) == [standing]
    assert gate(failing(*failures), baseline, TODAY).verdict is GateVerdict.PASSED


@pytest.mark.parametrize("expires", [None, date(2020, 1, 1)])
@pytest.mark.parametrize("intermittent", [True, False])
def test_an_entry_whose_clause_was_not_judged_is_neither(expires: date | None, intermittent: bool) -> None:  # noqa: FBT001  # a parameter
    baseline = known_failures({"expires": expires, "intermittent": intermittent})
    assert standings(silent(Verdict.INCONCLUSIVE), baseline) == [Standing.NOT_JUDGED]
    assert standings(silent(Verdict.NOT_RUN, Cause.CONDITION), baseline) == [Standing.NOT_JUDGED]


def test_an_entry_whose_check_did_not_judge_the_clause_is_neither() -> None:
    done = [finished("check.two", judged("a.b", Verdict.PASSED))]
    events = events_of([clause("a.b")], done, planned=[check("check.one", "a.b")], end=footer(Ending.INTERRUPTED))
    assert standings(fold(events), known_failures({})) == [Standing.NOT_JUDGED]


def test_an_entry_of_a_clause_that_does_not_exist_is_news() -> None:
    said = gate(failing(), known_failures({"clause": "a.unheard-of"}), TODAY)
    assert [item.standing for item in said.items] == [Standing.UNKNOWN]
    assert said.sentence == "the gate fails: 1 entry of a clause that does not exist"
    assert said.items[0].advice == "delete lines 3 to 9 of known.toml"


def test_an_entry_of_a_clause_of_another_revision_is_neither() -> None:
    elsewhere = next(iter(load_contract("current").clauses.keys() - load_contract("documented").clauses.keys()))
    assert standings(failing(), known_failures({"clause": elsewhere})) == [Standing.NOT_JUDGED]


# Consequences


def hindered(verdict: Verdict = Verdict.INCONCLUSIVE, *, broken: bool = True, cause: Cause | None = None) -> Report:
    """A run in which `a.b` broke and `a.c` came out so."""
    done = finished(
        "check.one",
        judged("a.b", Verdict.FAILED if broken else Verdict.PASSED),
        judged("a.c", verdict, "nothing came", cause),
        failures=(seen(),) if broken else (),
    )
    return fold(events_of([clause("a.b"), clause("a.c")], [done]))


def pinned(report: Report, **changes: str) -> Baseline:
    text = update(empty_baseline("known.toml"), report, TODAY)
    for old, new in changes.items():
        text = text.replace(f"{old} =", f"{new}\n{old} =")
    return parse_baseline(text, "known.toml")


@pytest.mark.parametrize("verdict", LEFT_OPEN)
def test_what_a_known_failure_keeps_from_being_judged_is_pinned_and_passes(verdict: Verdict) -> None:
    said = gate(hindered(verdict), pinned(hindered(verdict)), TODAY)
    assert said.sentence == "the gate passes: 1 known failure, 1 consequence and no news"
    assert [item.standing for item in said.items] == [Standing.KNOWN, Standing.KNOWN]


def test_what_is_left_open_and_not_pinned_leaves_no_verdict_and_says_what_helps() -> None:
    said = gate(hindered(), known_failures({}), TODAY)
    assert said.verdict is GateVerdict.INCOMPLETE
    assert said.sentence.endswith("`baseline update` pins what known failures keep from being judged")


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.ERROR])
def test_a_consequence_that_changes_is_news(verdict: Verdict) -> None:
    said = gate(hindered(verdict), pinned(hindered()), TODAY)
    assert said.verdict is GateVerdict.FAILED
    assert Standing.MENDED in [item.standing for item in said.items]


def test_a_consequence_may_be_intermittent() -> None:
    baseline = pinned(hindered())
    text = baseline.text.replace('verdict = "inconclusive"', 'verdict = "inconclusive"\nintermittent = true')
    for verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE):
        assert gate(hindered(verdict), parse_baseline(text, "known.toml"), TODAY).verdict is GateVerdict.PASSED


def test_without_a_broken_promise_nothing_is_a_consequence() -> None:
    report = hindered(broken=False)
    assert "consequence" not in update(empty_baseline("known.toml"), report, TODAY)
    said = gate(report, pinned(hindered()), TODAY)
    assert [item.standing for item in said.items] == [Standing.MENDED, Standing.MENDED]


@pytest.mark.parametrize("cause", [Cause.BUDGET, Cause.PIPELINES, Cause.EXTRA, Cause.INTERRUPTED])
def test_what_was_not_tried_is_no_consequence(cause: Cause) -> None:
    report = hindered(Verdict.NOT_RUN, cause=cause)
    assert "consequence" not in update(empty_baseline("known.toml"), report, TODAY)
    assert gate(report, pinned(report), TODAY).verdict is GateVerdict.INCOMPLETE


def test_a_report_of_another_suite_or_selection_is_remarked_on() -> None:
    report = failing(seen())
    baseline = pinned(report)
    assert gate(report, baseline, TODAY).remarks == (
        "a reason is still to be given, in the entries at line 5 of known.toml",
    )
    other = replace(report, suite=replace(report.suite, version="9.9", contract="current", digest="f" * 64))
    remarks = gate(other, baseline, TODAY).remarks
    assert all(any(f"another {what}" in each for each in remarks) for what in ("suite version", "contract", "digest"))
    assert all(remark in gate_text(gate(other, baseline, TODAY)) for remark in remarks)
    assert len(remarks) == 4


def test_known_failures_do_not_make_an_incomplete_run_complete() -> None:
    report = failing(seen(), end=footer(Ending.INTERRUPTED, "Ctrl-C"))
    assert report.verdict is RunVerdict.NON_CONFORMANT
    said = gate(report, known_failures({}), TODAY)
    assert said.verdict is GateVerdict.INCOMPLETE
    assert said.sentence.startswith("the gate has no verdict: incomplete: interrupted: Ctrl-C")


def test_news_counts_in_an_incomplete_run_too() -> None:
    report = failing(seen(), end=footer(Ending.INTERRUPTED))
    assert gate(report, known_failures(), TODAY).verdict is GateVerdict.FAILED


def test_a_clause_broken_without_evidence_fails() -> None:
    done = finished("check.one", judged("a.b", Verdict.FAILED))
    said = gate(fold(events_of([clause("a.b")], [done])), known_failures(), TODAY)
    assert said.verdict is GateVerdict.FAILED
    assert said.sentence.startswith("the gate fails, as a clause is broken without evidence")


def test_a_should_needs_an_entry_in_a_strict_run_only() -> None:
    assert standings(failing(seen(), level="SHOULD"), known_failures()) == []
    assert standings(failing(seen(), level="SHOULD", strict=True), known_failures()) == [Standing.UNEXPECTED]
    assert standings(failing(seen(), level="SHOULD"), known_failures({})) == [Standing.KNOWN]


# Upkeep


def test_a_pasted_entry_is_an_entry() -> None:
    report = failing(seen(), seen(code="start.no-image"))
    text = "schema_version = 1\n" + "".join(paste_entry(broken, TODAY) for broken in broken_promises(report))
    baseline = parse_baseline(text, "known.toml")
    assert gate(report, baseline, TODAY).verdict is GateVerdict.PASSED
    assert [entry.known.first_seen for entry in baseline.entries] == [TODAY, TODAY]


def test_a_hostile_error_code_can_be_pasted() -> None:
    record = exchange(status=400, code='a"\\\n[[known]]\x7f\ud800\u202e')
    report = failing(failure("a.b", record))
    text = update(empty_baseline("known.toml"), report, TODAY)
    assert gate(report, parse_baseline(text, "known.toml"), TODAY).verdict is GateVerdict.PASSED


def test_an_empty_baseline_updated_by_a_report_passes_it() -> None:
    report = failing(seen())
    text = update(empty_baseline("known.toml"), report, TODAY)
    assert gate(report, parse_baseline(text, "known.toml"), TODAY).verdict is GateVerdict.PASSED
    assert text.startswith("# Known failures.")


COMMENTED = """\
# Ours.
schema_version = 1

# The first, which is over.
# It has two lines of comment.
[[known]]
clause = "a.held"
check = "check.one"
failure = "start.wrong-status"
reason = "over"
first_seen = 2025-11-01

# The second, which is not.
[[known]]
clause = "a.b"
check = "check.one"
failure = "start.wrong-status"
status = 201
reason = "issue 17"  # a comment at the end
first_seen = 2025-11-01
"""


def test_pruning_takes_out_what_is_over_and_nothing_else() -> None:
    pruned = prune(parse_baseline(COMMENTED, "known.toml"), failing(seen()), TODAY)
    head, first, second = COMMENTED.split("\n\n")
    assert pruned == f"{head}\n\n{second}"
    assert first not in pruned


def test_pruning_what_is_up_to_date_changes_nothing() -> None:
    _, first, _ = COMMENTED.split("\n\n")
    text = COMMENTED.replace(f"{first}\n\n", "")
    assert prune(parse_baseline(text, "known.toml"), failing(seen()), TODAY) == text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_pruning_keeps_comments_that_are_of_no_entry_and_line_ends(end: str) -> None:
    between = "first_seen = 2025-11-01\n# after the first\n\n# a heading \u2028\x85 of what follows\n\n# The second"
    text = COMMENTED.replace("first_seen = 2025-11-01\n\n# The second", between).replace("\n", end)
    kept = prune(parse_baseline(text, "known.toml"), failing(seen()), TODAY)
    start, stop = text.index("# The first"), text.index("# after the first")
    assert kept == text[:start] + text[stop:]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_updating_keeps_line_ends(end: str) -> None:
    text = update(parse_baseline(COMMENTED.replace("\n", end), "known.toml"), failing(seen()), TODAY)
    assert text.count("\n") == text.count(end)


def test_a_table_in_a_text_is_no_entry() -> None:
    text = COMMENTED.replace('"over"', '"""\n[[known]]\n"""')
    with pytest.raises(MisfitError, match="expected each entry below a line"):
        parse_baseline(text, "known.toml")


@pytest.mark.parametrize("reason", ["TODO", "tbd.", "...", "n/a", "-", "Why this is known, and where it is tracked."])
def test_a_placeholder_is_no_reason(reason: str) -> None:
    assert known_failures({"reason": reason}).unexplained


def test_a_reason_is_no_placeholder() -> None:
    assert not known_failures({"reason": "todo in issue 17"}, {"reason": "known upstream", "check": "x"}).unexplained


def test_updating_keeps_known_entries_and_adds_new_ones() -> None:
    report = failing(seen(), seen(code="start.no-image"))
    text = update(parse_baseline(COMMENTED, "known.toml"), report, TODAY)
    assert "# The second, which is not." in text
    assert "# The first" not in text
    assert 'failure = "start.no-image"' in text
    assert gate(report, parse_baseline(text, "known.toml"), TODAY).verdict is GateVerdict.PASSED


def test_updating_renews_what_has_expired_and_still_fails() -> None:
    expired = known_failures({"expires": date(2026, 1, 1)})
    updated = parse_baseline(update(expired, failing(seen()), TODAY), "known.toml")
    [entry] = updated.entries
    assert entry.known == Known(**SEEN)


# Forms


@pytest.fixture
def said() -> Gate:
    return gate(failing(seen(code="start.no-image")), known_failures({}), TODAY)


def test_the_text_says_what_to_do(said: Gate) -> None:
    lines = gate_text(said).splitlines()
    assert lines[0] == "the gate fails: 1 unexpected failure, 1 entry that no longer fails"
    assert lines[1] == "unexpected  a.b: start.no-image, 201"
    assert "            [[known]]" in lines
    assert "            delete lines 3 to 9 of known.toml" in lines


def test_the_markdown_says_what_to_do(said: Gate) -> None:
    text = gate_markdown(said)
    assert "| unexpected | `a.b` | `start.no-image, 201` |" in text
    assert "delete lines 3 to 9 of known.toml" in text


def test_a_gated_report_fits_the_schema_and_shows_the_gate(said: Gate) -> None:
    report = replace(failing(seen(code="start.no-image")), gate=said)
    Draft202012Validator(load_schema("report")).validate(json.loads(json.dumps(report_to_json(report))))
    assert "the gate fails" in render_markdown(report)
    assert "The gate fails" in render_html(report)
