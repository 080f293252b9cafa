from collections.abc import Iterable
from typing import ClassVar

from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.judging.judgements import Rest, failure_records, judge
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_reports.events import Judgement
from imagebuilder_reports.verdicts import Cause, Verdict
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import exchange, success

MUST, OTHER, SHOULD = "operation.start", "response.status", "errors.transient"
REST: Rest = (Verdict.INCONCLUSIVE, "nothing came", None)


class Broken(Failure):
    code: ClassVar[str] = "test.broken"
    title: ClassVar[str] = "It is broken"
    hint: ClassVar[str] = "Mend it."


def broken(clause: str, expected: str = "this", received: str = "that", size: int = 1) -> Broken:
    return Broken(clause, expected, received, (exchange(success(), request=start("t" * size)),))


def judged(findings: Iterable[Finding], *clauses: str, **set_aside: Rest) -> tuple[Judgement, ...]:
    by_clause = dict.fromkeys(clauses, set_aside["aside"]) if set_aside else {}
    return judge(clauses, findings, CONTRACT, set_aside=by_clause, rest=REST)


def test_a_broken_must_is_failed() -> None:
    assert judged([broken(MUST)], MUST) == (Judgement(MUST, Verdict.FAILED),)


def test_a_broken_should_is_a_warning() -> None:
    assert judged([broken(SHOULD)], SHOULD) == (Judgement(SHOULD, Verdict.WARNED),)


def test_what_held_is_passed() -> None:
    assert judged([Held(MUST)], MUST) == (Judgement(MUST, Verdict.PASSED),)


def test_broken_once_is_broken_however_often_it_held() -> None:
    [judgement] = judged([Held(MUST), broken(MUST), Held(MUST)], MUST)
    assert judgement.verdict is Verdict.FAILED


def test_a_clause_without_findings_gets_the_rest() -> None:
    assert judged([], MUST) == (Judgement(MUST, Verdict.INCONCLUSIVE, "nothing came"),)


def test_a_clause_that_was_set_aside_gets_the_reason_for_that() -> None:
    aside: Rest = (Verdict.NOT_RUN, "its condition did not arise", Cause.CONDITION)
    assert judged([], MUST, aside=aside) == (Judgement(MUST, *aside),)


def test_findings_beat_what_was_set_aside() -> None:
    aside: Rest = (Verdict.NOT_RUN, "its condition did not arise", Cause.CONDITION)
    [judgement] = judged([broken(MUST)], MUST, aside=aside)
    assert judgement.verdict is Verdict.FAILED


def test_each_clause_is_judged_by_its_own_findings() -> None:
    verdicts = [judgement.verdict for judgement in judged([broken(MUST), Held(OTHER)], MUST, OTHER, SHOULD)]
    assert verdicts == [Verdict.FAILED, Verdict.PASSED, Verdict.INCONCLUSIVE]


def test_the_smallest_example_is_the_evidence() -> None:
    large, small = broken(MUST, received="large", size=30), broken(MUST, received="small", size=1)
    for order in ([large, small], [small, large]):
        [record] = failure_records(order, Redactor(()), CONTRACT)
        assert record.received == "small"
        assert [shown.id for shown in record.exchanges] == [small.exchanges[0].id]


def test_each_broken_clause_has_a_record() -> None:
    records = failure_records([broken(MUST), broken(OTHER), Held(SHOULD)], Redactor(()), CONTRACT)
    assert [(record.clause, record.code) for record in records] == [(MUST, "test.broken"), (OTHER, "test.broken")]


def test_no_secret_gets_into_a_record() -> None:
    secret = "recognisable/secret"
    [record] = failure_records([broken(MUST, expected=f"not {secret}", received=secret)], Redactor((secret,)), CONTRACT)
    assert secret not in record.expected + record.received
