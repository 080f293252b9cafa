"""The examples call the action and the command as they are; the image is built of all that it takes."""

import shlex

import click
import pytest

from imagebuilder_conformance.cli import main
from tests.integrations.files import ACTION, DOCKERFILE, GITHUB, GITLAB, load
from tests.project.places import ROOT, pyproject


def test_the_workflow_gives_inputs_that_the_action_has() -> None:
    (job,) = load(GITHUB)["jobs"].values()
    (given,) = [step["with"] for step in job["steps"] if "imagebuilder-conformance" in step.get("uses", "")]
    known = load(ACTION)["inputs"]
    assert set(given) <= set(known)
    assert {name for name, each in known.items() if each.get("required")} <= set(given)


def test_the_gitlab_job_gives_options_that_the_command_has_and_keeps_its_reports() -> None:
    job = load(GITLAB)["conformance"]
    (line,) = job["script"]
    program, name, *words = shlex.split(line)
    assert program.endswith("/imagebuilder-conformance")
    run = main.get_command(click.Context(main), name)
    assert run is not None
    options, _, _ = run.make_parser(click.Context(run)).parse_args(words)
    assert job["artifacts"]["reports"]["junit"] == f"{options['report_dir']}/junit.xml"
    assert job["artifacts"]["paths"] == [f"{options['report_dir']}/"]
    assert job["artifacts"]["when"] == "always"


def admitted() -> list[str]:
    """What .dockerignore lets into the image."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def test_the_image_gets_all_that_the_wheel_is_built_of() -> None:
    project = pyproject()
    needed = ["pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]]
    needed += [each.split("/")[0] for each in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]
    assert sorted(admitted()) == sorted(needed)


@pytest.mark.parametrize("line", ["USER 1000", 'ENTRYPOINT ["imagebuilder-conformance"]'])
def test_the_image_runs_the_command_and_not_as_root(line: str) -> None:
    assert line in DOCKERFILE.read_text(encoding="utf-8").splitlines()
