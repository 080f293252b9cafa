"""`drift`: what it prints, and how it exits."""

import json
from pathlib import Path

import botocore
import pytest
from markdown_it import MarkdownIt

from tests.support.command import Finished, command, here, python

from .documents import DOCUMENTS
from .make_models import MODELS, NAMESPACE, OPERATION
from .planting import GONE, Edits, Plant, doctored
from .plants import PLANTS

FORMS = {form: str(MODELS / f"{form}.json") for form in DOCUMENTS}
MOVED = ["request.clientToken.maxLength", "request.tags", "response.imageBuildVersionArn.pattern"]


def doctored_file(folder: Path, form: str, edits: Edits) -> str:
    path = folder / "doctored.json"
    path.write_text(json.dumps(doctored(DOCUMENTS[form], edits)), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("form", FORMS)
def test_where_nothing_differs_it_says_so_and_exits_with_0(form: str, tmp_path: Path) -> None:
    ran = here("drift", "--contract", "current", "--model", FORMS[form], cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "agree" in ran.out


def test_the_installed_botocore_is_the_model_if_none_is_named(tmp_path: Path) -> None:
    ran = here("drift", cwd=tmp_path)
    assert ran.code == 1
    assert f"botocore {botocore.__version__}" in ran.out
    # botocore moves on; what has moved already stays so.
    assert all(place in ran.out for place in MOVED)


def test_a_model_that_the_user_put_beside_botocores_own_is_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / ".aws/models/imagebuilder/2099-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text("{}", encoding="utf-8")
    # In a process of its own, as botocore looks up the home folder once.
    ran = command("drift", cwd=tmp_path, env={"HOME": str(tmp_path)})
    assert ran.code == 1, ran.text
    assert "request.tags" in ran.out


@pytest.mark.parametrize("form", FORMS)
def test_the_text_has_place_values_reason_and_clauses(form: str, tmp_path: Path) -> None:
    ran = here("drift", "--model", FORMS[form], cwd=tmp_path)
    assert (ran.code, ran.err) == (1, "")
    _, _, block = ran.out.partition("request.clientToken.maxLength\n")
    contract, model, reason, clauses, *_ = block.splitlines()
    assert (contract.split(), model.split()) == (["contract", "36"], ["model", "64"])
    assert "refused which the model allows" in reason
    assert "request.client-token.max-length" in clauses
    assert ran.out.splitlines()[-1] == "4 differences: 3 too strict, 1 too lax."


def test_the_json_has_all_of_it(tmp_path: Path) -> None:
    ran = here("drift", "--model", FORMS["smithy"], "--format", "json", cwd=tmp_path)
    assert ran.code == 1
    document = json.loads(ran.out)
    assert (document["revision"], document["source"]) == ("documented", FORMS["smithy"])
    by_place = {each["place"]: each for each in document["differences"]}
    assert by_place["request.tags"] == {
        "place": "request.tags",
        "contract": None,
        "model": (
            r"map (key string, 1 to 128 characters, pattern ^(?!aws:)[a-zA-Z0-9\s_.:/=+\-@]*$; "
            "value string, at most 256 characters), 1 to 50 entries"
        ),
        "direction": "too lax",
        "reason": "Nothing judges this member.",
        "clauses": ["request.body.unknown-members"],
    }


def cells(markdown: str) -> list[list[str]]:
    """The rows of all tables, as they are shown, without their heads."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level == 4:
            rows[-1].append("".join(child.content for child in token.children or ()))
    return [row for row in rows if row[:1] != ["place"]]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_the_markdown_shows_every_difference_in_a_row(plant: Plant, tmp_path: Path) -> None:
    model = doctored_file(tmp_path, "service-2", plant.service_2)
    ran = here(
        "drift", "--contract", "current", "--model", model, "--format", "markdown", "-o", "drift.md", cwd=tmp_path
    )
    assert (ran.code, ran.out) == (1, "")
    rows = cells((tmp_path / "drift.md").read_text(encoding="utf-8"))
    assert sorted(row[0] for row in rows) == sorted(plant.found)
    assert {len(row) for row in rows} == {5}


def one_sentence(ran: Finished) -> str:
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert len(ran.err.splitlines()) == 1
    return ran.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "expected a service-2.json"),
        (b"{}", "expected a service-2.json"),
        (b'{"operations": []}', "metadata"),
        (b'{"operations": {}, "metadata": {}}', OPERATION),
        (b'{"smithy": "2.0"}', "shapes"),
        (b'{"smithy": "2.0", "shapes": []}', "expected an object, got []"),
        (b'{"smithy": "2.0", "shapes": {}}', "there is none"),
    ],
)
def test_what_is_no_model_is_refused_in_one_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(content)
    sentence = one_sentence(here("drift", "--model", "model.json", cwd=tmp_path))
    assert "model.json" in sentence
    assert words in sentence


def test_a_file_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert "missing.json" in one_sentence(here("drift", "--model", "missing.json", cwd=tmp_path))


@pytest.mark.parametrize(
    ("form", "edits", "words"),
    [
        ("service-2", {("shapes", "ClientToken"): GONE}, "shapes: expected a member 'ClientToken'"),
        ("service-2", {("shapes", "ClientToken", "type"): "text"}, "shapes.ClientToken: expected a type of"),
        ("service-2", {("shapes", "ClientToken", "max"): "64"}, "shapes.ClientToken.max: expected a number, got '64'"),
        ("service-2", {("shapes", "ClientToken", "max"): True}, "expected a number, got True"),
        ("service-2", {("shapes", "ClientException", "error", "httpStatusCode"): 4}, "expected an HTTP status, got 4"),
        ("service-2", {("operations", OPERATION, "http"): "PUT"}, "http: expected an object, got 'PUT'"),
        ("service-2", {("operations", OPERATION, "errors"): None}, "errors: expected an array, got None"),
        ("smithy", {("shapes", f"{NAMESPACE}#ClientToken"): GONE}, "#ClientToken"),
        ("smithy", {("shapes", f"{NAMESPACE}#imagebuilder"): GONE}, "a service of"),
        ("smithy", {("shapes", f"other#{OPERATION}"): {"type": "operation"}}, "and one alone"),
        ("smithy", {("shapes", f"{NAMESPACE}#{OPERATION}", "traits", "smithy.api#http"): GONE}, "smithy.api#http"),
        ("smithy", {("shapes", f"{NAMESPACE}#TagMap", "key"): {"target": "smithy.api#Rope"}}, "got 'rope'"),
    ],
)
def test_a_damaged_model_is_refused_with_the_place_of_the_damage(
    form: str, edits: Edits, words: str, tmp_path: Path
) -> None:
    assert words in one_sentence(here("drift", "--model", doctored_file(tmp_path, form, edits), cwd=tmp_path))


def test_nothing_in_a_model_reaches_the_terminal_as_more_than_text(tmp_path: Path) -> None:
    evil = "\x1b[31m\ud800\n"
    structure = ("shapes", f"{OPERATION}Request", "members")
    added = doctored_file(tmp_path, "service-2", {(*structure, evil): {"shape": "TagValue"}})
    dangling = doctored(DOCUMENTS["service-2"], {(*structure, evil): {"shape": evil}})
    (tmp_path / "dangling.json").write_text(json.dumps(dangling), encoding="utf-8")
    for form in ("text", "markdown", "json"):
        ran = here("drift", "--model", added, "--format", form, cwd=tmp_path)
        assert ran.code == 1
        assert "\x1b" not in ran.text
    assert "\x1b" not in one_sentence(here("drift", "--model", "dangling.json", cwd=tmp_path))


# Stands for a Python without botocore.
WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {"botocore", "boto3"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from imagebuilder_conformance.cli import main
main()
"""


def test_a_file_needs_no_botocore(tmp_path: Path) -> None:
    ran = python("-c", WITHOUT, "drift", "--contract", "current", "--model", FORMS["service-2"], cwd=tmp_path)
    assert ran.code == 0, ran.text


def test_without_botocore_and_without_a_file_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagebuilder_conformance.drift.sources.find_spec", lambda _: None)
    sentence = one_sentence(here("drift", cwd=tmp_path))
    assert "pip install" in sentence
    assert "--model" in sentence
