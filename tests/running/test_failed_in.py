"""What `--failed-in` makes again of an earlier report, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.running.failed_in import Earlier, take_up
from imagebuilder_conformance.settings import Settings, UsageError
from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.events import ExchangeRecord, FailureRecord, Judgement
from imagebuilder_reports.model import CheckReport, Report
from imagebuilder_reports.verdicts import Cause, Ending, Verdict
from imagebuilder_reports.writing import write_report_json
from imagebuilder_spec import Suite
from tests.reports.samples import exchange, failure
from tests.support.calls import target_at

ALL = tuple(Suite)
MAX_LENGTH = "request.client-token.max-length"
ENVELOPE = "answers.envelope"


def with_said(report: Report, check_id: str, verdict: Verdict, cause: Cause | None = None) -> Report:
    """The report, had this check said this of all of its clauses."""
    [check] = [check for check in report.checks if check.id == check_id]
    said = tuple(Judgement(clause, verdict, None, cause) for clause in check.clauses)
    broken = tuple(shown(clause, check_id) for clause in check.clauses if verdict is Verdict.FAILED)
    return with_check(report, replace(check, judgements=said, failures=broken, verdict=verdict), cause)


def with_check(report: Report, changed: CheckReport, cause: Cause | None = None) -> Report:
    clauses = tuple(
        replace(clause, verdict=changed.verdict, cause=cause) if clause.id in changed.clauses else clause
        for clause in report.clauses
    )
    checks = tuple(changed if check.id == changed.id else check for check in report.checks)
    return replace(report, clauses=clauses, checks=checks)


def shown(clause: str, check: str) -> FailureRecord:
    record: ExchangeRecord = exchange(check=check)
    return failure(clause, record)


Take = Callable[..., Earlier]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """Take a report up by settings that differ from those of a run against the embedded target by `changes`."""

    def taken(report: Report, **changes: object) -> Earlier:
        path = tmp_path / "report.json"
        write_report_json(report, path)
        settings = replace(Settings(None, suites=ALL), **changes)  # type: ignore[arg-type]  # what each test changes
        return take_up(settings, path)

    return taken


def again(earlier: Earlier) -> set[str]:
    assert earlier.settings.again is not None
    return set(earlier.settings.again.checks)


@pytest.mark.parametrize(
    ("verdict", "cause"),
    [
        (Verdict.FAILED, None),
        (Verdict.ERROR, None),
        (Verdict.INCONCLUSIVE, None),
        *((Verdict.NOT_RUN, cause) for cause in Cause if cause.leaves_gap),
    ],
)
def test_a_check_that_failed_or_could_not_judge_is_made_again_alone(
    verdict: Verdict, cause: Cause | None, reference_run: Report, take: Take
) -> None:
    earlier = take(with_said(reference_run, MAX_LENGTH, verdict, cause))
    assert again(earlier) == {MAX_LENGTH}
    assert earlier.settings.again is not None
    assert MAX_LENGTH in earlier.settings.again.clauses


@pytest.mark.parametrize(
    ("verdict", "cause"),
    [
        (Verdict.PASSED, None),
        (Verdict.WARNED, None),
        *((Verdict.NOT_RUN, cause) for cause in Cause if not cause.leaves_gap),
    ],
)
def test_what_is_settled_is_not(verdict: Verdict, cause: Cause | None, reference_run: Report, take: Take) -> None:
    earlier = take(with_said(reference_run, MAX_LENGTH, verdict, cause))
    assert again(earlier) == set()
    assert earlier.nothing_left is not None


def test_a_should_that_was_not_kept_is_made_again_in_a_strict_run(reference_run: Report, take: Take) -> None:
    strict = replace(reference_run, run=replace(reference_run.run, strict=True))
    assert again(take(with_said(strict, MAX_LENGTH, Verdict.WARNED), strict=True)) == {MAX_LENGTH}


def test_a_passive_check_gets_the_traffic_that_it_lives_on_and_failed_on(reference_run: Report, take: Take) -> None:
    broken = with_said(reference_run, ENVELOPE, Verdict.FAILED)
    [envelope] = [check for check in broken.checks if check.id == ENVELOPE]
    elsewhere = replace(envelope, failures=tuple(shown(clause, "operation.start") for clause in envelope.clauses))
    made = again(take(with_check(broken, elsewhere)))
    assert {ENVELOPE, "operation.start", "wire.method", MAX_LENGTH} <= made
    assert not any(check.startswith(("auth.", "throttling.")) for check in made)


def test_a_check_that_was_not_made_is_made_also_where_others_of_its_clause_passed(
    reference_run: Report, take: Take
) -> None:
    [unmade] = [check for check in reference_run.checks if check.id == "idempotency.replay.after-another"]
    cut = with_check(reference_run, replace(unmade, judgements=(), verdict=Verdict.PASSED))
    cut = replace(cut, run=replace(cut.run, ending=Ending.INTERRUPTED))
    assert again(take(cut)) == {unmade.id}


def test_prefixes_and_suites_narrow_it_further(reference_run: Report, take: Take) -> None:
    broken = with_said(with_said(reference_run, MAX_LENGTH, Verdict.FAILED), "auth.unsigned", Verdict.FAILED)
    assert again(take(broken)) == {MAX_LENGTH, "auth.unsigned"}
    assert again(take(broken, prefixes=("request",))) == {MAX_LENGTH}
    assert again(take(broken, suites=(Suite.AUTH,))) == {"auth.unsigned"}
    nothing = take(broken, prefixes=("wire",))
    assert "below wire" in (nothing.nothing_left or "")
    assert "in --suite throttling" in (take(broken, suites=(Suite.THROTTLING,)).nothing_left or "")


def test_it_takes_no_suite_that_the_earlier_run_had_not(reference_run: Report, take: Take) -> None:
    core = replace(reference_run, run=replace(reference_run.run, suites=("core",)))
    assert take(with_said(core, MAX_LENGTH, Verdict.FAILED)).settings.suites == (Suite.CORE,)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda report: replace(report, suite=replace(report.suite, version="0.0.1")), "by version 0.0.1"),
        (lambda report: replace(report, suite=replace(report.suite, contract="current")), "--contract current"),
        (lambda report: replace(report, suite=replace(report.suite, digest="0" * 64)), "run it all"),
        (lambda report: replace(report, run=replace(report.run, strict=True)), "with --strict"),
        (lambda report: replace(report, target=replace(report.target, recorded=True)), "recorded traffic"),
        (lambda report: replace(report, target=replace(report.target, reference=False)), "say --endpoint-url"),
    ],
    ids=["version", "revision", "contract", "strict", "recorded", "target"],
)
def test_a_report_that_does_not_fit_is_refused(
    change: Callable[[Report], Report], says: str, reference_run: Report, take: Take
) -> None:
    with pytest.raises(UsageError, match=says):
        take(change(with_said(reference_run, MAX_LENGTH, Verdict.FAILED)))


def test_a_report_of_checks_that_no_run_makes_is_refused(reference_run: Report, take: Take) -> None:
    broken = with_said(reference_run, MAX_LENGTH, Verdict.FAILED)
    checks = tuple(
        replace(check, id="histories.of-a-soak") if check.id == MAX_LENGTH else check for check in broken.checks
    )
    with pytest.raises(UsageError, match="soak"):
        take(replace(broken, checks=checks))


def test_a_report_of_the_embedded_target_is_not_taken_for_one_of_another(reference_run: Report, take: Take) -> None:
    with pytest.raises(UsageError, match="of the embedded reference target"):
        take(reference_run, target=target_at("http://127.0.0.1:4566"))


def test_what_is_no_report_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="holds no report"):
        take_up(Settings(None), tmp_path)
