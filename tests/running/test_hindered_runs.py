"""What an account hinders is inconclusive and says what helps; nobody is blamed for it."""

import json

import pytest

from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_reports.verdicts import Verdict
from tests.support.runs import failed, run_against
from tests.support.scripted import Received, Reply, ScriptedServer

IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0"


class Account:
    """A target that answers well, but for requests that its account hinders."""

    def __init__(self, status: int, code: str, *, starts: bool) -> None:
        self._hindered = Reply(status, b'{"message": "not now"}', (("X-Amzn-ErrorType", code), *JSON))
        self._starts = starts
        self._images: dict[str, str] = {}

    def __call__(self, request: Received) -> Reply:
        members = json.loads(request.body)
        token, known = members["clientToken"], members["imagePipelineArn"] in DEFAULT_PIPELINES
        # One start goes through, so that the run can begin.
        if known == self._starts and (not known or self._images):
            return self._hindered
        if not known:
            return Reply(404, b'{"message": "no"}', (("X-Amzn-ErrorType", "ResourceNotFoundException"), *JSON))
        image = self._images.setdefault(token, f"{IMAGE}/{len(self._images) + 1}")
        members |= {"imageBuildVersionArn": image, "requestId": f"r{len(self._images)}"}
        return Reply(200, json.dumps(members).encode())


JSON = (("Content-Type", "application/json"),)


@pytest.mark.parametrize(
    ("status", "code", "helps"),
    [
        (403, "AccessDeniedException", "image-pipeline/*"),
        (402, "ServiceQuotaExceededException", "quota"),
        (400, "ResourceInUseException", "build is under way"),
    ],
)
def test_what_hinders_starts_is_inconclusive_with_a_hint(status: int, code: str, helps: str) -> None:
    with ScriptedServer(Account(status, code, starts=True)) as server:
        report = run_against(server.url, "wire.chunked", "wire.charset", "request.client-token.characters")
    assert failed(report) == set()
    clauses = {clause.id: clause for clause in report.clauses if clause.selected}
    assert {clause.verdict for clause in clauses.values()} == {Verdict.INCONCLUSIVE}
    assert all(helps in (clause.reason or "") and code in (clause.reason or "") for clause in clauses.values())


def test_a_denial_in_the_place_of_not_found_is_inconclusive() -> None:
    with ScriptedServer(Account(403, "AccessDeniedException", starts=False)) as server:
        report = run_against(server.url, "errors.resource-not-found.code", "operation.start")
    assert failed(report) == set()
    [clause] = [clause for clause in report.clauses if clause.id == "errors.resource-not-found.code"]
    assert clause.verdict is Verdict.INCONCLUSIVE
    assert "image-pipeline/*" in (clause.reason or "")
