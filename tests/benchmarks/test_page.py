"""`benchmarks/run` measures everything and writes a page with its pictures; takes the extra `benchmarks`."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REASON = "the extra `benchmarks` is not installed"

pytest.importorskip("matplotlib", reason=REASON)
pytest.importorskip("schemathesis", reason=REASON)

from benchmarks import everything  # noqa: E402  # it takes what may be missing
from benchmarks.charts import bars, lines  # noqa: E402  # likewise
from benchmarks.sizes import QUICK, Sizes  # noqa: E402  # likewise

PICTURES = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the quick mode, made by a process of its own."""
    path = tmp_path_factory.mktemp("quick") / "benchmarks.md"
    words = [sys.executable, "-m", "benchmarks.everything", "--quick", "--page", str(path), "--note", "A test."]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return path


def test_the_quick_mode_measures_every_part(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(everything.PARTS)
    assert "could not be measured" not in text
    # Nothing is claimed but by figures.
    assert text.count("\n| ---") >= len(everything.PARTS)


def test_it_says_that_its_figures_say_little(page: Path) -> None:
    assert "these figures say little. A test." in page.read_text()


def test_every_picture_is_shown_and_every_shown_one_is_there(page: Path) -> None:
    shown = {page.parent / name for name in PICTURES.findall(page.read_text())}
    assert shown == set(page.with_suffix("").iterdir())
    assert all(ET.parse(picture).getroot().tag.endswith("svg") for picture in shown)


def test_a_part_that_fails_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Sizes, __: everything.Page) -> Iterator[str]:
        yield "This was said."
        raise RuntimeError("nobody listens")

    def works(_: Sizes, __: everything.Page) -> Iterator[str]:
        yield "This was measured."

    monkeypatch.setattr(everything, "PARTS", {"One": fails, "Another": works})
    path = tmp_path / "folder" / "page.md"
    assert not everything.write(QUICK, everything.Page(path))
    assert path.read_text().endswith(
        "## One\n\nThis was said.\n\nThis could not be measured.\n\n## Another\n\nThis was measured.\n"
    )


def test_charts_name_what_they_show_and_are_the_same_each_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        bars(tmp_path / name / "bars.svg", {"an <area>": (0.5, 1.0)}, ("ours", "theirs"))
        through = {"right": [(1_000.0, 0.001), (100_000.0, 0.2)], "one": [(1_000.0, 0.01)]}
        lines(tmp_path / name / "lines.svg", through, x="calls", y="seconds", logarithmic=True)
    for chart in ("bars.svg", "lines.svg"):
        assert (tmp_path / "first" / chart).read_bytes() == (tmp_path / "second" / chart).read_bytes()
    texts = "".join(ET.parse(tmp_path / "first" / "bars.svg").getroot().itertext())
    assert all(name in texts for name in ("an <area>", "ours", "theirs"))
