"""The page of the validators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from imagebuilder_spec import revisions
from stacks.schemas.table import ACCEPTS, JAVASCRIPT, PYTHON, REFUSES, Table, Validator, Verdicts

_INTRODUCTION = """\
# The contract in other tools

`imagebuilder-conformance export --format openapi|json-schema|smithy` writes a revision of the contract for mocks,
validators and generators (`--part request` for one body as a JSON Schema of its own). Lengths count Unicode code points
and patterns follow ECMA-262, as JSON Schema has it. Real validators don't agree on either; this page says which do, and
what to do where one does not.

`python -m stacks.schemas.measure > docs/schemas.md` measures and writes it. Each validator is asked about all {edges}
edges of requests, answers and errors of {revisions}, and what it says is held against the contract's own
verdict; [validators.toml](../stacks/schemas/validators.toml) has what is known, and a measurement that differs writes
no page. It is outside CI, which tries those marked ◆ with each change (`tests/exporting`), beside
openapi-spec-validator, Schemathesis (`tests/benchmarks`) and Prism. Measured on {today} with Python {python} and
Node.js {node}. Validators of other languages are not measured.
"""
_TABLE = """\
## Validator by validator

A blank cell agrees with the contract, which accepts the *longest token* and *member `__proto__`* and refuses the other
values. **accepts**, **refuses** and **coerces** (accepts it as another value) disagree. The keys of tags are of the
revision `current` only; *not taken* is where the schema is refused as a whole, *not asked* where only the pattern is
tried.

These agree in all that they were asked: {agreeing}.
"""
_SPELLINGS = """\
## Other spellings of the pattern

**No spelling of the pattern is right in all engines**: each cure breaks another. So the export has the one that the
service documents, and what an engine needs is done beside it. Each validator that takes a pattern and the `$schema` was
asked about {arns} ARNs with the pattern in each spelling; in brackets is how many verdicts differ from the contract's.
python-rapidjson says nothing of a pattern that it can't parse, and then accepts every text.
"""
_TOOLS = """\
## Tools that read the OpenAPI document

- **openapi-spec-validator** finds nothing to complain of in either revision.
- **Schemathesis** loads it, and finds no fault with the reference target; requests must be signed, by
  `schemathesis.auth.set_from_requests`. It draws the same tokens again, which the contract binds to what they first
  came with: a mismatch is no failure of the target.
- **Prism** (`prism mock`) accepts what the contract accepts and refuses what it refuses, with 400, and with 401 where
  the header `Authorization` is missing. It does not look at the signature, and keeps no tokens: two calls with one
  token are two calls. Start it with `-d`: its answers are then drawn from the schema. Else they have the text `string`
  for an ARN.
"""


@dataclass
class Measured:
    """What was measured.

    Attributes:
        said: What validators said, by id, revision and part.
        accepted: What the contract says, by revision and label of a request.
        arns: How many ARNs were asked with each spelling.
        spelled: In how many of them validators disagree, or how they refuse the schema, spelling by spelling.
    """

    accepted: Mapping[tuple[str, str], bool]
    arns: int
    said: dict[tuple[str, str, str], Verdicts | str] = field(default_factory=dict)
    spelled: dict[str, list[int | str]] = field(default_factory=dict)


def page(table: Table, measured: Measured, versions: Mapping[str, str]) -> str:
    """The page, with what was measured and in which versions."""
    return "\n".join(_lines(table, measured, versions)) + "\n"


def _lines(table: Table, measured: Measured, versions: Mapping[str, str]) -> Iterator[str]:
    edges = {
        (revision, part, label)
        for (_, revision, part), said in measured.said.items()
        if not isinstance(said, str)
        for label in said
    }
    yield _INTRODUCTION.format(
        edges=len(edges),
        revisions=" and ".join(f"`{revision}`" for revision in revisions()),
        today=datetime.now(UTC).date().isoformat(),
        python=versions[PYTHON],
        node=versions[JAVASCRIPT],
    )
    agreeing = [each.name for each in table.validators if not each.causes and not each.pattern_only]
    yield _TABLE.format(agreeing="; ".join(agreeing))
    yield f"| validator | version | {' | '.join(column.heading for column in table.columns)} | why |"
    yield f"| --- | --- |{' --- |' * len(table.columns)} --- |"
    for validator in table.validators:
        cells = " | ".join(_cell(measured, validator, column.label) for column in table.columns)
        why = ", ".join(f"[{table.causes[name].title}](#{name})" for name in validator.causes)
        yield f"| {_name(validator)} | {versions.get(validator.id, '')} | {cells} | {why} |"
    yield ""
    yield "## Why, and what to do"
    yield ""
    for cause in table.causes.values():
        met = "; ".join(validator.name for validator in table.validators if cause.name in validator.causes)
        yield f'<a id="{cause.name}"></a>**{cause.title[0].upper()}{cause.title[1:]}** ({met}).'
        yield f"{cause.why} *What to do:* {cause.cure}"
        yield ""
    yield from _spellings(table, measured)
    yield _TOOLS.rstrip()


def _name(validator: Validator) -> str:
    return f"{validator.name} ◆" if validator.often else validator.name


def _cell(measured: Measured, validator: Validator, label: str) -> str:
    """What it says of an example, where that is not what the contract says."""
    accepted = {revision: measured.accepted.get((revision, label)) for revision in revisions()}
    said = {
        revision: measured.said[validator.id, revision, "request"]
        for revision, verdict in accepted.items()
        if verdict is not None
    }
    verdicts = {revision: each[label] for revision, each in said.items() if not isinstance(each, str) and label in each}
    if not verdicts:
        return "not taken" if any(isinstance(each, str) for each in said.values()) else "not asked"
    right = {revision: ACCEPTS if accepted[revision] else REFUSES for revision in verdicts}
    wrong = {revision: verdict for revision, verdict in verdicts.items() if verdict != right[revision]}
    in_some = "" if len(wrong) in {0, len(said)} else f" ({', '.join(f'`{revision}`' for revision in wrong)})"
    return f"**{', '.join(sorted({*wrong.values()}))}**{in_some}" if wrong else ""


def _spellings(table: Table, measured: Measured) -> Iterator[str]:
    yield _SPELLINGS.format(arns=measured.arns)
    yield "| spelling | meant for | right in | does not compile in | wrong verdicts in |"
    yield "| --- | --- | ---: | --- | --- |"
    for number, spelling in enumerate(table.spellings):
        found = {each.name: measured.spelled[each.id][number] for each in table.validators if each.takes_spellings}
        right = sum(result == 0 for result in found.values())
        refused = "; ".join(name for name, result in found.items() if isinstance(result, str))
        wrong = "; ".join(f"{name} ({result})" for name, result in found.items() if isinstance(result, int) and result)
        yield f"| {spelling.name} | {spelling.hope} | {right} of {len(found)} | {refused} | {wrong} |"
    yield ""
