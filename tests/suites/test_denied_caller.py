"""What the check of a caller without the permission makes of targets, and of being given none."""

from dataclasses import replace
from pathlib import Path

import pytest

from imagebuilder_conformance.reference import DENIED_CREDENTIALS, Settings
from imagebuilder_conformance.reference import Credentials as ReferenceCredentials
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.denial import DeniedCallerMayStart
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.target import Credentials
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Cause, RunVerdict, Verdict
from tests.support.calls import target_at
from tests.support.command import here
from tests.support.runs import failed, run_against, serving, verdicts

CLAUSE, FORM = "errors.forbidden.denied-caller", "errors.forbidden.form"
CHECK = "errors.forbidden"
DENIED = Credentials(DENIED_CREDENTIALS.access_key_id, DENIED_CREDENTIALS.secret_access_key)


def judged(url: str, denied: Credentials | None, report_dir: Path | None = None) -> Report:
    return run_against(replace(target_at(url), denied=denied), CLAUSE, FORM, report_dir=report_dir)


def test_a_target_that_refuses_the_caller_is_asked_once_and_starts_nothing_for_it() -> None:
    with serving(Behaviour) as server:
        report = judged(server.url, DENIED)
        assert not server.behaviour.store.images
    assert {verdicts(report)[clause] for clause in (CLAUSE, FORM)} == {Verdict.PASSED}
    assert [row.status for row in report.exchanges if row.check == CHECK] == [403]


def test_without_such_a_caller_the_condition_does_not_arise() -> None:
    with serving(Behaviour) as server:
        report = judged(server.url, None)
    clause = report.clause(CLAUSE)
    assert (clause.verdict, clause.cause) == (Verdict.NOT_RUN, Cause.CONDITION)
    assert "--denied-profile" in (clause.reason or "")


@pytest.mark.parametrize("stranger", [Credentials("AKIASTRANGER", "x"), replace(DENIED, secret_access_key="x")])
def test_a_target_that_does_not_know_the_caller_is_not_blamed(stranger: Credentials) -> None:
    with serving(Behaviour) as server:
        report = judged(server.url, stranger)
    assert {verdicts(report)[clause] for clause in (CLAUSE, FORM)} == {Verdict.INCONCLUSIVE}
    assert "does not know the caller" in (report.clause(CLAUSE).reason or "")


def test_what_the_caller_started_all_the_same_is_in_the_report() -> None:
    with serving(DeniedCallerMayStart) as server:
        report = judged(server.url, DENIED)
        assert {each.image for each in report.executions} == set(server.behaviour.store.images)
    assert report.verdict is RunVerdict.NON_CONFORMANT
    assert failed(report) == {CLAUSE}


def test_its_secret_reaches_no_file_and_its_failure_is_not_replayed_as_somebody_else(tmp_path: Path) -> None:
    caller = Credentials("AKIADENIED", "a-recognisable-secret")
    settings = Settings(denied=ReferenceCredentials(caller.access_key_id, caller.secret_access_key))
    with ReferenceServer(settings, behaviour=DeniedCallerMayStart) as server:
        judged(server.url, caller, tmp_path)
        started = len(server.behaviour.store.images)
        replayed = here("replay", str(tmp_path / "events.jsonl"), CHECK, cwd=tmp_path)
        assert len(server.behaviour.store.images) == started
    assert started
    assert replayed.code == 3
    assert "another caller's" in replayed.text
    files = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(caller.secret_access_key in text for text in files)
