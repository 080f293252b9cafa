"""Where a call fails, one sentence says which and what to do, and what was made before it is taken away or named."""

import json
from pathlib import Path

import pytest

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.support.command import here
from tests.support.making_pipelines import Fault, Plane, always
from tests.support.ports import free_port
from tests.support.scripted import HangUp, Reply, ScriptedServer

from .runs import cleanup, run

CREATES = ["CreateInfrastructureConfiguration", "CreateImageRecipe", "CreateImagePipeline"]
LACKING = [
    (404, "UnknownOperationException"),
    (404, ""),
    (405, ""),
    (500, ""),
    (501, "InternalFailure"),
]
INSTEAD = "; make two pipelines there yourself and name them with --pipeline-arn\n"
pytestmark = pytest.mark.usefixtures("once")


def nothing_is_listed(folder: Path) -> bool:
    return not (folder / "report" / "started").exists()


@pytest.mark.parametrize("operation", CREATES)
def test_a_call_that_the_target_lacks_is_named(
    operation: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always(operation, 404, "UnknownOperationException")
    finished = run(server, tmp_path)
    lacks = f"lacks {operation}, which --provision takes: it was answered 404 UnknownOperationException"
    assert finished.err == f"Error: {server.url} {lacks}{INSTEAD}"
    assert finished.code == 3
    assert plane.resources == {}
    assert nothing_is_listed(tmp_path)


@pytest.mark.parametrize(("status", "code"), LACKING)
def test_so_it_is_whatever_a_target_says_of_what_it_does_not_know(
    status: int, code: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always(CREATES[0], status, code)
    finished = run(server, tmp_path)
    assert f"it was answered {status} {code or 'without an error code'}{INSTEAD}" in finished.err
    assert nothing_is_listed(tmp_path)


def test_the_reference_target_lacks_them(tmp_path: Path) -> None:
    with ReferenceServer() as server:
        finished = run(server, tmp_path)
    assert f"{server.url} lacks CreateInfrastructureConfiguration" in finished.err
    assert finished.code == 3


def test_a_page_is_no_answer(tmp_path: Path) -> None:
    page = Reply(200, b"<html>Welcome</html>", (("Content-Type", "text/html"),))
    with ScriptedServer.playing(page) as server:
        finished = here("run", "--provision", "--endpoint-url", server.url, cwd=tmp_path)
    assert finished.code == 3
    assert f"lacks CreateInfrastructureConfiguration: it was answered with a page of HTML{INSTEAD}" in finished.err
    assert finished.out == ""


@pytest.mark.parametrize("operation", CREATES)
def test_a_call_that_is_refused_is_told_with_the_refusal(
    operation: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always(operation, 400, "InvalidRequestException")
    finished = run(server, tmp_path)
    refuses = (
        f"refuses what --provision makes: {operation} was answered 400 InvalidRequestException: As the test has it."
    )
    assert finished.err == f"Error: {server.url} {refuses}{INSTEAD}"
    assert plane.resources == {}


@pytest.mark.parametrize("status", [401, 403])
def test_a_gateway_that_lets_nobody_in_lacks_nothing(
    status: int, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.fault = always(CREATES[0], status, "")
    finished = run(server, tmp_path)
    refuses = f"refuses what --provision makes: {CREATES[0]} was answered {status} without an error code"
    assert finished.err == f"Error: {server.url} {refuses}{INSTEAD}"


def test_what_can_not_be_noted_is_not_made(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "started").write_text("in the way", encoding="utf-8")
    finished = run(server, tmp_path)
    assert finished.code == 2
    assert "cannot be written" in finished.err
    assert plane.asked == []


def test_no_secret_of_the_caller_gets_into_the_sentence(tmp_path: Path) -> None:
    body = json.dumps({"message": "Your key is nobody-else-knows-this"}).encode()
    refusal = Reply(400, body, (("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")))
    env = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "nobody-else-knows-this"}
    with ScriptedServer.playing(refusal) as server:
        finished = here("run", "--provision", "--endpoint-url", server.url, cwd=tmp_path, env=env)
    assert "Your key is [redacted]" in finished.err
    assert "nobody-else" not in finished.text


def test_where_nothing_listens_that_is_said(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    finished = here("run", "--provision", "--endpoint-url", url, cwd=tmp_path)
    assert (finished.code, finished.err) == (3, f"Error: nothing listens at {url}\n")


def second(operation: str, status: int, code: str) -> Fault:
    """A fault of the second call of an operation, and of those that follow."""
    asked: list[str] = []

    def fault(name: str) -> tuple[int, str] | None:
        asked.append(name)
        return (status, code) if name == operation and asked.count(operation) > 1 else None

    return fault


def test_one_pipeline_is_not_enough(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    plane.fault = second("CreateImagePipeline", 400, "ServiceQuotaExceededException")
    finished = run(server, tmp_path, "--keep")
    assert finished.code == 3
    assert "ServiceQuotaExceededException" in finished.err
    assert plane.resources == {}


@pytest.mark.parametrize("operation", CREATES)
def test_what_is_made_without_an_answer_is_looked_for_by_its_name(
    operation: str, server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.after = always(operation, 500, "ServiceException")
    finished = run(server, tmp_path)
    assert finished.code == 3
    assert f"{operation.replace('Create', 'List')}s" in plane.asked
    assert plane.resources == {}
    assert nothing_is_listed(tmp_path)


def test_what_can_not_be_looked_for_is_named_and_stays_on_the_list(
    server: ReferenceServer, plane: Plane, tmp_path: Path
) -> None:
    plane.after = always("CreateImageRecipe", 500, "ServiceException")
    plane.fault = always("ListImageRecipes", 403, "ForbiddenException")
    finished = run(server, tmp_path)
    assert finished.code == 3
    [name] = plane.names("image-recipe")
    assert f"left: image-recipe {name}, whose ARN is not known: ListImageRecipes was answered 403" in finished.out
    assert "cleanup: imagebuilder-conformance cleanup report" in finished.out
    plane.fault = lambda _: None
    cleaned = cleanup(tmp_path)
    assert cleaned.code == 0, cleaned.text
    assert plane.resources == {}


def test_a_target_that_hangs_up_is_told_apart_from_one_that_lacks_the_call(tmp_path: Path) -> None:
    with ScriptedServer.playing(HangUp()) as server:
        finished = here("run", "--provision", "--endpoint-url", server.url, "--report-dir", "report", cwd=tmp_path)
        assert finished.code == 3
        assert f"{server.url} does not answer CreateInfrastructureConfiguration: " in finished.err
    assert "left: infrastructure-configuration conformance-" in finished.out


def test_answers_that_name_no_pipeline_are_not_judged_by(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    plane.scope = "arn:aws:imagebuilder:us-east-1:here"
    finished = run(server, tmp_path)
    assert finished.code == 3
    assert "answered CreateImagePipeline with 'arn:aws:imagebuilder:us-east-1:here:image-pipeline/" in finished.err
    assert plane.resources == {}


def test_what_is_asked_is_what_the_model_has(server: ReferenceServer, plane: Plane, tmp_path: Path) -> None:
    run(server, tmp_path, "--keep", "--instance-profile", "Mine")
    infrastructure, recipe, first, other = plane.resources.values()
    assert infrastructure["instanceProfileName"] == "Mine"
    assert recipe["parentImage"].startswith("arn:aws:imagebuilder:us-east-1:aws:image/")
    assert {first["imageRecipeArn"], other["imageRecipeArn"]} <= plane.resources.keys()
    assert "schedule" not in first
    assert first["name"] != other["name"]
