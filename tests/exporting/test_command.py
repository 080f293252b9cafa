"""The command writes each form of each revision, and our own readers read them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagebuilder_spec import load_contract, revisions
from tests.support.command import here

ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/first"


def exported(folder: Path, *words: str) -> Any:
    done = here("export", *words, cwd=folder)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


@pytest.mark.parametrize("revision", revisions())
def test_the_smithy_model_says_what_the_contract_says(revision: str, tmp_path: Path) -> None:
    assert here("export", "--format", "smithy", "--contract", revision, "-o", "model.json", cwd=tmp_path).code == 0
    drift = here("drift", "--contract", revision, "--model", "model.json", cwd=tmp_path)
    assert (drift.code, "The contract and the model agree." in drift.out) == (0, True)


def test_a_smithy_model_of_another_revision_is_told_apart(tmp_path: Path) -> None:
    here("export", "--format", "smithy", "--contract", "current", "-o", "model.json", cwd=tmp_path)
    assert here("drift", "--contract", "documented", "--model", "model.json", cwd=tmp_path).code == 1


@pytest.mark.parametrize("revision", revisions())
def test_each_part_is_a_json_schema_and_also_stands_in_the_whole(revision: str, tmp_path: Path) -> None:
    words = ("--format", "json-schema", "--contract", revision)
    whole = exported(tmp_path, *words)
    for part in ("request", "response", "error"):
        schema = exported(tmp_path, *words, "--part", part)
        Draft202012Validator.check_schema(schema)
        assert whole["$defs"][part] == {key: value for key, value in schema.items() if key != "$schema"}
    request = Draft202012Validator(exported(tmp_path, *words, "--part", "request"))
    longest = load_contract(revision).token_lengths[-1]
    assert request.is_valid({"clientToken": "x" * longest, "imagePipelineArn": ARN})
    assert not request.is_valid({"clientToken": "x" * (longest + 1), "imagePipelineArn": ARN})
    error = Draft202012Validator(exported(tmp_path, *words, "--part", "error"))
    assert error.is_valid({"message": "none", "__type": "ResourceNotFoundException"})
    assert not error.is_valid({"message": "none", "__type": "NoSuchException"})


def test_the_openapi_document_has_the_examples_that_are_asked_for(tmp_path: Path) -> None:
    document = exported(tmp_path, "--format", "openapi", "--pipeline-arn", ARN)
    (operation,) = (methods["put"] for methods in document["paths"].values())
    (example,) = operation["requestBody"]["content"]["application/json"]["examples"].values()
    assert example["value"]["imagePipelineArn"] == ARN


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--format", "openapi", "--part", "request"), "--part goes with --format json-schema"),
        (("--format", "smithy", "--pipeline-arn", ARN), "--pipeline-arn goes with --format openapi"),
        ((), "Missing option '--format'"),
    ],
)
def test_what_does_not_go_together_is_said(words: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = here("export", *words, cwd=tmp_path)
    assert (done.code, sentence in done.err) == (2, True)
