import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from imagebuilder_conformance.cli import main
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from imagebuilder_reports.model import Report
from imagebuilder_spec import load_contract
from tests.project.figures import renewed
from tests.project.places import ROOT
from tests.support.runs import serving

COMMAND = "imagebuilder-conformance"
PAGES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/running.md",
    "docs/executions.md",
    "docs/reports.md",
    "docs/junit.md",
    "docs/audit.md",
    "docs/soak.md",
    "docs/drift.md",
    "docs/workers.md",
    "docs/fault-interface.md",
    "docs/reference-target.md",
    "docs/make-your-emulator-conform.md",
)


def _page(name: str = "README.md") -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, flags=re.DOTALL | re.MULTILINE)


def _calls() -> list[str]:
    """Every call of the command in the shell blocks and the inline code of the pages."""
    calls = set()
    for text in map(_page, PAGES):
        lines = "\n".join(_blocks("sh", text)).replace("\\\n", " ").splitlines()
        lines += re.findall(r"`([^`\n]+)`", text)
        for part in (part for line in lines if COMMAND in line for part in re.split(r"&&|\|", line)):
            words = shlex.split(part, comments=True)
            if words and Path(words[0]).name == COMMAND:
                calls.add(shlex.join(words[1:]))
    return sorted(calls)


def _command(*words: str) -> click.Command:
    """The command that these words call, such as `baseline update`."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"there is no command {word!r}"
        command = found
    return command


def _commands(command: click.Command = main) -> Iterator[click.Command]:
    """A command and all below it."""
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            child = command.get_command(click.Context(command), name)
            assert child is not None
            yield from _commands(child)


def _options(command: click.Command) -> set[str]:
    parameters = command.get_params(click.Context(command))
    return {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}


def test_ci_takes_the_two_lines_from_the_readme() -> None:
    run, test = (block.strip() for block in _blocks("sh", _page())[:2])
    printed = subprocess.run([ROOT / ".ci/readme-lines"], capture_output=True, check=True, text=True).stdout
    assert printed.splitlines() == [run, test]
    script = _page(".ci/run")
    assert ".ci/readme-lines" in script
    assert 'bash -c "$run_line"' in script
    assert 'bash -c "$test_line"' in script


def test_the_two_lines_run_the_main_job_and_the_tests() -> None:
    run, test = (block.strip() for block in _blocks("sh", _page())[:2])
    assert run.endswith(f".venv/bin/{COMMAND} run")
    assert re.search(r"\.venv/bin/python -m pytest\b", test)


@pytest.mark.parametrize("call", _calls())
def test_every_call_on_the_pages_has_a_command_with_these_options(call: str) -> None:
    arguments = shlex.split(call)
    assert {word.split("=")[0] for word in arguments if word.startswith("-")} <= _options(_command(*arguments))


def test_there_are_calls_on_the_pages() -> None:
    assert {"run", "serve", "self-test"} <= {call.split()[0] for call in _calls() if call}


def test_every_command_is_on_the_readme() -> None:
    text = _page()
    missing = [name for name in main.list_commands(click.Context(main)) if not re.search(rf"`[^`]*\b{name}\b", text)]
    assert missing == []


def test_every_option_in_inline_code_exists() -> None:
    known = {option for command in _commands() for option in _options(command)}
    others = ("pytest", ".ci/run", "benchmarks/run", "mitmdump", "schemathesis", "st ", "har-capture", "pipx", "uvx")
    for name in (page for page in PAGES if page not in {"CONTRIBUTING.md", "docs/fault-interface.md"}):
        inline = [code for code in re.findall(r"`([^`\n]+)`", _page(name)) if not code.startswith(others)]
        used = {word for code in inline for word in code.split() if word.startswith("--")}
        assert {word for word in used if not word.startswith(("--imagebuilder-", "--pyargs"))} <= known, name


def test_every_defect_and_variation_on_the_pages_exists() -> None:
    named = {name for page in PAGES for name in re.findall(r"--(?:defect|variation)[ =]([a-z0-9-]+)", _page(page))}
    named |= {
        word
        for page in PAGES
        for line in re.findall(rf"{COMMAND} self-test ((?:[a-z][a-z0-9-]+ ?)+)", _page(page))
        for word in line.split()
    }
    assert named
    assert named <= {*catalogue.defects(), *catalogue.variations()}


def test_every_clause_in_inline_code_exists() -> None:
    contract = load_contract()
    areas = "|".join({clause.area for clause in contract.clauses.values()})
    prefixes = {id_[:end] for id_ in contract.clauses for end in [*(m.start() for m in re.finditer(r"\.", id_)), None]}
    named = set(re.findall(rf"(?:explain|run) ((?:{areas})(?:\.[a-z-]+)*)`", _page()))
    assert named
    assert named <= prefixes


def test_the_table_of_exit_codes_is_that_of_the_command() -> None:
    assert main.help is not None
    (sentence,) = re.findall(r"Exit codes: (.*)", " ".join(main.help.split()))
    codes = re.findall(r"^\| ([0-9]) \| ([^:|]+)", _page(), flags=re.MULTILINE)
    assert [code for code, _ in codes] == re.findall(r"\b([0-9]) ", sentence)
    assert [meaning.split()[0] for _, meaning in codes[:2]] == ["conformant", "non-conformant"]


@pytest.mark.slow
def test_the_example_of_a_target_in_a_test_holds_for_the_reference_target() -> None:
    example, _ = _blocks("python", _page())
    with serving(Behaviour) as server:
        ours = example.replace("http://localhost:4566", server.url)
        assert ours != example
        exec(ours, {})


@pytest.mark.slow
def test_the_example_of_the_strategies_runs(tmp_path: Path) -> None:
    _, example = _blocks("python", _page())
    assert _failed(example, tmp_path) == []


@pytest.mark.slow
def test_the_example_finds_what_the_page_says_that_it_finds(tmp_path: Path) -> None:
    _, example = _blocks("python", _page())
    naive = example.replace("re.fullmatch", "re.match").replace('a-z0-9-_]+"', 'a-z0-9-_]+$"')
    assert _failed(naive, tmp_path) == ["test_broken_arns_are_refused[arn.name.trailing-newline]"]


def _failed(module: str, folder: Path) -> list[str]:
    """The cases that fail when pytest runs a module on its own."""
    (folder / "test_example.py").write_text(module, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_example.py"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    return re.findall(r"^FAILED \S+?::(\S+)", ran.stdout, flags=re.MULTILINE)


def test_the_figures_are_those_of_a_run(reference_run: Report) -> None:
    text = _page()
    assert renewed(text, reference_run) == text, "python -m tests.project.figures writes them anew"


def test_it_can_be_read_at_a_sitting() -> None:
    assert len(_page().splitlines()) < 250
