"""The plugin is loaded into every pytest on the machine: it must cost those who do not use it nothing."""

import json

import pytest

from tests.support.command import python

HEAVY = ("requests", "urllib3", "jsonschema", "hypothesis", "uvicorn", "starlette", "rich", "imagebuilder_spec")

ASIDE = """
import json, sys

def pytest_sessionfinish(session):
    with open("modules.json", "w") as file:
        json.dump({"modules": sorted(sys.modules), "stashed": len(session.config.stash._storage)}, file)
"""
UNRELATED = """
import unittest
from unittest import mock

def test_plain(): pass

class TestOld(unittest.TestCase):
    def test_method(self): pass

test_mock = mock.Mock()
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a pytest had imported that collects nothing of ours."""
    folder = tmp_path_factory.mktemp("unrelated")
    (folder / "conftest.py").write_text(ASIDE)
    (folder / "test_unrelated.py").write_text(UNRELATED)
    # Hypothesis and others have plugins of their own, which are not ours to judge.
    words = ["-m", "pytest", "-q", "-p", "imagebuilder_conformance.plugin"]
    finished = python(*words, cwd=folder, env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    assert finished.code == 0, finished.text
    return set(json.loads((folder / "modules.json").read_text())["modules"])


def test_the_plugin_is_there(modules: set[str]) -> None:
    assert "imagebuilder_conformance.plugin" in modules


@pytest.mark.parametrize("heavy", HEAVY)
def test_it_imports_nothing_heavy_in_an_unrelated_run(heavy: str, modules: set[str]) -> None:
    assert heavy not in modules


def test_it_imports_nothing_else_of_its_own(modules: set[str]) -> None:
    ours = {module for module in modules if module.startswith(("imagebuilder_conformance", "imagebuilder_"))}
    assert ours == {"imagebuilder_conformance", "imagebuilder_conformance.plugin"}
