"""What it costs to start: `--help` and `list` beside importing click, and a pytest that only has the plugin installed.

    python -m benchmarks.start [--rounds N]

Whole processes, in turn. The pytest runs ten tests that have nothing to do with the suite; the other plugins that are
installed here are blocked in both, and ours by its entry point's name in one.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from benchmarks.measuring import Process, Spread, run_process, table
from benchmarks.ours import COMMAND

ROUNDS = 20
_SMALLEST = """
import click

@click.group()
def main():
    pass

@main.command()
def run():
    pass

main()
"""
_OURS = "imagebuilder-conformance"
_UNRELATED = "\n\n".join(f"def test_{number}():\n    assert {number} + 1 == {number + 1}" for number in range(10))

Words = Sequence[str | Path]
Runs = Mapping[str, list[Process]]


def measure(*, rounds: int = ROUNDS) -> tuple[Runs, Runs]:
    """The commands beside importing click, and pytest with the plugin beside pytest without it."""
    pytest: Words = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "test_unrelated.py").write_text(_UNRELATED, encoding="utf-8")
        commands = _in_turn(
            {
                "`python -c 'import click'`": (sys.executable, "-c", "import click"),
                "`--help` of a click program with one command": (sys.executable, "-c", _SMALLEST, "--help"),
                "`imagebuilder-conformance --help`": (COMMAND, "--help"),
                "`imagebuilder-conformance list`": (COMMAND, "list"),
            },
            rounds,
            Path(name),
        )
        others = [word for plugin in _plugins() - {_OURS} for word in ("-p", f"no:{plugin}")]
        without: Words = (*pytest, *others, "-p", f"no:{_OURS}")
        return commands, _in_turn({"pytest": without, "with the plugin": (*pytest, *others)}, rounds, Path(name))


def _plugins() -> set[str]:
    """The plugins that any pytest loads that runs here."""
    return {point.name for point in entry_points(group="pytest11")}


def _in_turn(ways: Mapping[str, Words], rounds: int, folder: Path) -> Runs:
    runs: dict[str, list[Process]] = {name: [] for name in ways}
    # The first round is left out: it fills the caches of compiled modules and of the disk.
    for number in range(rounds + 1):
        for name, words in ways.items():
            process = run_process(words, folder=folder)
            if process.code != 0:
                raise RuntimeError(f"{name} ended with {process.code}:\n{process.output}")
            if number:
                runs[name].append(process)
    return runs


def section(measured: tuple[Runs, Runs]) -> str:
    """The figures as a part of a Markdown page."""
    return "\n\n".join(_table(runs) for runs in measured)


def _table(runs: Runs) -> str:
    base = next(iter(runs.values()))
    return table(
        ("whole process", "milliseconds", "ratio to the first", "of processor time"),
        (
            (
                name,
                Spread.of(each.seconds * 1000 for each in made).text(1),
                Spread.of(each.seconds / first.seconds for each, first in zip(made, base, strict=True)).text(3),
                Spread.of(each.cpu / first.cpu for each, first in zip(made, base, strict=True)).text(3),
            )
            for name, made in runs.items()
        ),
    )


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description="What it costs to start.")
    options.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="default: %(default)s")
    print(section(measure(rounds=options.parse_args().rounds)))


if __name__ == "__main__":
    main()
