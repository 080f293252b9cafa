"""`validators.toml`, read and checked: the validators, and why some of them disagree with the contract."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from stacks.schemas.examples import Example, Question

HERE = Path(__file__).parent
SOURCE = HERE / "validators.toml"
PYTHON, JAVASCRIPT = "python", "javascript"
ACCEPTS, REFUSES = "accepts", "refuses"
Verdicts = Mapping[str, str]
"""What a validator says of each example, by its label."""


@dataclass(frozen=True)
class Cause:
    """Why validators say `verdict` of the examples of some labels, or take no schema at all and say `sentence`.

    `labels` and `but` hold patterns of labels; what fits one of the first and none of the second is meant. `where` has
    the revisions and parts in which it is met (none: in all).
    """

    name: str
    title: str
    why: str
    cure: str
    labels: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    verdict: str = ""
    sentence: str = ""
    where: tuple[str, ...] = ()

    def concerns(self, question: Question) -> bool:
        """Whether it is met in a part of a revision."""
        return not self.where or f"{question.revision} {question.part}" in self.where

    def explains(self, label: str) -> bool:
        """Whether it is about the examples of a label."""
        return _fits(label, self.labels) and not _fits(label, self.but)


@dataclass(frozen=True)
class Validator:
    """A validator in one way of using it.

    `often` says that it is tried in CI, `parts` which schemas it takes, `pattern_only` that it is an engine of regular
    expressions, which is asked about ARNs only.
    """

    id: str
    name: str
    language: str
    package: str
    causes: tuple[str, ...] = ()
    often: bool = False
    pattern_only: bool = False
    parts: tuple[str, ...] = ("request", "response", "error")

    @property
    def takes_spellings(self) -> bool:
        """Whether spellings of the pattern are tried in it: types have no pattern, and no `$schema` needs no other."""
        return not {"types", "dialect", "dialect-remote"} & {*self.causes}

    def asked(self, examples: Iterable[Example]) -> tuple[Example, ...]:
        """Those of the examples that it is asked about."""
        return tuple(example for example in examples if example.is_of_arn or not self.pattern_only)


@dataclass(frozen=True)
class Spelling:
    """Another way to write the pattern: what stands in place of its end or of a piece of it, or beside it."""

    name: str
    hope: str
    replace: tuple[str, str] | None = None
    beside: Mapping[str, Any] | None = None

    def applied(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The schema with the ARN's pattern written this way."""
        properties = schema["properties"]
        arn = properties["imagePipelineArn"] | dict(self.beside or {})
        if self.replace is not None:
            old, new = self.replace
            if old not in arn["pattern"]:
                raise ValueError(f"expected the pattern to have {old!r}, got {arn['pattern']!r}")
            arn["pattern"] = arn["pattern"].replace(old, new)
        return {**schema, "properties": {**properties, "imagePipelineArn": arn}}


@dataclass(frozen=True)
class Column:
    """A column of the page: the example of a label."""

    label: str
    heading: str


@dataclass(frozen=True)
class Table:
    """All of the file."""

    validators: tuple[Validator, ...]
    causes: Mapping[str, Cause]
    columns: tuple[Column, ...]
    spellings: tuple[Spelling, ...]

    def expected(self, validator: Validator, question: Question) -> Verdicts | str:
        """What it should say of each example, or a part of the sentence with which it does not take the schema."""
        causes = [self.causes[name] for name in validator.causes]
        causes = [cause for cause in causes if cause.concerns(question)]
        for cause in causes:
            if cause.sentence:
                return cause.sentence
        verdicts = {example.label: ACCEPTS if example.accepted else REFUSES for example in question.examples}
        for cause in causes:
            verdicts |= {label: cause.verdict for label in verdicts if cause.explains(label)}
        return verdicts

    def surprises(self, validator: Validator, question: Question, said: Verdicts | str) -> list[str]:
        """What a validator said otherwise than the table has it: one sentence each."""
        expected = self.expected(validator, question)
        where = f"{validator.name}, {question.part} of revision {question.revision}"
        if isinstance(expected, str) or isinstance(said, str):
            if isinstance(expected, str) and isinstance(said, str) and expected in said:
                return []
            wanted = f"the schema to be refused ({expected})" if isinstance(expected, str) else "verdicts"
            return [f"{where}: expected {wanted}, got {said if isinstance(said, str) else 'verdicts'}"]
        return [
            f"{where}: expected that it {expected[label]} {label}, it {verdict} it"
            for label, verdict in said.items()
            if verdict != expected[label]
        ]


def read_table(path: Path = SOURCE) -> Table:
    """The table.

    Raises:
        TypeError: An entry has a member that nobody knows.
        ValueError: Two validators have one id, or one names a cause that is not there.
    """
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    causes = {entry["name"]: Cause(**_frozen(entry)) for entry in read["cause"]}
    validators = tuple(Validator(**_frozen(entry)) for entry in read["validator"])
    unknown = {name for validator in validators for name in validator.causes} - causes.keys()
    if unknown or len({validator.id for validator in validators}) != len(validators):
        raise ValueError(f"expected ids of validators to differ and causes to be known, got {sorted(unknown)}")
    spellings = tuple(Spelling(**_frozen(entry)) for entry in read["spelling"])
    return Table(validators, causes, tuple(Column(**entry) for entry in read["column"]), spellings)


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _fits(label: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(label, pattern) for pattern in patterns)


def disagreements(question: Question, said: Verdicts | str) -> int | str:
    """Of how many examples a validator says otherwise than the contract, or how it refuses the schema."""
    if isinstance(said, str):
        return said
    return sum(said[each.label] != (ACCEPTS if each.accepted else REFUSES) for each in question.examples)
