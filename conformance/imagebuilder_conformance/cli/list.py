"""`list`: the clauses, by area."""

import click

from imagebuilder_conformance.configuration.selection import in_prefix, revisions_with
from imagebuilder_spec import Clause, load_contract, revisions


@click.command("list")
@click.argument("prefixes", metavar="[CLAUSE_PREFIX ...]", nargs=-1)
@click.option("--contract", "revision", type=click.Choice(revisions()), default=revisions()[0], show_default=True)
def command(prefixes: tuple[str, ...], revision: str) -> None:
    """List the clauses: level, id, statement. A `?` marks those that are judged only if the target shows them."""
    clauses = [
        clause
        for clause in load_contract(revision).clauses.values()
        if not prefixes or any(in_prefix(clause.id, prefix) for prefix in prefixes)
    ]
    if not clauses:
        if others := [each for each in revisions() if any(each in revisions_with(prefix) for prefix in prefixes)]:
            named = " or ".join(prefixes)
            raise click.UsageError(f"no clause of revision {revision} starts with {named}; try --contract {others[0]}")
        raise click.UsageError(f"no clause starts with {' or '.join(prefixes)}")
    for area in dict.fromkeys(clause.area for clause in clauses):
        click.secho(area, bold=True)
        for clause in clauses:
            if clause.area == area:
                click.echo(_line(clause))
        click.echo()
    click.echo(f"{len(clauses)} clauses of revision {revision}. `explain CLAUSE` tells more of one.")


def _line(clause: Clause) -> str:
    mark = "?" if clause.activity == "passive" or clause.condition else " "
    return f"  {clause.level:<6} {mark} {clause.id:<45} {clause.statement}"
