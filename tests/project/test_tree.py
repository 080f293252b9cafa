import ast
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.places import ROOT, pyproject, tracked

# In pieces, so that this file does not hold what it looks for.
ELSEWHERE = re.compile("|".join(["/" + "work" + "/", "/" + "root" + "/", r"\.\./" + "shared", "/" + "home" + "/"]))
PAGES = sorted(path for path in tracked() if path.suffix == ".md")


def _readable() -> list[tuple[str, str]]:
    texts = []
    for path in tracked():
        try:
            texts.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return texts


def test_no_file_names_a_place_on_the_machine_that_it_was_written_on() -> None:
    assert [name for name, text in _readable() if ELSEWHERE.search(text)] == []


def test_text_files_end_with_one_newline_and_have_no_carriage_returns() -> None:
    faulty = [name for name, text in _readable() if text and (not text.endswith("\n") or "\r" in text)]
    assert [name for name in faulty if not name.endswith((".svg", ".html"))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_tox_and_the_classifiers_name_the_same_pythons() -> None:
    classified = set(re.findall(r"Python :: (3\.\d+)", "\n".join(pyproject()["project"]["classifiers"])))
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    assert {f"3.{minor}" for minor in re.findall(r"^ +py3(\d+)$", tox, flags=re.MULTILINE)} == classified
    oldest = min(classified, key=lambda version: int(version.split(".")[1]))
    assert pyproject()["project"]["requires-python"] == f">={oldest}"
    assert pyproject()["tool"]["mypy"]["python_version"] == oldest


# What runs by hand, in environments of its own.
_APART = (
    "clients/drivers",
    "tests/audit/recorders",
    "stacks/schemas/python",
    *(f"stacks/stores/{name}.py" for name in ("kept", "served", "target")),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "needed"),
    [
        ("spec", ()),
        ("strategies", ()),
        ("reports", ()),
        ("conformance", ("apps", "cassettes", "sdk", "load")),
        ("tests", ("test", "browser", "environments", "integrations")),
        ("benchmarks", ("test", "benchmarks")),
        ("clients", ("test",)),
        ("stacks", ("test",)),
        ("docs", ("docs",)),
    ],
)
def test_what_is_imported_is_declared(folder: str, needed: tuple[str, ...]) -> None:
    project = pyproject()["project"]
    sets = {**project["optional-dependencies"], **pyproject()["dependency-groups"]}
    requirements = [*project["dependencies"], *(line for name in needed for line in sets[name])]
    declared = {canonicalize_name(Requirement(line).name) for line in requirements}
    undeclared = {
        module
        for path in tracked()
        if path.suffix == ".py"
        and path.is_relative_to(ROOT / folder)
        and not any(path.is_relative_to(ROOT / apart) for apart in _APART)
        for module in _imported(path)
        if module not in sys.stdlib_module_names
        # `vcr` is wanted by a script that is run by hand, which says how to get it.
        and module not in {"tests", "benchmarks", "clients", "stacks", "vcr"}
        # Stubs are for type checkers alone.
        and not module.startswith(("imagebuilder_", "types_"))
        and declared.isdisjoint(_distributions(module))
    }
    assert undeclared == set()


def _distributions(module: str) -> set[str]:
    """The names of the distributions that may bring a module."""
    return {canonicalize_name(name) for name in _installed().get(module, [module])}


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def _imported(path: Path) -> set[str]:
    """The top-level names of what a module imports, also inside functions."""
    nodes = list(ast.walk(ast.parse(path.read_bytes())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in names}


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
