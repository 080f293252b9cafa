"""The sandbox on AWS: what it deploys, what its roles may do, and that its runbook can be followed."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from imagebuilder_conformance.cli import main
from tests.integrations.files import SANDBOX, SANDBOX_WORKFLOW, load
from tests.integrations.test_linting import complaints
from tests.project.places import ROOT
from tests.support.command import here

TEMPLATE = SANDBOX / "template.yaml"
RUNBOOK = SANDBOX / "README.md"
STARTING = {"imagebuilder:StartImagePipelineExecution", "imagebuilder:GetImagePipeline"}
CLEANING = {
    "imagebuilder:ListImagePipelineImages",
    "imagebuilder:GetImage",
    "imagebuilder:CancelImageCreation",
    "imagebuilder:DeleteImage",
}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, such as `!Sub`, as what they are applied to."""


def _applied(loader: _Loader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else None


_Loader.add_multi_constructor("!", _applied)


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    """The properties of the resources, by name, each with its type."""
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # it extends the safe loader
    return {name: {"Type": each["Type"], **each["Properties"]} for name, each in template["Resources"].items()}


def statements(policy: dict[str, Any]) -> dict[str, set[str]]:
    """What a policy allows, by the resource that it allows it on."""
    allowed = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        actions = statement["Action"]
        allowed[statement["Resource"].rsplit(":", 1)[-1]] = {actions} if isinstance(actions, str) else set(actions)
    return allowed


def lines(text: str, program: str) -> list[str]:
    """The command lines of a text that call a program."""
    joined = re.sub(r" \\\n\s*", " ", text)
    return [line.strip() for line in joined.splitlines() if line.strip().startswith(f"{program} ")]


def test_cfn_lint_accepts_the_template() -> None:
    assert complaints("cfn-lint", "--include-checks", "I", "--", str(TEMPLATE)) == ""


def test_cfn_lint_does_complain(tmp_path: Any) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(TEMPLATE.read_text(encoding="utf-8").replace("InstanceTypes:", "InstanceKinds:"), encoding="utf-8")
    assert "InstanceKinds" in complaints("cfn-lint", "--", str(path))


def test_there_are_two_pipelines_that_test_nothing_and_have_no_schedule(resources: dict[str, dict[str, Any]]) -> None:
    pipelines = [each for each in resources.values() if each["Type"] == "AWS::ImageBuilder::ImagePipeline"]
    assert len({each["Name"] for each in pipelines}) == len(pipelines) == 2
    assert not any(each["ImageTestsConfiguration"]["ImageTestsEnabled"] for each in pipelines)
    assert not any("Schedule" in each for each in pipelines)


def test_the_role_of_the_run_may_start_pipelines_clean_up_and_nothing_else(
    resources: dict[str, dict[str, Any]],
) -> None:
    allowed = statements(resources["RunPolicy"])
    assert allowed.pop("DeniedRole.Arn") == {"sts:AssumeRole"}
    pipelines, images = allowed.pop("image-pipeline/*"), allowed.pop("image/*")
    assert allowed == {}
    assert pipelines | images == STARTING | CLEANING
    assert pipelines >= STARTING


def test_what_makes_pipelines_is_what_the_plan_asks_for_and_is_left_out_by_default(
    resources: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
    assert template["Parameters"]["MayProvision"]["Default"] == "no"
    assert template["Resources"]["ProvisionPolicy"]["Condition"] == "MayProvision"
    allowed = statements(resources["ProvisionPolicy"])
    assert allowed.pop("BuildRole.Arn") == {"iam:PassRole"}
    planned = here("plan", "operation", "--json", "--provision", "--allow-aws", "--region", "us-east-1", cwd=tmp_path)
    asked = {
        resource.rsplit(":", 1)[-1]: set(statement["Action"])
        for statement in json.loads(planned.out)["policy"]["Statement"]
        for resource in statement["Resource"]
    }
    assert asked.pop("role/*") == {"iam:PassRole"}
    assert allowed == {
        resource: actions
        for resource, actions in asked.items()
        if not resource.startswith("image") or "conformance-" in resource
    }


def test_the_role_that_must_be_refused_has_no_policy_and_only_the_run_may_take_it(
    resources: dict[str, dict[str, Any]],
) -> None:
    role = resources["DeniedRole"]
    assert not {"Policies", "ManagedPolicyArns"} & role.keys()
    assert [each["Principal"] for each in role["AssumeRolePolicyDocument"]["Statement"]] == [{"AWS": "RunRole.Arn"}]
    policies = [each for each in resources.values() if "Policy" in each["Type"]]
    assert {each["RoleName"] for each in policies} == {"RunRole"}


def words_of(line: str) -> tuple[str, list[str]]:
    _, name, *words = shlex.split(line)
    return name, words


def ours() -> list[str]:
    workflow = "\n".join(step["run"].replace("\n", " ") for step in steps() if "run" in step)
    return [
        *lines(RUNBOOK.read_text(encoding="utf-8"), "imagebuilder-conformance"),
        *lines(workflow, "imagebuilder-conformance"),
    ]


def steps() -> list[dict[str, Any]]:
    (job,) = load(SANDBOX_WORKFLOW)["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


@pytest.mark.parametrize("line", ours())
def test_every_command_line_of_the_runbook_and_the_workflow_can_be_given(line: str) -> None:
    name, words = words_of(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options, _, _ = command.make_parser(click.Context(command)).parse_args(words)
    assert options["allow_aws"]


def test_a_run_may_start_no_more_than_the_least() -> None:
    least = re.search(r"The least is (\d+) executions", (ROOT / "docs/executions.md").read_text(encoding="utf-8"))
    assert least is not None
    limits = {re.findall(r"--max-executions (\d+)", line)[0] for line in ours() if " run " in line}
    assert limits == {least[1]}


def test_the_workflow_cleans_up_whatever_came_of_the_run() -> None:
    names = [step.get("name") for step in steps()]
    assert names.index("Clean up") > names.index("Judge AWS")
    assert steps()[names.index("Clean up")]["if"] == "${{ always() }}"


def test_the_workflow_takes_the_outputs_of_the_stack() -> None:
    _, _, section = TEMPLATE.read_text(encoding="utf-8").partition("\nOutputs:\n")
    outputs = re.findall(r"^  ([A-Za-z]+):$", section, re.MULTILINE)
    named = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper() for name in outputs}
    taken = set(re.findall(r"vars\.([A-Z_]+)", SANDBOX_WORKFLOW.read_text(encoding="utf-8")))
    assert len(outputs) == 4
    assert taken == {"AWS_REGION", *named}
