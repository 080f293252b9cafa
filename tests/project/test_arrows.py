import grimp
import pytest
from importlinter.cli import lint_imports

from tests.project.places import ROOT

REFERENCE = "imagebuilder_conformance.reference"
CONTRACT = "imagebuilder_spec"


def test_every_arrow_between_the_rooms_is_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("package", [REFERENCE, CONTRACT])
def test_neither_the_contract_nor_the_reference_target_knows_those_who_judge(package: str) -> None:
    graph = grimp.build_graph("imagebuilder_conformance", CONTRACT, cache_dir=None)
    imported = {
        f"{module} imports {other}"
        for module in {package, *graph.find_descendants(package)}
        for other in graph.find_modules_directly_imported_by(module)
        if not f"{other}.".startswith((f"{package}.", f"{CONTRACT}."))
    }
    assert imported == set()
