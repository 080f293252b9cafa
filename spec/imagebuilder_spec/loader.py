"""Reads the contract's data files. The only place that knows their names."""

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from imagebuilder_spec.contract import (
    Activity,
    Clause,
    Contract,
    DeclaredError,
    ErrorTable,
    Evidence,
    Family,
    FixedWord,
    Level,
    Operation,
    Sentence,
    Suite,
)

DEFAULT_REVISION = "documented"

# Not importlib.resources: `list` would import zipfile and tempfile for it.
_DATA = Path(__file__).with_name("data")
_CLAUSES = _DATA / "clauses.toml"
_ERRORS = _DATA / "errors.toml"


@cache
def revisions() -> tuple[str, ...]:
    """The names of the contract's revisions, the default first."""
    names = {folder.name for folder in _DATA.iterdir() if (folder / "operation.toml").is_file()}
    return DEFAULT_REVISION, *sorted(names - {DEFAULT_REVISION})


def load_contract(revision: str = DEFAULT_REVISION) -> Contract:
    """Load a revision of the contract.

    Raises `ValueError` for a revision that `revisions()` does not name.
    """
    return _loaded(revision)


@cache
def _loaded(revision: str) -> Contract:
    if revision not in revisions():
        raise ValueError(f"expected a revision of the contract ({', '.join(revisions())}), got {revision!r}")
    folder = _DATA / revision
    sources = [
        folder / "operation.toml",
        folder / "request.schema.json",
        folder / "response.schema.json",
        _ERRORS,
        _CLAUSES,
    ]
    operation, request, response, *_ = sources
    return Contract(
        revision=revision,
        operation=Operation(**_toml(operation)),
        request_schema=_json(request),
        response_schema=_json(response),
        errors=_error_table(),
        clauses={clause.id: clause for clause in _clauses(revision)},
        data=b"".join(source.read_bytes() for source in sources),
    )


def load_sentences(revision: str = DEFAULT_REVISION) -> tuple[Sentence, ...]:
    """Every sentence of the operation's page, or of the SDK's model, that promises something."""
    return tuple(
        Sentence(row["section"], row["text"], tuple(row.get("clauses", ())), row.get("reason"))
        for row in data_file("sentences", revision)["sentence"]
    )


@cache
def fixed_words(*, thorough: bool = True) -> tuple[FixedWord, ...]:
    """Tokens that can't be a run's own; `thorough=False` leaves out those that a thorough run alone sends.

    Another run may have used them, for a pipeline that nobody knows here. Send the control first, and the word for the
    pipeline for which the control was accepted, or not at all: then the control belongs to each pipeline that the word
    belongs to, also where a run was cut between the two.
    """
    rows = data_file("words")["word"]
    words = (FixedWord(row["text"], row["control"], row["sent"] == "every-run") for row in rows)
    return tuple(word for word in words if thorough or word.every_run)


def data_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a data file: `clauses`, `errors`, `operation`, `sentences` or `words`."""
    return _json(_DATA / "schemas" / f"{name}.schema.json")


def data_file(name: str, revision: str = DEFAULT_REVISION) -> dict[str, Any]:
    """A data file as it stands, for holding it against its schema."""
    own = _DATA / revision / f"{name}.toml"
    return _toml(own if own.is_file() else _DATA / f"{name}.toml")


def _clauses(revision: str) -> Iterator[Clause]:
    for common in _toml(_CLAUSES)["clause"]:
        if revision not in common.get("revisions", (revision,)):
            continue
        row = common | common.get("changes", {}).get(revision, {})
        yield Clause(
            id=row["id"],
            level=Level(row["level"]),
            evidence=Evidence(row["evidence"]),
            activity=Activity(row["activity"]),
            suite=Suite(row["suite"]),
            statement=row["statement"],
            source=row["source"],
            harm=row.get("harm"),
            condition=row.get("condition"),
            pipelines=row.get("pipelines", 1),
        )


def _error_table() -> ErrorTable:
    table = _toml(_ERRORS)
    return ErrorTable(
        declared={code: DeclaredError(code=code, **row) for code, row in table["declared"].items()},
        common={code: frozenset(statuses) for code, statuses in table["common"].items()},
        families={Family(name): frozenset(codes) for name, codes in table["families"].items()},
    )


def _toml(source: Path) -> dict[str, Any]:
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _json(source: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return loaded
