"""What the strategies cost those who use them: time, imports, files."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import strategies as st

from imagebuilder_strategies import (
    client_tokens,
    image_build_version_arns,
    invalid_client_tokens,
    invalid_pipeline_arns,
    invalid_requests,
    malformed_bodies,
    pipeline_arns,
    requests,
    unknown_pipeline_arns,
)
from tests.strategies.drawing import NIGHTLY, drawn

STRATEGIES = {
    "client_tokens": client_tokens(),
    "client_tokens beyond ASCII": client_tokens(ascii_only=False),
    "invalid_client_tokens": invalid_client_tokens(),
    "pipeline_arns": pipeline_arns(),
    "unknown_pipeline_arns": unknown_pipeline_arns(NIGHTLY),
    "invalid_pipeline_arns": invalid_pipeline_arns(),
    "image_build_version_arns": image_build_version_arns(),
    "requests": requests(extra_members=True),
    "invalid_requests": invalid_requests(),
    "malformed_bodies": malformed_bodies(),
}
DRAW_ALL = """
from hypothesis import given, settings, strategies as st
from imagebuilder_strategies import *

nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"

@settings(database=None, deadline=None, max_examples=50)
@given(st.tuples(client_tokens(), client_tokens(ascii_only=False), invalid_client_tokens(), pipeline_arns(),
       unknown_pipeline_arns(nightly), invalid_pipeline_arns(), image_build_version_arns(),
       requests(extra_members=True), invalid_requests(), malformed_bodies()))
def draw(values):
    pass

draw()
"""


def test_no_unicode_table_is_built(tmp_path: Path) -> None:
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "storage")}
    subprocess.run([sys.executable, "-c", DRAW_ALL], check=True, cwd=tmp_path, env=environment)
    assert [path for path in tmp_path.rglob("*") if "unicode" in path.name] == []


def test_importing_the_contract_and_hypothesis_is_all_that_is_imported() -> None:
    script = "import sys, imagebuilder_strategies; print(*{name.split('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert {"imagebuilder_conformance", "imagebuilder_reports", "pytest", "requests"} & set(run.stdout.split()) == set()


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
def test_a_draw_takes_about_two_milliseconds_at_most(strategy: st.SearchStrategy[object]) -> None:
    # Up to three tries, because other processes share the caches.
    assert any(_milliseconds_a_draw(strategy) < 2.5 for _ in range(3))


def _milliseconds_a_draw(strategy: st.SearchStrategy[object]) -> float:
    start = time.process_time()
    count = len(drawn(strategy, 200))
    return (time.process_time() - start) * 1000 / count
