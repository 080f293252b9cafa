"""Models as packages ship them: each is read, damage is one sentence, and a history shows what moved."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from imagebuilder_conformance.drift import packages
from tests.support.command import here

from .documents import DOCUMENTS
from .make_models import OPERATION
from .packages import SHIPPED, data_folder, gzipped, npm_package, wheel
from .planting import doctored

MODEL = DOCUMENTS["service-2"]


def reduced() -> dict[str, Any]:
    """The operation as aws-sdk v2 has it, with nothing but names, types that are no strings, and what is required."""
    members = {"imagePipelineArn": {}, "clientToken": {"idempotencyToken": True}, "tags": {"shape": "Tags"}}
    output: dict[str, Any] = {name: {} for name in ("requestId", "clientToken", "imageBuildVersionArn")}
    operation = {
        "http": {"method": "PUT", "requestUri": f"/{OPERATION}"},
        "input": {"type": "structure", "required": ["imagePipelineArn", "clientToken"], "members": members},
        "output": {"type": "structure", "members": output},
    }
    shapes = {"Tags": {"type": "map", "key": {}, "value": {}}}
    return {"metadata": MODEL["metadata"], "operations": {OPERATION: operation}, "shapes": shapes}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_model_is_read_as_its_package_ships_it(name: str, tmp_path: Path) -> None:
    path = SHIPPED[name](tmp_path / name, MODEL)
    ran = here("drift", "--contract", "current", "--model", str(path), cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert here("drift", "--model", str(path), cwd=tmp_path).code == 1


def test_of_a_reduced_model_what_it_leaves_out_is_no_difference(tmp_path: Path) -> None:
    path = npm_package(tmp_path / "aws-sdk-2.1693.0.tgz", reduced())
    ran = here("drift", "--contract", "current", "--model", str(path), cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "leaves out limits, patterns and errors" in ran.out


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        ({("operations", OPERATION, "http", "method"): "POST"}, "method"),
        ({("operations", OPERATION, "input", "required"): ["clientToken"]}, "request.imagePipelineArn.required"),
        ({("operations", OPERATION, "input", "members", "clientToken"): {}}, "request.clientToken.idempotencyToken"),
        ({("operations", OPERATION, "input", "members", "dryRun"): {"type": "boolean"}}, "request.dryRun"),
        ({("operations", OPERATION, "output", "members", "requestId"): {"type": "integer"}}, "response.requestId.type"),
        ({("shapes", "Tags", "value"): {"type": "integer"}}, "request.tags.value.type"),
    ],
)
def test_what_a_reduced_model_says_is_compared(edits: dict[Any, object], place: str, tmp_path: Path) -> None:
    path = npm_package(tmp_path / "aws-sdk-2.1.0.tgz", doctored(reduced(), edits))
    ran = here("drift", "--contract", "current", "--model", str(path), "--format", "json", cwd=tmp_path)
    assert [each["place"] for each in json.loads(ran.out)["differences"]] == [place]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("service-2.json.gz", gzipped(MODEL)[:-30], "damaged gzip"),
        ("service-2.json.gz", b"\x1f\x8b nonsense", "damaged gzip"),
        ("service-2.json.gz", gzip.compress(b"[] []"), "is not JSON"),
        ("botocore-1.0.0-py3-none-any.whl", b"PK\x03\x04 nonsense", "damaged zip"),
        ("aws-sdk-2.0.0.tgz", b"\x1f\x8b nonsense", "damaged archive"),
        ("aws-sdk-2.0.0.tgz", b"", "damaged archive"),
    ],
    # gzip puts the time into what it packs, and the names of tests must be the same in every worker.
    ids=["cut short", "no gzip", "no JSON", "no zip", "no archive", "empty"],
)
def test_damage_is_told_in_one_sentence(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    ran = here("drift", "--model", name, cwd=tmp_path)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert words in ran.err


@pytest.mark.parametrize("name", ["botocore-1.0.0-py3-none-any.whl", "service-2.json.gz"])
def test_what_unpacks_to_more_than_a_model_has_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "LARGEST", 1000)
    SHIPPED["service-2.json.gz" if name.endswith("gz") else "botocore-1.42.83-py3-none-any.whl"](tmp_path / name, MODEL)
    ran = here("drift", "--model", name, cwd=tmp_path)
    assert ran.code == 2
    assert "larger than 1000 bytes" in ran.err


def test_what_holds_no_model_says_where_one_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = here("drift", "--model", "empty", cwd=tmp_path)
    assert ran.code == 2
    assert "imagebuilder/*/service-2.json" in ran.err


def three_releases(folder: Path) -> Path:
    """1.9, 1.10 and 1.11, of which 1.10 moves a limit back and 1.11 moves nothing."""
    folder.mkdir()
    older = doctored(MODEL, {("shapes", "ClientToken", "max"): 36})
    wheel(folder / "botocore-1.10.0-py3-none-any.whl", MODEL, day=(2026, 4, 3))
    wheel(folder / "botocore-1.9.0-py3-none-any.whl", older, day=(2026, 2, 9))
    wheel(folder / "botocore-1.11.0-py3-none-any.whl", MODEL, day=(2026, 11, 20))
    return folder


def test_a_history_is_a_table_of_what_moved_oldest_first(tmp_path: Path) -> None:
    folder = three_releases(tmp_path / "wheels")
    ran = here("drift", "--contract", "current", "--history", str(folder), "--format", "json", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    history = json.loads(ran.out)
    assert [(each["name"], each["released"], len(each["changes"])) for each in history] == [
        ("botocore 1.9.0", "2026-02-09", 0),
        ("botocore 1.10.0", "2026-04-03", 2),
        ("botocore 1.11.0", "2026-11-20", 0),
    ]
    assert [each["agrees_with"] for each in history] == [[], ["current"], ["current"]]
    change = next(each for each in history[1]["changes"] if each["place"] == "request.clientToken.maxLength")
    assert (change["before"], change["after"]) == (36, 64)
    assert "request.client-token.max-length" in change["clauses"]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_history_is_shown_to_people(form: str, tmp_path: Path) -> None:
    folder = three_releases(tmp_path / "wheels")
    ran = here("drift", "--history", str(folder), "--format", form, cwd=tmp_path)
    # The newest differs from the documented revision.
    assert ran.code == 1
    before, after = ran.out.index("36"), ran.out.index("64")
    assert ran.out.index("botocore 1.9.0") < ran.out.index("request.clientToken.maxLength") < before < after


def test_without_days_the_names_order_a_history_versions_as_numbers(tmp_path: Path) -> None:
    for version in ("2.10", "2.9"):
        npm_package(tmp_path / f"aws-sdk-{version}.tgz", reduced())
    ran = here("drift", "--history", ".", "--format", "json", cwd=tmp_path)
    assert [each["name"] for each in json.loads(ran.out)] == ["aws-sdk-2.9", "aws-sdk-2.10"]


def test_several_models_need_history(tmp_path: Path) -> None:
    ran = here("drift", "--model", str(three_releases(tmp_path / "wheels")), cwd=tmp_path)
    assert ran.code == 2
    assert "--history" in ran.err


@pytest.mark.parametrize("arguments", [["--history"], ["model.json"], ["--history", "--model", "a.json", "b.json"]])
def test_history_and_its_paths_go_together(arguments: list[str], tmp_path: Path) -> None:
    ran = here("drift", *arguments, cwd=tmp_path)
    assert ran.code == 2
    assert "--history" in ran.err


def test_in_a_folder_of_data_other_files_are_left_alone(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "site-packages", MODEL)
    (folder / "notes.json").write_text("[]", encoding="utf-8")
    assert here("drift", "--contract", "current", "--model", str(folder), cwd=tmp_path).code == 0
