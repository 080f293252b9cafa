"""A run that makes some checks of an earlier one again gives the whole report, with what they say now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.digest import selection_digest
from imagebuilder_reports.events import Footer
from imagebuilder_reports.merge import merge
from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.report import fold
from imagebuilder_reports.rerun import renewed
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_reports.writers import FORMATS
from imagebuilder_spec import load_contract

from .samples import came, check, clause, events_of, exchange, failure, finished, footer, image, judged, sent

PASSED, WARNED, FAILED, INCONCLUSIVE, ERROR = (
    Verdict.PASSED,
    Verdict.WARNED,
    Verdict.FAILED,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
)
NO_BUDGET = (Verdict.NOT_RUN, Cause.BUDGET)
UNMET = (Verdict.NOT_RUN, Cause.CONDITION)
ALL = ("a.b", "a.c", "b.d")
Word = Verdict | tuple[Verdict, Cause]
# What each check says of each of its clauses.
Said = Mapping[str, Mapping[str, Word]]

EARLIER: Said = {"one": {"a.b": FAILED}, "two": {"a.c": PASSED}, "three": {"b.d": PASSED}}


def run(said: Said, *, unmade: Mapping[str, Sequence[str]] | None = None, end: Footer | None = None) -> Report:
    """A run whose checks say this; those that are `unmade` it only announces, with their clauses."""
    unmade = unmade or {}
    selected = {each for clauses in (*said.values(), *unmade.values()) for each in clauses}
    done = []
    for check_id, words in said.items():
        both = {id_: word if isinstance(word, tuple) else (word, None) for id_, word in words.items()}
        broken = [failure(id_, exchange()) for id_, (verdict, _) in both.items() if verdict in {FAILED, WARNED}]
        judgements = [judged(id_, verdict, "why", cause) for id_, (verdict, cause) in both.items()]
        done.append(finished(check_id, *judgements, failures=tuple(broken), notes=(f"seen by {check_id}",)))
    report = fold(
        events_of(
            [clause(id_, selected=id_ in selected) for id_ in ALL],
            done,
            planned=[check(id_, *clauses) for id_, clauses in unmade.items()],
            between=[sent("x0001"), came("x0001", 200, image(1), record=exchange(image=image(1)))],
            end=end or footer(),
        )
    )
    ids = [each.id for each in report.clauses if each.selected]
    digest = selection_digest(report.suite.version, load_contract(), ids)
    return replace(report, suite=replace(report.suite, digest=digest))


def verdicts(report: Report) -> dict[str, Verdict]:
    return {each.id: each.verdict for each in report.clauses}


@pytest.fixture
def fixed() -> Report:
    return renewed(run(EARLIER), run({"one": {"a.b": PASSED}}), {"one"})


def test_what_was_made_again_has_its_new_verdict_and_the_rest_stands(fixed: Report) -> None:
    assert verdicts(fixed) == dict.fromkeys(ALL, PASSED)
    assert fixed.verdict is RunVerdict.CONFORMANT
    assert fixed.failures == ()
    assert fixed.run.ending is Ending.COMPLETED


def test_it_speaks_of_the_same_as_the_whole(fixed: Report) -> None:
    whole = run(EARLIER)
    assert fixed.suite == whole.suite
    assert [each.id for each in fixed.checks] == [each.id for each in whole.checks]
    assert (fixed.run.suites, fixed.run.prefixes) == (whole.run.suites, whole.run.prefixes)


def test_it_says_which_clauses_were_judged_again_and_when(fixed: Report) -> None:
    [rerun] = fixed.run.reruns
    assert (rerun.clauses, rerun.ending) == (("a.b",), Ending.COMPLETED)
    assert fixed.rerun_at == {"a.b": rerun.started}
    assert "1 of 3 clauses was judged again on 2025-11-23 08:00 UTC" in fixed.verdict_sentence
    for form in ("html", "md"):
        [render] = [each.render for each in FORMATS.values() if each.file == f"report.{form}"]
        assert "again" in render(fixed)
        assert rerun.started in render(fixed)
    Draft202012Validator(load_schema("report")).validate(json.loads(json.dumps(report_to_json(fixed))))


def test_the_next_one_is_added_to_those_before(fixed: Report) -> None:
    twice = renewed(fixed, run({"two": {"a.c": FAILED}}), {"two"})
    assert [rerun.clauses for rerun in twice.run.reruns] == [("a.b",), ("a.c",)]
    assert verdicts(twice) == {"a.b": PASSED, "a.c": FAILED, "b.d": PASSED}


def test_what_is_still_broken_has_its_new_evidence_only() -> None:
    again = renewed(run(EARLIER), run({"one": {"a.b": FAILED}}), {"one"})
    [shown] = again.failures
    assert shown.exchanges[0].id == "x0001"
    assert again.verdict is RunVerdict.NON_CONFORMANT


def test_exchanges_of_both_are_kept_apart(fixed: Report) -> None:
    assert [row.id for row in fixed.exchanges] == ["1/x0001", "x0001"]


@pytest.mark.parametrize("word", [INCONCLUSIVE, ERROR])
def test_what_can_not_be_judged_now_is_not_green_by_what_another_check_saw(word: Verdict) -> None:
    earlier = run({"one": {"a.b": FAILED}, "two": {"a.b": PASSED}})
    again = renewed(earlier, run({"one": {"a.b": word}}), {"one"})
    assert verdicts(again)["a.b"] is word
    assert again.verdict is RunVerdict.INCOMPLETE


def test_what_a_check_that_was_made_again_breaks_newly_counts() -> None:
    earlier = run({"one": {"a.b": FAILED, "a.c": PASSED}, "two": {"a.c": PASSED}})
    again = renewed(earlier, run({"one": {"a.b": PASSED, "a.c": FAILED}}), {"one"})
    assert verdicts(again) | {"b.d": None} == {"a.b": PASSED, "a.c": FAILED, "b.d": None}
    assert again.clause("a.c").reason == "why"


def test_what_does_not_apply_any_more_is_not_broken_any_more() -> None:
    again = renewed(run(EARLIER), run({"one": {"a.b": UNMET}}), {"one"})
    assert (again.clause("a.b").verdict, again.clause("a.b").cause) == UNMET
    assert again.verdict is RunVerdict.CONFORMANT


def test_what_was_not_paid_for_stands_as_it_was() -> None:
    again = renewed(run(EARLIER), run({"one": {"a.b": NO_BUDGET}}), {"one"})
    assert verdicts(again)["a.b"] is FAILED
    assert again.run.reruns[0].clauses == ()


def test_what_a_run_that_ended_early_did_not_come_to_stands_as_it_was() -> None:
    earlier = run({"one": {"a.b": FAILED}, "two": {"a.c": FAILED}, "three": {"b.d": PASSED}})
    end = footer(Ending.INTERRUPTED, "Ctrl-C")
    again = renewed(earlier, run({"one": {"a.b": PASSED}}, unmade={"two": ["a.c"]}, end=end), {"one", "two"})
    assert verdicts(again) == {"a.b": PASSED, "a.c": FAILED, "b.d": PASSED}
    assert (again.run.ending, again.run.reason) == (Ending.INTERRUPTED, "Ctrl-C")
    assert again.run.reruns[0].reason == "Ctrl-C"
    assert "interrupted: Ctrl-C" in again.verdict_sentence


def test_a_target_that_was_not_there_changes_no_verdict() -> None:
    end = footer(Ending.UNREACHABLE, "nothing listens")
    again = renewed(run(EARLIER), run({}, unmade={"one": ["a.b"]}, end=end), {"one"})
    assert verdicts(again) == verdicts(run(EARLIER))
    assert not again.run.ending.judges_nothing
    assert "unreachable: nothing listens" in again.verdict_sentence
    assert "0 of 3 clauses were judged again" in again.verdict_sentence


@pytest.mark.parametrize(
    ("before", "now", "then"),
    [
        (PASSED, FAILED, FAILED),
        (PASSED, WARNED, WARNED),
        (INCONCLUSIVE, PASSED, PASSED),
        ((Verdict.NOT_RUN, Cause.NEVER_SHOWN), PASSED, PASSED),
        (WARNED, PASSED, WARNED),
        (FAILED, PASSED, FAILED),
        (PASSED, INCONCLUSIVE, PASSED),
        (PASSED, (Verdict.NOT_RUN, Cause.NEVER_SHOWN), PASSED),
    ],
)
def test_a_check_that_only_looked_on_adds_what_weighs_more(before: Word, now: Word, then: Verdict) -> None:
    earlier = run({**EARLIER, "passive": {"b.d": before}, "three": {}})
    again = renewed(earlier, run({"one": {"a.b": PASSED}, "passive": {"b.d": now}}), {"one"})
    assert verdicts(again)["b.d"] is then
    assert "part" not in (again.clause("b.d").reason or "")


def test_the_rest_of_a_run_that_was_cut_short_makes_it_whole() -> None:
    cut = run({"one": {"a.b": FAILED}}, unmade={"two": ["a.c"]}, end=footer(Ending.INTERRUPTED, "stopped"))
    whole = renewed(cut, run({"one": {"a.b": PASSED}, "two": {"a.c": PASSED}}), {"one", "two"})
    assert (whole.run.ending, whole.verdict) == (Ending.COMPLETED, RunVerdict.CONFORMANT)


def test_a_part_of_the_rest_leaves_it_cut_short() -> None:
    unmade = {"two": ["a.b"], "three": ["a.c"]}
    cut = run({"one": {"a.b": FAILED, "a.c": PASSED}}, unmade=unmade, end=footer(Ending.INTERRUPTED, "stopped"))
    part = renewed(cut, run({"one": {"a.b": PASSED, "a.c": PASSED}, "two": {"a.b": PASSED}}), {"one", "two"})
    assert (part.run.ending, part.verdict) == (Ending.INTERRUPTED, RunVerdict.INCOMPLETE)


def test_why_the_earlier_run_ended_is_not_the_reason_of_what_stays_open() -> None:
    end = footer(Ending.INTERRUPTED, "stopped")
    cut = run({"one": {"a.b": FAILED}}, unmade={"two": ["a.c"]}, end=end)
    whole = renewed(cut, run({"one": {"a.b": PASSED}, "two": {"a.c": INCONCLUSIVE}}), {"one", "two"})
    assert (whole.run.ending, whole.run.reason) == (Ending.COMPLETED, None)
    assert merge([cut, run({"two": {"a.c": INCONCLUSIVE}})]).report.run.reason is None


@pytest.mark.parametrize(("asked", "reason"), [("two", None), ("one", "the quota is used up")])
def test_what_kept_the_earlier_run_from_judging_is_said_as_long_as_it_stands(asked: str, reason: str | None) -> None:
    kept = run({"one": {"a.b": FAILED}, "two": {"a.c": INCONCLUSIVE}}, end=footer(reason="the quota is used up"))
    clause_id = {"one": "a.b", "two": "a.c"}[asked]
    assert renewed(kept, run({asked: {clause_id: PASSED}}), {asked}).run.reason == reason


def test_of_two_reasons_for_not_judging_the_last_is_said() -> None:
    cut = run({"one": {"a.b": FAILED}}, unmade={"two": ["a.c"]}, end=footer(Ending.INTERRUPTED, "stopped"))
    unpaid = renewed(cut, run({"one": {"a.b": PASSED}, "two": {"a.c": NO_BUDGET}}), {"one", "two"})
    assert (unpaid.clause("a.c").cause, unpaid.run.ending) == (Cause.BUDGET, Ending.COMPLETED)
    assert unpaid.run.reruns[0].clauses == ("a.b",)
    assert unpaid.verdict is RunVerdict.INCOMPLETE


def test_in_a_merge_too_one_check_does_not_speak_for_another_of_the_clause() -> None:
    merged = merge([run({"one": {"a.b": PASSED}}), run({"two": {"a.b": INCONCLUSIVE}})]).report
    assert merged.verdict is RunVerdict.INCOMPLETE
