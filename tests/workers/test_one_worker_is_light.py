"""A run without workers does not pay for them."""

from pathlib import Path

from tests.support.command import python

SCRIPT = """
import sys
from imagebuilder_conformance.running.own_pytest import Gatherer, run_suites
from imagebuilder_conformance.settings import Settings

run_suites(Gatherer(Settings(None, prefixes=("operation",))))
print(*sorted(module for module in sys.modules if module.split(".")[0] in {"xdist", "execnet"}))
"""


def test_xdist_is_not_imported_for_one_worker(tmp_path: Path) -> None:
    run = python("-c", SCRIPT, cwd=tmp_path)
    assert run.code == 0, run.text
    assert run.out.split() == []
