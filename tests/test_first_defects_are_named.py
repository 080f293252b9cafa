"""The mistakes that anybody would look for first: each run exits 1 and names the clause that it breaks."""

import json
from pathlib import Path

import pytest

from imagebuilder_conformance.cli.run import run
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.settings import Settings
from tests.support.calls import target_at
from tests.support.runs import CORE

# The defect, and the clause that one would look for first.
FIRST = {
    "token-ignored": "idempotency.replay.same-image",
    "mismatch-ignored": "idempotency.mismatch.refused",
    "unknown-pipeline-400": "errors.resource-not-found.status",
    "token-one-too-long-accepted": "request.client-token.max-length",
    "token-at-limit-refused": "request.client-token.max-length",
    "image-arn-with-newline": "response.image-build-version-arn.pattern",
    "arn-trailing-newline-accepted": "request.image-pipeline-arn.pattern",
    "error-code-missing": "errors.code.present",
    "request-id-constant": "response.request-id.unique",
}


@pytest.mark.slow
@pytest.mark.parametrize("defect", FIRST)
def test_the_run_exits_1_and_names_its_clause(
    defect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A refusal without its code is waited out, as it might mean that another request is still under way.
    monkeypatch.setattr("imagebuilder_conformance.probing.sending._SETTLING", ())
    entry, clause = find_defect(defect), FIRST[defect]
    assert entry.breaks == clause
    with ReferenceServer(entry.settings(), behaviour=entry.behaviour) as server:
        settings = Settings(target_at(server.url), suites=CORE, prefixes=(clause,), report_dir=tmp_path)
        assert run(settings) == 1
    report = json.loads((tmp_path / "report.json").read_text())
    [broken] = [each for each in report["clauses"] if each["id"] == clause]
    assert broken["verdict"] == "failed"
    assert report["verdict"] == "non-conformant"
    shown = capsys.readouterr().out
    assert clause in shown
    assert broken["statement"][:20] in " ".join(shown.split())
