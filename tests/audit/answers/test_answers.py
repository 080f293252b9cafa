"""Two targets compared by what they answered: nothing differs but what is different."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from imagebuilder_conformance.auditing.account import Accounts
from imagebuilder_conformance.auditing.answers.comparing import AnswerComparison, compare_answers
from imagebuilder_conformance.auditing.files import find
from imagebuilder_conformance.auditing.recordings import exchanges
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import Result
from imagebuilder_reports.stream import read_events
from tests.audit.cloudtrail import conversation, log_file, record
from tests.audit.hars import entry, har, refusal
from tests.support.calls import CONTRACT, OTHER_PIPELINE
from tests.support.command import here
from tests.support.runs import run_against, serving

Run = Callable[[str], Path]
PREFIXES = (
    "operation",
    "errors.resource-not-found.code",
    "idempotency.replay.same-image",
    "idempotency.mismatch.refused",
    "request.client-token.min-length",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The folder of a run against the reference target, a defect or a variation, each made once."""
    made: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("run")
            with serving(_behaviour(name)) as server:
                run_against(server.url, *PREFIXES, report_dir=made[name])
        return made[name]

    return of


def _behaviour(name: str) -> type[Behaviour]:
    if name.startswith("reference"):
        return Behaviour
    found = catalogue.find_defect(name) if name in catalogue.defects() else catalogue.find_variation(name)
    return found.behaviour


def _read(path: Path) -> list[Exchange]:
    with Spill() as spill:
        return [exchange for _, exchange in exchanges(find([path]), CONTRACT, Accounts(), spill)]


def compared(before: Path, after: Path) -> AnswerComparison:
    return compare_answers(_read(before), _read(after), CONTRACT)


def aspects(comparison: AnswerComparison, *questions: str) -> set[str]:
    """What differs, of the questions that contain one of these texts, or of all."""
    return {
        each.aspect for each in comparison.differences if not questions or any(map(each.asked.__contains__, questions))
    }


def test_two_runs_of_one_target_differ_in_nothing(run: Run) -> None:
    comparison = compared(run("reference"), run("reference again"))
    assert comparison.differences == ()
    assert comparison.unpaired == ((), ())
    assert comparison.compared > 10


DEFECTS: dict[str, tuple[str, set[str]]] = {
    "token-ignored": ("a replay", {"image"}),
    "mismatch-ignored": ("a used token with another pipeline", {"status", "code", "message", "members", "token"}),
    "mismatch-409": ("a used token with another pipeline", {"status"}),
    "mismatch-as-client-exception": ("a used token with another pipeline", {"code"}),
    "unknown-pipeline-400": ("an unknown pipeline", {"status"}),
    "unknown-pipeline-as-client-exception": ("an unknown pipeline", {"code"}),
    "unknown-pipeline-invented": ("an unknown pipeline", {"status", "code", "members"}),
    "status-created": ("a valid request", {"status"}),
    "content-type-text": ("a valid request", {"content type"}),
    "content-type-missing": ("a valid request", {"content type", "headers"}),
    "echo-lowercased": ("", {"token"}),
    "echo-missing": ("a valid request", {"members", "token"}),
    "members-capitalised": ("a valid request", {"members", "token", "image"}),
    "request-id-constant": ("", {"request id"}),
    "request-id-missing": ("a valid request", {"members"}),
    "request-id-header-missing": ("a valid request", {"headers"}),
    "error-code-missing": ("an unknown pipeline", {"code", "headers"}),
    "error-message-missing": ("an unknown pipeline", {"message", "members"}),
    "error-content-type-text": ("an unknown pipeline", {"content type"}),
    "token-empty-accepted": ("", {"status", "code"}),
    "build-number-constant": ("", {"image"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_differs_where_it_is(name: str, run: Run) -> None:
    question, differing = DEFECTS[name]
    assert aspects(compared(run("reference"), run(name)), question) >= differing


VARIATIONS: dict[str, set[str]] = {
    "error-code-as-type": {"headers"},
    "error-code-with-namespace": {"headers"},
    "error-message-capitalised": {"members"},
    "content-type-with-charset": {"content type"},
    "members-added": {"members"},
    "request-id-unlike-uuid": set(),
    "build-numbers-large": set(),
    "images-named-apart": set(),
    "json-unescaped": set(),
    "answers-chunked": {"headers"},
}


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation_differs_in_what_the_variation_is(name: str, run: Run) -> None:
    comparison = compared(run("reference"), run(name))
    assert aspects(comparison) == VARIATIONS[name]


def _as_cloudtrail(folder: Path, report_dir: Path) -> Path:
    """The calls of a run as CloudTrail would record them, codes and all."""
    records = []
    for number, event in enumerate(read_events(report_dir / "events.jsonl")):
        if not isinstance(event, Result) or event.record is None:
            continue
        made = event.record
        # In slow motion, so that seconds tell the order.
        moment = datetime(2026, 11, 27, tzinfo=UTC) + timedelta(seconds=200 * (made.last.at + made.last.seconds))
        time = moment.strftime("%H:%M:%S")
        try:
            parameters = json.loads(body_bytes(made.request.body))
            answer = json.loads(body_bytes(made.last.body)) if made.last.body else None
        except (ValueError, RecursionError):
            continue
        call = made.request.method == "PUT" and made.request.url.endswith("/StartImagePipelineExecution")
        if call and isinstance(parameters, dict) and isinstance(answer, dict):
            records.append(
                record(number, time, parameters, answer if made.last.status == 200 else None, code=made.code)
            )
    return log_file(folder, records)


def test_cloudtrail_against_its_live_run_differs_in_nothing_and_says_what_it_does_not_record(
    run: Run, tmp_path: Path
) -> None:
    comparison = compared(_as_cloudtrail(tmp_path, run("reference")), run("reference"))
    assert comparison.differences == ()
    assert comparison.compared >= 5
    recorded, live = comparison.unrecorded
    assert recorded.keys() >= {"status", "headers", "content type"}
    assert "status" not in live


def test_cloudtrail_against_a_defect_differs_in_codes_only(run: Run, tmp_path: Path) -> None:
    comparison = compared(_as_cloudtrail(tmp_path, run("reference")), run("mismatch-as-client-exception"))
    assert aspects(comparison) == {"code"}


def test_recordings_are_paired_by_what_was_asked_and_never_by_token(tmp_path: Path) -> None:
    for name, token in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        har(
            tmp_path / name,
            entry(token, number=1),
            entry(token, number=1, at="2026-05-01T12:00:01Z"),
            refusal(400, "IdempotentParameterMismatchException", token, OTHER_PIPELINE, at="2026-05-01T12:00:02Z"),
        )
    comparison = compared(tmp_path / "a", tmp_path / "b")
    assert (comparison.differences, comparison.compared) == ((), 3)


def test_what_only_one_side_was_asked_is_said_and_no_difference(tmp_path: Path) -> None:
    for name, more in (("a", []), ("b", [refusal(400, "InvalidRequestException", "")])):
        (tmp_path / name).mkdir()
        har(tmp_path / name, entry(), *more)
    comparison = compared(tmp_path / "a", tmp_path / "b")
    assert comparison.differences == ()
    assert comparison.unpaired == ((), ("a request that breaks request.client-token.min-length",))


def test_throttling_and_server_errors_come_and_go(tmp_path: Path) -> None:
    for name, more in (("a", []), ("b", [refusal(429, "CallRateLimitExceededException", "one")])):
        (tmp_path / name).mkdir()
        har(tmp_path / name, entry("two"), *more)
    comparison = compared(tmp_path / "a", tmp_path / "b")
    assert (comparison.differences, comparison.passing) == ((), (0, 1))


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_command_shows_each_difference_once_and_exits_with_1(form: str, run: Run, tmp_path: Path) -> None:
    same = here("diff", "--answers", str(run("reference")), str(run("reference again")), cwd=tmp_path)
    assert (same.code, same.err) == (0, "")
    assert "0 answered otherwise" in same.out
    folders = [str(run(name)) for name in ("reference", "error-content-type-text")]
    ran = here("diff", "--answers", *folders, "--format", form, cwd=tmp_path)
    assert (ran.code, ran.err) == (1, "")
    if form == "json":
        assert {each["aspect"] for each in json.loads(ran.out)["differences"]} == {"content type"}
    else:
        assert "text/plain" in ran.out
        assert "application/json" in ran.out


def test_a_form_that_it_does_not_have_is_refused(tmp_path: Path) -> None:
    for words in (("--answers", "--format", "html"), ("--format", "json")):
        ran = here("diff", *words, "a", "b", cwd=tmp_path)
        assert (ran.code, "is not for" in ran.err) == (2, True)


def test_an_audit_of_cloudtrail_compares_with_itself(tmp_path: Path) -> None:
    path = log_file(tmp_path, conversation())
    assert compared(path, path).differences == ()
