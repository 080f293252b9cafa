"""Tools that read OpenAPI read the exported documents: one judges them, one makes a mock of them.

Schemathesis is in `tests/benchmarks`, whose environment has it.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from imagebuilder_spec import DEFAULT_REVISION, load_contract, revisions, validator_for
from imagebuilder_spec.exporting import openapi_document
from stacks.schemas.asking import Environments
from stacks.schemas.examples import ARN, TOKEN, Example, examples
from tests.support.command import wait_until
from tests.support.environments import expect_ci
from tests.support.ports import free_port

LEGAL = {"clientToken": TOKEN, "imagePipelineArn": ARN}
# Prism only looks whether it is there.
SIGNED = {"Authorization": "any"}


@pytest.fixture(scope="module")
def environments() -> Environments:
    expect_ci("what reads the exported OpenAPI document")
    return Environments.made("-often")


def written(revision: str, folder: Path, **changes: Any) -> Path:
    path = folder / f"{revision}.json"
    path.write_text(json.dumps(openapi_document(load_contract(revision), [ARN]) | changes), encoding="utf-8")
    return path


def complaints(python: Path, *documents: Path) -> str:
    """What openapi-spec-validator finds wrong with documents."""
    words: list[str | Path] = [python, "-m", "openapi_spec_validator", "--errors", "all", *documents]
    ran = subprocess.run(words, capture_output=True, check=False, text=True, timeout=120)
    return ran.stdout + ran.stderr if ran.returncode else ""


def test_openapi_spec_validator_takes_the_documents(environments: Environments, tmp_path: Path) -> None:
    assert complaints(environments.python, *(written(revision, tmp_path) for revision in revisions())) == ""


def test_openapi_spec_validator_takes_no_broken_document(environments: Environments, tmp_path: Path) -> None:
    broken = written(DEFAULT_REVISION, tmp_path, paths={"no-slash": {"put": 1}})
    assert "no-slash" in complaints(environments.python, broken)


@contextmanager
def prism(document: Path, folder: Path) -> Iterator[str]:
    """The URL of a mock that Prism makes of a document, with answers drawn from its schemas."""
    port, node = free_port(), shutil.which("node") or "node"
    program = folder / "node_modules" / ".bin" / "prism"
    words: list[str | Path] = [node, program, "mock", "--dynamic", "--host", "127.0.0.1", "--port", str(port), document]
    with (
        (document.parent / "log").open("wb") as log,
        subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            wait_until(lambda: "listening" in (document.parent / "log").read_text(encoding="utf-8"), "Prism to listen")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.mark.parametrize("revision", revisions())
def test_a_mock_of_prism_takes_what_the_contract_takes(
    revision: str, environments: Environments, tmp_path: Path
) -> None:
    contract = load_contract(revision)
    operation = contract.operation
    with prism(written(revision, tmp_path), environments.javascript) as url, requests.Session() as session:

        def ask(body: Any, headers: dict[str, str]) -> requests.Response:
            return session.request(operation.method, url + operation.path, json=body, headers=headers, timeout=30)

        def is_judged_right(example: Example) -> bool:
            return ask(example.body, SIGNED).status_code == (operation.success_status if example.accepted else 400)

        answer = ask(LEGAL, SIGNED)
        assert answer.status_code == operation.success_status
        assert validator_for(contract.response_schema).is_valid(answer.json())
        assert ask(LEGAL, {}).status_code == 401
        wrong = [example.label for example in examples(contract, "request") if not is_judged_right(example)]
    assert wrong == []
