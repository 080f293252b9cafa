"""Measures what real validators make of the exported contract, and writes the page.

    python -m stacks.schemas.measure > docs/schemas.md

Each validator of `validators.toml` is asked about every edge of every part of every revision, and about the ARNs with
the pattern in other spellings. Where one says otherwise than the table has it, that is told, nothing is written, and
the exit code is 1: mend the table, which is what the tests go by too.

It is no part of CI: it takes uv, npm, the packages that `python/` and `javascript/` pin, and some two minutes. CI tries
those validators that the table calls `often`.
"""

import sys
from dataclasses import replace

from imagebuilder_spec import DEFAULT_REVISION, revisions
from stacks.schemas.asking import Environments
from stacks.schemas.examples import Question, question
from stacks.schemas.page import Measured, page
from stacks.schemas.table import Table, Validator, disagreements, read_table


def questions(validator: Validator) -> list[Question]:
    """All that a validator is asked."""
    asked = (question(revision, part) for revision in revisions() for part in validator.parts)
    return [replace(each, examples=validator.asked(each.examples)) for each in asked]


def spelled(table: Table) -> list[Question]:
    """The default revision's requests with the pattern in each spelling, and ARNs only."""
    plain = question(DEFAULT_REVISION, "request")
    arns = tuple(example for example in plain.examples if example.is_of_arn)
    return [replace(plain, schema=spelling.applied(plain.schema), examples=arns) for spelling in table.spellings]


def main() -> None:
    """Measure, and print the page."""
    table, environments = read_table(), Environments.made()
    others, surprises = spelled(table), list[str]()
    accepted = {
        (revision, example.label): example.accepted
        for revision in revisions()
        for example in question(revision, "request").examples
    }
    measured = Measured(accepted, len(others[0].examples))
    for validator in table.validators:
        print(validator.name, file=sys.stderr, flush=True)
        asked = questions(validator)
        said = environments.ask(validator, [*asked, *(others if validator.takes_spellings else [])])
        for each, verdicts in zip(asked, said, strict=False):
            surprises += table.surprises(validator, each, verdicts)
            measured.said[validator.id, each.revision, each.part] = verdicts
        measured.spelled[validator.id] = [
            disagreements(each, verdicts) for each, verdicts in zip(others, said[len(asked) :], strict=False)
        ]
    if surprises:
        sys.exit("\n".join(surprises))
    print(page(table, measured, environments.versions(table.validators)), end="")


if __name__ == "__main__":
    main()
