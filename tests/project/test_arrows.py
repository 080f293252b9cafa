import subprocess
import sys

import grimp
import pytest

from tests.project.places import ROOT

REFERENCE = "imagebuilder_conformance.reference"
CONTRACT = "imagebuilder_spec"


def test_every_arrow_between_the_rooms_is_kept() -> None:
    # In a process of its own, as it turns the loggers of this one off.
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, check=False, text=True)
    assert linted.returncode == 0, linted.stdout


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
