"""`explain`: one clause, all that there is to say of it; or a group of clauses in short."""

import difflib
import textwrap
from collections.abc import Sequence

import click

from imagebuilder_conformance.configuration.selection import in_prefix
from imagebuilder_spec import Clause, load_contract, revisions


@click.command("explain")
@click.argument("clause_id", metavar="CLAUSE|PREFIX")
@click.option("--contract", "revision", type=click.Choice(revisions()), default=revisions()[0], show_default=True)
def command(clause_id: str, revision: str) -> None:
    """Explain a clause, or in short all below a prefix.

    Of a clause: what it promises, how binding and how well documented it is, who judges it, how implementers get it
    wrong, how to mend that, and which defects of the reference target break it.
    """
    clauses = load_contract(revision).clauses
    if clause_id not in clauses:
        if group := [clause for id_, clause in clauses.items() if in_prefix(id_, clause_id)]:
            _explain_group(clause_id, group)
            return
        if others := [each for each in revisions() if clause_id in load_contract(each).clauses]:
            raise click.UsageError(f"{clause_id} is not in revision {revision}; say --contract {' or '.join(others)}")
        near = difflib.get_close_matches(clause_id, clauses, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `list` shows every clause"
        raise click.UsageError(f"there is no clause {clause_id!r}{hint}")
    # Importing the checks takes a moment; nothing else of this command needs them.
    from imagebuilder_conformance.explaining.clauses import explanation_of
    from imagebuilder_conformance.explaining.rendering import as_text

    if (explanation := explanation_of(revision, clause_id)) is not None:
        click.secho(clause_id, bold=True)
        click.echo(as_text(explanation))


def _explain_group(prefix: str, clauses: Sequence[Clause]) -> None:
    """The clauses below a prefix, a paragraph each."""
    from imagebuilder_reports.legible import plural

    click.secho(f"{prefix}: {plural(len(clauses), 'clause')}", bold=True)
    for clause in clauses:
        condition = f", if {clause.condition}" if clause.condition else ""
        click.echo(f"\n{clause.id}  {clause.level}, {clause.evidence}{condition}")
        click.echo(textwrap.fill(clause.statement, initial_indent="  ", subsequent_indent="  "))
    click.echo(f"\n`explain {clauses[0].id}` says who judges one, and what it rests on.")
