"""Keys that end while a run goes on say nothing of the target: they are renewed, or the run ends."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Ending, RunVerdict, Verdict
from imagebuilder_spec import Suite
from tests.support.calls import target_at
from tests.support.keyed import EXPIRED, Keyed, keyed
from tests.support.runs import CORE, failed, run_of
from tests.support.scripted import Received, Reply, ScriptedServer

pytestmark = pytest.mark.slow

KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "recognisable-secret", "recognisable-session", "AWS_ACCESS_KEY_ID")
# Gives other keys each time that it is asked, and none after the `limit`th.
PROCESS = """
import json, pathlib, sys
count = pathlib.Path(sys.argv[1])
number = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(number))
if number > int(sys.argv[2]):
    sys.exit("no more")
print(json.dumps({"Version": 1, "AccessKeyId": f"ASIA{number:016}", "SecretAccessKey": f"recognisable-secret-{number}",
                  "SessionToken": f"recognisable-session-{number}", "Expiration": "2126-01-01T00:00:00Z"}))
"""

Renewing = Callable[[str, int], Target]


@pytest.fixture
def renewing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Renewing:
    """A target that is called with a profile which has other keys each time that it is asked, so many times."""
    (tmp_path / "process.py").write_text(PROCESS)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    def target(url: str, limit: int) -> Target:
        words = [sys.executable, str(tmp_path / "process.py"), str(tmp_path / "count"), str(limit)]
        (tmp_path / "config").write_text(f"[profile renewing]\ncredential_process = {' '.join(words)}\n")
        found = resolve(Sources({"endpoint_url": url, "profile": "renewing"}, {})).target
        assert found is not None
        return replace(found, timeouts=target_at(url).timeouts)

    return target


def lasting(requests: int, **changes: object) -> type[Keyed]:
    return type("Lasting", (Keyed,), {"lasts": requests, **changes})


def run(target: Target, *prefixes: str, suites: tuple[Suite, ...] = CORE, workers: int = 1) -> Report:
    return run_of(Settings(target, suites=suites, prefixes=prefixes, workers=workers))


def blames_nobody(report: Report) -> None:
    assert failed(report) == set()
    assert not [clause.id for clause in report.clauses if clause.verdict is Verdict.WARNED]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, EXPIRED),
        (403, "UnrecognizedClientException"),
        (403, "InvalidSignatureException"),
        (400, "AccessDeniedException"),
        (403, "AccessDeniedException"),
        (403, "ForbiddenException"),
    ],
)
def test_keys_that_end_and_can_not_be_renewed_end_the_run_and_blame_nobody(status: int, code: str) -> None:
    with keyed(lasting(60, status=status, code=code)) as server:
        report = run(target_at(server.url, credentials=KEY))
        asked_in_vain = server.behaviour.refused
    blames_nobody(report)
    assert report.run.ending is Ending.INTERRUPTED
    assert report.verdict is RunVerdict.INCOMPLETE
    assert any(clause.verdict is Verdict.PASSED for clause in report.clauses)
    assert KEY.access_key_id in report.verdict_sentence
    assert "AWS_ACCESS_KEY_ID" in report.verdict_sentence
    assert code in report.verdict_sentence
    assert "\n" not in report.verdict_sentence
    # What was refused, and what was asked to see whether it is the keys.
    assert asked_in_vain <= 12


@pytest.mark.parametrize("lasts", range(10, 110, 7))
def test_wherever_they_end_nobody_is_blamed(lasts: int) -> None:
    with keyed(lasting(lasts)) as server:
        report = run(target_at(server.url, credentials=KEY), "request", "errors", "wire")
    blames_nobody(report)
    assert report.run.ending is Ending.INTERRUPTED


def test_what_was_judged_before_stays_judged() -> None:
    broken = lasting(60, find=lambda self, _: next(iter(self.store.pipelines.values())))
    with keyed(broken) as server:
        report = run(target_at(server.url, credentials=KEY))
    assert report.run.ending is Ending.INTERRUPTED
    assert "errors.resource-not-found.code" in failed(report)
    assert report.verdict is RunVerdict.NON_CONFORMANT


def test_keys_that_can_be_renewed_are_and_the_run_goes_on(renewing: Renewing, tmp_path: Path) -> None:
    with keyed(lasting(60)) as server:
        report = run(renewing(server.url, 99))
        served = server.behaviour.served
    blames_nobody(report)
    assert report.verdict is RunVerdict.CONFORMANT
    # Some requests are not signed at all.
    assert len(served.keys() - {""}) == 2
    # No process a request: those two, and one more at the most.
    assert int((tmp_path / "count").read_text()) <= 3


def test_renewed_keys_that_are_refused_too_end_the_run(renewing: Renewing) -> None:
    class Revoked(Keyed):
        def authenticate(self, _: Call) -> None:
            """Refuse whoever calls, after a while."""
            self.lasts -= 1
            if self.lasts < 0:
                raise Fault(EXPIRED, "no", status=403)

    with keyed(Revoked) as server:
        report = run(renewing(server.url, 99))
    blames_nobody(report)
    assert report.run.ending is Ending.INTERRUPTED
    assert "took its place" in (report.run.reason or "")


def test_so_do_those_that_can_not_be_had_any_more(renewing: Renewing) -> None:
    with keyed(lasting(60)) as server:
        report = run(renewing(server.url, 1))
    blames_nobody(report)
    assert report.run.ending is Ending.INTERRUPTED
    assert "credential_process" in (report.run.reason or "")
    assert "recognisable" not in (report.run.reason or "")


@pytest.mark.parametrize("lasts", range(4, 40, 4))
def test_wherever_they_end_among_overlapping_requests_nobody_is_blamed(lasts: int, renewing: Renewing) -> None:
    with keyed(lasting(lasts)) as server:
        fixed = run(target_at(server.url, credentials=KEY), "idempotency.concurrent", "idempotency.hang-up")
    blames_nobody(fixed)
    assert fixed.run.ending is Ending.INTERRUPTED
    with keyed(lasting(lasts)) as server:
        renewed = run(renewing(server.url, 99), "idempotency.concurrent", "idempotency.hang-up")
    blames_nobody(renewed)
    assert renewed.verdict is RunVerdict.CONFORMANT


@pytest.mark.parametrize("lasts", range(4, 10, 2))
def test_nor_in_the_calls_of_an_sdk(lasts: int, renewing: Renewing) -> None:
    with keyed(lasting(lasts)) as server:
        fixed = run(target_at(server.url, credentials=KEY), suites=(Suite.SDK,))
    blames_nobody(fixed)
    assert fixed.run.ending is Ending.INTERRUPTED
    with keyed(lasting(lasts)) as server:
        renewed = run(renewing(server.url, 99), suites=(Suite.SDK,))
    blames_nobody(renewed)
    assert renewed.run.ending is Ending.COMPLETED


def test_nor_where_several_workers_call() -> None:
    with keyed(lasting(100)) as server:
        report = run(target_at(server.url, credentials=KEY), workers=4)
    blames_nobody(report)
    assert report.run.ending is Ending.INTERRUPTED
    assert EXPIRED in (report.run.reason or "")


def test_requests_that_are_refused_for_what_they_are_end_nothing_and_cost_little() -> None:
    class Guarded(Keyed):
        """A target whose caller may start the pipelines that there are, and ask for no other."""

        lasts = 10_000

        def find(self, request: StartRequest) -> Pipeline:
            """Deny what is not there."""
            if request.pipeline_arn not in self.store.pipelines:
                self.refused += 1
                raise Fault("AccessDeniedException", "no", status=403)
            return super().find(request)

    with keyed(Guarded) as server:
        report = run(target_at(server.url, credentials=KEY))
        refused = server.behaviour.refused
    with keyed(lasting(10_000)) as server:
        usual = run(target_at(server.url, credentials=KEY))
    assert report.run.ending is Ending.COMPLETED
    assert failed(report) == set()
    assert refused > 5
    # One to see that the keys still serve, and those that see how long a denial lasts.
    assert report.totals.exchanges <= usual.totals.exchanges + 20


def test_a_target_that_refuses_replays_as_it_refuses_callers_is_not_taken_for_one_whose_keys_end() -> None:
    class Forbidding(Keyed):
        """A target that takes a used token for somebody who may not."""

        lasts = 10_000

        async def replay(self, _: Call, __: StartRequest, ___: Execution) -> Outcome:
            """Forbid it."""
            raise Fault("ForbiddenException", "The token was used already", status=403)

    with keyed(Forbidding) as server:
        report = run(target_at(server.url, credentials=KEY), "idempotency.replay", "request.image-pipeline-arn")
    assert report.run.ending is Ending.COMPLETED
    assert report.clause("request.image-pipeline-arn.pattern").verdict is Verdict.PASSED


def test_a_clock_that_is_wrong_is_said_to_be_with_both_times() -> None:
    told = datetime.now(UTC) - timedelta(hours=2)

    def answer(_: Received) -> Reply:
        headers = (("Content-Type", "application/json"), ("X-Amzn-ErrorType", "InvalidSignatureException"))
        date = ("Date", format_datetime(told, usegmt=True))
        return Reply(403, json.dumps({"message": "Signature not yet current"}).encode(), (*headers, date))

    with ScriptedServer(answer) as server:
        report = run(target_at(server.url, credentials=KEY))
    assert report.run.ending is Ending.DENIED
    assert "clock skew" in report.verdict_sentence
    assert told.strftime("%Y-%m-%dT%H:%M") in report.verdict_sentence
    assert datetime.now(UTC).strftime("%Y-%m-%dT%H:") in report.verdict_sentence


def test_a_signature_that_is_wrong_at_the_right_time_is_no_matter_of_clocks() -> None:
    def answer(_: Received) -> Reply:
        headers = (("Content-Type", "application/json"), ("X-Amzn-ErrorType", "InvalidSignatureException"))
        return Reply(403, b'{"message": "no"}', (*headers, ("Date", format_datetime(datetime.now(UTC), usegmt=True))))

    with ScriptedServer(answer) as server:
        report = run(target_at(server.url, credentials=KEY))
    assert report.run.ending is Ending.DENIED
    assert "skew" not in report.verdict_sentence
