import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.project.places import ROOT, pyproject, tracked

ROOMS = {
    "spec": "imagebuilder_spec",
    "strategies": "imagebuilder_strategies",
    "conformance": "imagebuilder_conformance",
    "reports": "imagebuilder_reports",
}


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel, without its metadata. Built of the tracked files only, as in a fresh clone."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for path in tracked():
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    build = f"from hatchling.build import build_wheel; build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_of_the_four_packages_and_nothing_else(contents: set[str]) -> None:
    expected = set()
    for room, package in ROOMS.items():
        folder = ROOT / room / package
        expected |= {path.relative_to(ROOT / room).as_posix() for path in tracked() if path.is_relative_to(folder)}
    assert contents == expected


@pytest.mark.parametrize("package", ROOMS.values())
def test_every_package_says_that_it_is_typed(package: str, contents: set[str]) -> None:
    assert f"{package}/py.typed" in contents


@pytest.mark.parametrize(
    "needed",
    [
        "imagebuilder_spec/data/clauses.toml",
        "imagebuilder_spec/data/documented/request.schema.json",
        "imagebuilder_reports/schemas/report.schema.json",
        "imagebuilder_reports/templates/report.html.j2",
        "imagebuilder_conformance/suites/pytest.ini",
        "imagebuilder_conformance/suites/edges.toml",
    ],
)
def test_the_wheel_brings_data(needed: str, contents: set[str]) -> None:
    assert needed in contents


def test_no_room_has_two_packages_or_loose_modules() -> None:
    for room, package in ROOMS.items():
        modules = {path.relative_to(ROOT / room).parts[0] for path in tracked() if path.is_relative_to(ROOT / room)}
        assert {name for name in modules if name.endswith(".py") or name.startswith("imagebuilder")} == {package}


def test_the_build_knows_the_four_packages() -> None:
    packages = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) == {f"{room}/{package}" for room, package in ROOMS.items()}
