"""Partial runs merge into one report, which is complete only if the parts together are."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_reports.digest import selection_digest
from imagebuilder_reports.errors import InconsistentError
from imagebuilder_reports.events import Footer
from imagebuilder_reports.merge import merge
from imagebuilder_reports.model import Report, report_to_json
from imagebuilder_reports.report import fold
from imagebuilder_reports.schemas import load_schema
from imagebuilder_reports.verdicts import Cause, Ending, RunVerdict, Verdict
from imagebuilder_spec import load_contract

from .samples import came, check, clause, events_of, exchange, failure, finished, footer, image, judged, sent

PASSED, FAILED = Verdict.PASSED, Verdict.FAILED
ALL = ("a.b", "a.c", "b.d")
Said = dict[str, Verdict | tuple[Verdict, Cause]]


def part(said: Said, *, unfinished: Iterable[str] = (), end: Footer | None = footer(), **changes: object) -> Report:  # noqa: B008  # frozen
    """A run that selects the clauses that it says something of, and those that it leaves unfinished."""
    selected = {*said, *unfinished}
    done = []
    for clause_id, word in said.items():
        verdict, cause = word if isinstance(word, tuple) else (word, None)
        failures = (failure(clause_id, exchange()),) if verdict is FAILED else ()
        done.append(finished(f"check.{clause_id}", judged(clause_id, verdict, "why", cause), failures=failures))
    report = fold(
        events_of(
            [clause(id_, selected=id_ in selected) for id_ in ALL],
            done,
            planned=[check(f"check.{id_}", id_) for id_ in unfinished],
            between=[sent("x0001"), came("x0001", 200, image(1), record=exchange(image=image(1)))],
            end=end,
            **changes,
        )
    )
    return signed(report)


def signed(report: Report) -> Report:
    """With the digest that a run would have computed."""
    selected = [clause.id for clause in report.clauses if clause.selected]
    digest = selection_digest(report.suite.version, load_contract(), selected)
    return replace(report, suite=replace(report.suite, digest=digest))


def verdicts(report: Report) -> list[Verdict]:
    return [clause.verdict for clause in report.clauses]


def test_parts_by_prefix_make_a_whole() -> None:
    merged = merge([part({"a.b": PASSED, "a.c": PASSED}, prefixes=("a",)), part({"b.d": PASSED}, prefixes=("b",))])
    whole = part({"a.b": PASSED, "a.c": PASSED, "b.d": PASSED})
    assert merged.report.verdict is RunVerdict.CONFORMANT
    assert verdicts(merged.report) == verdicts(whole)
    assert merged.report.suite.digest == whole.suite.digest
    assert merged.report.run.prefixes == ("a", "b")
    assert merged.contradictions == ()


def test_a_part_over_everything_leaves_no_prefix() -> None:
    assert merge([part({"a.b": PASSED}, prefixes=("a",)), part({"b.d": PASSED})]).report.run.prefixes == ()


def test_a_broken_part_breaks_the_whole() -> None:
    merged = merge([part({"a.b": PASSED}), part({"b.d": FAILED})])
    assert merged.report.verdict is RunVerdict.NON_CONFORMANT
    [broken] = merged.report.failures
    assert broken.exchanges[0].id == "2/x0001"


@pytest.mark.parametrize("order", [1, -1])
def test_a_contradiction_is_named_and_counts_as_broken(order: int) -> None:
    parts = [part({"a.b": PASSED}), part({"a.b": FAILED})][::order]
    merged = merge(parts)
    words = ["passed", "failed"][::order]
    assert merged.contradictions == (f"a.b: {words[0]} in part 1, {words[1]} in part 2",)
    assert merged.report.clause("a.b").verdict is FAILED
    assert merged.report.clause("a.b").reason == merged.contradictions[0]


@pytest.mark.parametrize("silent", [Verdict.ERROR, Verdict.INCONCLUSIVE, (Verdict.NOT_RUN, Cause.BUDGET)])
def test_what_one_part_judged_stands_whatever_kept_the_other_from_it(silent: Verdict | tuple[Verdict, Cause]) -> None:
    merged = merge([part({"a.b": silent}), part({"a.b": PASSED})])
    assert merged.report.verdict is RunVerdict.CONFORMANT
    assert merged.contradictions == ()
    assert merged.report.checks[0].verdict is PASSED


def test_of_two_reasons_for_not_running_the_one_that_leaves_no_gap_stands() -> None:
    parts = [
        part({"a.b": (Verdict.NOT_RUN, Cause.BUDGET), "a.c": PASSED}),
        part({"a.b": (Verdict.NOT_RUN, Cause.CONDITION)}),
    ]
    merged = merge(parts)
    assert merged.report.clause("a.b").cause is Cause.CONDITION
    assert merged.report.verdict is RunVerdict.CONFORMANT


def test_a_gap_that_no_part_fills_leaves_the_whole_incomplete() -> None:
    merged = merge([part({"a.b": PASSED}), part({"b.d": (Verdict.NOT_RUN, Cause.BUDGET)})])
    assert merged.report.verdict is RunVerdict.INCOMPLETE


def test_a_part_that_was_cut_short_is_filled_by_another() -> None:
    cut = part({"a.b": PASSED}, unfinished=["a.c"], end=footer(Ending.INTERRUPTED, "Ctrl-C"))
    assert merge([cut, part({"a.c": PASSED})]).report.verdict is RunVerdict.CONFORMANT


def test_a_part_that_was_cut_short_and_is_not_filled_is_named() -> None:
    cut = part({"a.b": PASSED}, unfinished=["a.c"], end=footer(Ending.INTERRUPTED, "Ctrl-C"))
    merged = merge([part({"b.d": PASSED}), cut])
    assert merged.report.verdict is RunVerdict.INCOMPLETE
    assert (merged.report.run.ending, merged.report.run.reason) == (Ending.INTERRUPTED, "part 2: Ctrl-C")


def test_exchanges_and_executions_are_those_of_all_parts() -> None:
    merged = merge([part({"a.b": PASSED}), part({"b.d": PASSED})]).report
    assert [row.id for row in merged.exchanges] == ["1/x0001", "2/x0001"]
    assert [(each.exchange, each.image) for each in merged.executions] == [("1/x0001", image(1))]
    assert (merged.totals.exchanges, merged.totals.executions) == (2, 1)


def test_a_merged_report_fits_the_schema() -> None:
    merged = merge([part({"a.b": PASSED}), part({"b.d": FAILED})]).report
    Draft202012Validator(load_schema("report")).validate(json.loads(json.dumps(report_to_json(merged))))


def test_parts_of_several_machines_name_all_targets() -> None:
    other = part({"b.d": PASSED})
    other = replace(other, target=replace(other.target, name="b target", endpoint="http://b.test"))
    target = merge([part({"a.b": PASSED}), other]).report.target
    assert (target.name, target.endpoint) == ("a target, b target", "http://127.0.0.1:4566, http://b.test")


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (part({"a.b": PASSED}, reference=True), "it has another kind of target"),
        (part({"a.b": PASSED}, strict=True), "it has another strictness"),
    ],
    ids=["reference", "strict"],
)
def test_parts_of_another_kind_are_refused(odd: Report, says: str) -> None:
    with pytest.raises(InconsistentError, match=f"part 2 can't be merged with part 1: {says}"):
        merge([part({"a.b": PASSED}), odd])


def test_a_part_that_claims_more_than_it_ran_is_refused() -> None:
    honest = part({"a.b": PASSED})
    forged = replace(honest, clauses=tuple(replace(clause, selected=True) for clause in honest.clauses))
    with pytest.raises(InconsistentError, match="part 2 can't be merged: its digest is not that of the contract"):
        merge([honest, forged])


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(InconsistentError, match="expected parts to merge, got none"):
        merge([])
