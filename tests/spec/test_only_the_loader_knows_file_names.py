from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import imagebuilder_conformance
import imagebuilder_reports
import imagebuilder_spec
import imagebuilder_strategies

PACKAGES = (imagebuilder_spec, imagebuilder_strategies, imagebuilder_reports, imagebuilder_conformance)
LOADER = "loader.py"


def _data_files() -> set[str]:
    data = Path(str(files("imagebuilder_spec"))) / "data"
    return {path.name for path in data.rglob("*") if path.is_file()}


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        for folder in package.__path__:
            yield from Path(folder).rglob("*.py")


def test_no_module_but_the_loader_names_a_data_file() -> None:
    names = _data_files()
    assert {"clauses.toml", "errors.toml", "sentences.toml", "operation.toml"} <= names
    offenders = {
        f"{module.name}: {name}"
        for module in _modules()
        if not (module.name == LOADER and module.parent.name == "imagebuilder_spec")
        for name in names
        if name in module.read_text(encoding="utf-8")
    }
    assert offenders == set()


def test_the_loader_names_those_that_every_revision_shares() -> None:
    text = (Path(str(files("imagebuilder_spec"))) / LOADER).read_text(encoding="utf-8")
    assert all(name in text for name in ("clauses.toml", "errors.toml", "operation.toml"))
