"""What is broken by cause, and what to mend first: the cause that breaks the most, MUSTs before SHOULDs."""

from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import blocks, first_to_mend
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Verdict

from .samples import clause, events_of, exchange, failure, finished, judged


def report(*broken: str, crashed: tuple[str, ...] = ()) -> Report:
    """A report of one check that found these clauses broken; one server error breaks those that crashed."""
    crash = exchange("x0009", status=500)
    clauses = [clause(id_, level="SHOULD" if id_.endswith("should") else "MUST") for id_ in broken]
    judgements = [judged(each.id, Verdict.WARNED if each.level == "SHOULD" else Verdict.FAILED) for each in clauses]
    failures = tuple(failure(id_, *((crash,) if id_ in crashed else (exchange(),))) for id_ in broken)
    return fold(events_of(clauses, [finished("check.one", *judgements, failures=failures)]))


def first(of: Report) -> str | None:
    found = first_to_mend(of)
    return None if found is None else found.clause


def test_nothing_is_first_where_there_is_no_choice() -> None:
    assert first(report()) is None
    assert first(report("a.one")) is None


def test_a_must_comes_before_a_should_and_the_contracts_order_decides_else() -> None:
    assert first(report("a.should", "a.one", "a.two")) == "a.one"


def test_a_cause_that_breaks_several_comes_before_one_that_breaks_a_single_clause() -> None:
    found = report("a.one", "a.two", "a.three", crashed=("a.two", "a.three"))
    assert {failure.clause for failure in found.failures if failure.shares} == {"a.two", "a.three"}
    assert first(found) == "a.two"


def told(of: Report) -> list[tuple[str, ...]]:
    return [block.clauses for block in blocks(of)]


def test_what_one_server_error_breaks_is_one_block_and_the_largest_comes_first() -> None:
    found = report("a.one", "b.two", "b.three", "b.should", crashed=("b.two", "b.three", "b.should"))
    assert told(found) == [("b.two", "b.three", "b.should"), ("a.one",)]


def test_what_is_merely_recommended_makes_no_promise_come_first() -> None:
    found = report("a.one", "b.two", "b.should", "c.should", crashed=("b.two", "b.should", "c.should"))
    assert told(found) == [("a.one",), ("b.two", "b.should", "c.should")]


def broken_by(*answers: tuple[str, str]) -> Report:
    """A report in which each clause is broken by the answer of that id."""
    clauses = [clause(id_) for id_, _ in answers]
    failures = tuple(failure(id_, exchange(answer)) for id_, answer in answers)
    judgements = [judged(each.id, Verdict.FAILED) for each in clauses]
    return fold(events_of(clauses, [finished("check.one", *judgements, failures=failures)]))


def test_what_one_answer_breaks_is_one_block() -> None:
    assert told(broken_by(("a.one", "x1"), ("a.two", "x2"), ("a.three", "x1"))) == [("a.one", "a.three"), ("a.two",)]


def test_a_clause_that_breaks_by_two_answers_does_not_join_what_they_break() -> None:
    one, two = failure("a.one", exchange("x1")), failure("a.two", exchange("x2"), code="other")
    also = failure("a.three", exchange("x1")), failure("a.three", exchange("x2"), code="second")
    clauses = [clause("a.one"), clause("a.two"), clause("a.three")]
    done = finished("check.one", *(judged(each.id, Verdict.FAILED) for each in clauses), failures=(one, two, *also))
    assert told(fold(events_of(clauses, [done]))) == [("a.one", "a.three"), ("a.two", "a.three")]


def test_every_clause_that_is_broken_is_in_a_block() -> None:
    broken = ("a.one", "a.two", "a.three", "a.should")
    for crashed in ((), broken[:2], broken):
        assert {id_ for clauses in told(report(*broken, crashed=crashed)) for id_ in clauses} == set(broken)
