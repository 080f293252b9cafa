"""What of a target's habits is a warning, and what is not: the rule for a MUST, seen in whole runs."""

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_defect, find_variation
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_spec import Level, load_contract
from tests.running.test_budgeted_runs import LEAST
from tests.support.runs import failed, run_against, serving, verdicts

pytestmark = pytest.mark.slow

CLAUSES = load_contract().clauses

# What a framework, a parser or a gateway does by default.
WARNINGS = [
    "body-deep-crashes",
    "body-large-crashes",
    "body-not-utf8-crashes",
    "body-byte-order-mark-drops-connection",
    "path-case-ignored",
    "path-trailing-slash-accepted",
    "path-slashes-merged",
    "path-percent-encoded-crashes",
    "unknown-path-html",
    "unknown-path-claims-html",
]
# Their neighbours: a build that nobody asked for, a target that is gone, a server error for good.
FAILURES = [
    "body-deep-drops-connection",
    "body-deep-breaks-next-requests",
    "body-large-drops-connection",
    "body-large-breaks-next-requests",
    "body-lone-surrogate-crashes",
    "body-lone-surrogate-crashes-after-start",
    "body-malformed-crashes",
    "body-malformed-html",
    "body-malformed-replaced",
    "body-string-decoded",
    "error-html",
    "method-get-by-query-string",
    "method-post-too",
    "path-any",
    "path-prefix-suffices",
]


def run_of_defect(name: str) -> Report:
    entry = find_defect(name)
    with serving(entry.behaviour) as server:
        return run_against(server.url, CLAUSES[entry.breaks].area)


@pytest.mark.parametrize("name", WARNINGS)
def test_a_habit_of_a_framework_is_warned_about(name: str) -> None:
    report = run_of_defect(name)
    assert report.verdict is RunVerdict.CONFORMANT
    clause = find_defect(name).breaks
    assert CLAUSES[clause].level is Level.SHOULD
    assert verdicts(report)[clause] is Verdict.WARNED


@pytest.mark.parametrize("name", FAILURES)
def test_what_harms_somebody_fails(name: str) -> None:
    report = run_of_defect(name)
    assert report.verdict is RunVerdict.NON_CONFORMANT
    assert find_defect(name).breaks in failed(report)


def test_the_hint_for_deep_nesting_says_what_happened() -> None:
    report = run_of_defect("body-deep-crashes")
    [failure] = [each for each in report.failures if each.clause == "request.body.deep-nesting.client-error"]
    assert "RecursionError" in failure.hint
    assert "validate first" not in failure.hint


class Listening(Behaviour):
    """Remembers what came."""

    calls: list[Call]

    async def answer(self, call: Call) -> Answer:
        self.calls = [*getattr(self, "calls", []), call]
        return await super().answer(call)


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    with serving(Listening) as server:
        report = run_against(server.url, "wire", "request.body")
        assert report.verdict is RunVerdict.CONFORMANT
        behaviour = server.behaviour
    assert isinstance(behaviour, Listening)
    return behaviour.calls


def test_get_and_delete_are_asked_without_a_body(calls: list[Call]) -> None:
    asked = {call.method: call for call in calls if call.method != "PUT"}
    assert asked.keys() == {"POST", "PATCH", "GET", "DELETE"}
    assert {method for method, call in asked.items() if call.body} == {"POST", "PATCH"}
    assert "clientToken=" in asked["GET"].query


def test_no_body_is_as_large_as_a_mebibyte(calls: list[Call]) -> None:
    stated = [int(call.headers.get("content-length", 0)) for call in calls]
    assert 900_000 < max(stated) < 2**20


def test_each_other_spelling_of_the_path_is_asked_as_it_is(calls: list[Call]) -> None:
    path = load_contract().operation.path
    spelled = {path.lower(), f"{path}/", f"/{path}", f"{path}/extra", "/%53tartImagePipelineExecution"}
    assert spelled <= {call.path for call in calls}


class QueryStringsCounted(find_variation("query-string-not-found").behaviour):  # type: ignore[misc]  # found by name
    """Refuses any query string, and remembers them."""

    queries: list[str]

    async def answer(self, call: Call) -> Answer:
        self.queries = [*getattr(self, "queries", []), *([call.query] if call.query else [])]
        return await super().answer(call)  # type: ignore[no-any-return]  # as above


def test_where_no_query_string_is_accepted_what_is_in_one_is_not_asked() -> None:
    with serving(QueryStringsCounted) as server:
        report = run_against(server.url, "wire.query-string", "request.client-token.required")
        queries = server.behaviour.queries  # type: ignore[attr-defined]  # its own
    assert report.verdict is RunVerdict.CONFORMANT
    assert queries == ["x=1"]
    # Another check judges it.
    assert verdicts(report)["request.client-token.required"] is Verdict.PASSED


@pytest.mark.parametrize(
    "name",
    [
        "json-extensions-read",
        "text-that-is-none-replaced",
        "lone-surrogates-echoed",
        "path-percent-decoded",
        # Whose failures on what names no pipeline could not have started a build.
        "deep-body-ends-in-recursion-error",
        "disputed-bodies-crash",
    ],
)
def test_who_reads_more_than_json_or_fails_on_it_has_its_verdict_for_no_more_builds(name: str) -> None:
    with serving(find_variation(name).behaviour) as server:
        report = run_against(server.url, max_executions=LEAST)
        started = len(server.behaviour.store.images)
    assert report.verdict is RunVerdict.CONFORMANT
    assert started <= LEAST
