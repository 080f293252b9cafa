"""`plan` says what a run would do."""

import json
from pathlib import Path

import pytest

from imagebuilder_spec import load_contract
from tests.support.calls import PIPELINE
from tests.support.command import here, report_in


def plan(tmp_path: Path, *arguments: str) -> dict[str, object]:
    finished = here("plan", "--json", *arguments, cwd=tmp_path)
    assert finished.code == 0, finished.text
    planned: dict[str, object] = json.loads(finished.out)
    return planned


@pytest.mark.parametrize("prefix", ["operation", "request.body", "idempotency.mismatch"])
def test_it_names_the_clauses_and_checks_that_the_run_has(prefix: str, tmp_path: Path) -> None:
    planned = plan(tmp_path, prefix, "--suite", "core", "--max-executions", "3")
    assert here("run", prefix, "--suite", "core", "--max-executions", "3", cwd=tmp_path).code in {0, 3}
    report = report_in(tmp_path / "conformance-report")
    assert planned["clauses"] == [clause["id"] for clause in report["clauses"] if clause["selected"]]
    assert planned["checks"] == [check["id"] for check in report["checks"]]
    assert planned["executions"] == report["run"]["max_executions"] == 3


@pytest.mark.slow
def test_without_a_budget_there_is_no_limit_but_a_figure(tmp_path: Path) -> None:
    planned = plan(tmp_path, "--suite", "core")
    assert planned["executions"] is None
    assert isinstance(planned["declared"], int)
    assert planned["declared"] > 100


def test_one_build_is_told_as_one(tmp_path: Path) -> None:
    shown = here("plan", "operation", "--max-executions", "1", cwd=tmp_path).out
    assert "at most 1 image build." in shown
    assert "the build takes an instance" in shown


def test_people_get_the_same_in_words(tmp_path: Path) -> None:
    finished = here("plan", "--suite", "core", "--max-executions", "5", cwd=tmp_path)
    assert finished.code == 0
    assert "at most 5 image builds" in finished.out
    assert "an instance each for about half an hour" in finished.out
    assert all(
        f"\n{clause.id} " in finished.out for clause in load_contract().clauses.values() if clause.suite == "core"
    )
    assert '"imagebuilder:StartImagePipelineExecution"' in finished.out
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_named_clauses_says_which_suites_it_took_and_its_plan_too(tmp_path: Path) -> None:
    named = ("operation.start", "request.body.json")
    for words in (("plan", *named), ("run", *named)):
        assert "\nsuites         core, which the named clauses are of\n" in here(*words, cwd=tmp_path).out
    assert "\nsuites         core, faults," in here("plan", "operation", "faults", cwd=tmp_path).out


@pytest.mark.parametrize("arguments", [["--max-executions", "-1"], ["no-such-clause"], ["--seed", "x"]])
def test_what_run_refuses_plan_refuses(arguments: list[str], tmp_path: Path) -> None:
    assert here("plan", *arguments, cwd=tmp_path).code == here("run", *arguments, cwd=tmp_path).code == 2


@pytest.mark.slow
def test_the_policy_is_json_to_be_pasted(tmp_path: Path) -> None:
    shown = here("plan", cwd=tmp_path).out
    begins = shown.index("\n{") + 1
    policy, _ = json.JSONDecoder().raw_decode(shown[begins:])
    assert policy == plan(tmp_path)["policy"]
    assert policy["Version"] == "2012-10-17"


@pytest.mark.parametrize(("prefix", "said"), [("request.image-pipeline-arn", True), ("idempotency", False)])
def test_what_the_policy_keeps_from_being_judged_is_said_beforehand(prefix: str, *, said: bool, tmp_path: Path) -> None:
    aws = ("--endpoint-url", "https://imagebuilder.us-east-1.amazonaws.com", "--pipeline-arn", PIPELINE)
    shown = here("plan", prefix, *aws, cwd=tmp_path).out
    assert ("request.image-pipeline-arn.pattern is inconclusive" in shown) == said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "environ"),
    [((), {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}), (("--profile", "team"), {})],
)
def test_a_real_key_for_a_host_that_may_be_anything_is_a_matter_of_cost(
    words: tuple[str, ...], environ: dict[str, str], tmp_path: Path
) -> None:
    target = ("--endpoint-url", "https://builder.example")
    assert "costs money" in here("plan", *target, *words, cwd=tmp_path, env=environ).out
    assert "costs money" not in here("plan", *target, cwd=tmp_path).out


OF_OUR_OWN = ("operation", "--provision", "--allow-aws", "--region", "cn-north-1")


def test_what_a_run_makes_for_itself_is_said_in_order_and_nothing_is_sent(tmp_path: Path) -> None:
    planned = plan(tmp_path, *OF_OUR_OWN)
    assert planned["provision"] == [
        "CreateInfrastructureConfiguration conformance-NONCE",
        "CreateImageRecipe conformance-NONCE",
        "CreateImagePipeline conformance-NONCE-first",
        "CreateImagePipeline conformance-NONCE-second",
    ]
    assert planned["executions"] == 1
    shown = here("plan", *OF_OUR_OWN, cwd=tmp_path).out
    assert "makes first    CreateInfrastructureConfiguration conformance-NONCE\n" in shown
    assert "What --provision makes is free of charge itself" in shown
    assert plan(tmp_path, "operation")["provision"] == []


def test_the_policy_has_every_call_of_it(tmp_path: Path) -> None:
    policy = plan(tmp_path, *OF_OUR_OWN)["policy"]
    assert isinstance(policy, dict)
    allowed = {action: statement for statement in policy["Statement"] for action in statement["Action"]}
    for noun, kind in (
        ("InfrastructureConfiguration", "infrastructure-configuration"),
        ("ImageRecipe", "image-recipe"),
        ("ImagePipeline", "image-pipeline"),
    ):
        for verb in ("Create", "Delete"):
            resources = allowed[f"imagebuilder:{verb}{noun}"]["Resource"]
            assert resources == [f"arn:aws-cn:imagebuilder:cn-north-1:*:{kind}/conformance-*"]
        assert allowed[f"imagebuilder:List{noun}s"]["Resource"] == ["*"]
    assert allowed["iam:PassRole"]["Resource"] == ["arn:aws-cn:iam::*:role/*"]
    assert "Condition" in allowed["iam:PassRole"]
    without = plan(tmp_path, "operation")["policy"]
    assert isinstance(without, dict)
    assert len(without["Statement"]) == 2
