"""`explain`: one clause, where it comes from, and the checks that judge it."""

import difflib

import click

from imagebuilder_spec import Activity, Clause, load_contract, revisions


@click.command("explain")
@click.argument("clause_id", metavar="CLAUSE")
@click.option("--contract", "revision", type=click.Choice(revisions()), default=revisions()[0], show_default=True)
def command(clause_id: str, revision: str) -> None:
    """Explain a clause: what it promises, how binding and how well documented it is, and who judges it."""
    clauses = load_contract(revision).clauses
    if clause_id not in clauses:
        if others := [each for each in revisions() if clause_id in load_contract(each).clauses]:
            raise click.UsageError(f"{clause_id} is not in revision {revision}; say --contract {' or '.join(others)}")
        near = difflib.get_close_matches(clause_id, clauses, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `list` shows every clause"
        raise click.UsageError(f"there is no clause {clause_id!r}{hint}")
    clause = clauses[clause_id]
    click.secho(clause.id, bold=True)
    click.echo(f"{clause.statement}\n")
    for name, value in _facts(clause).items():
        click.echo(f"  {name:<10} {value}")
    click.echo("\nJudged by")
    for line in _judges(clause):
        click.echo(f"  {line}")


def _facts(clause: Clause) -> dict[str, str]:
    activity = "a check brings it about" if clause.activity is Activity.ACTIVE else "judged when the target shows it"
    return {
        "level": clause.level,
        "evidence": clause.evidence,
        "source": clause.source,
        "activity": f"{clause.activity}: {activity}",
        "suite": clause.suite,
        **({"condition": clause.condition} if clause.condition else {}),
        **({"pipelines": f"{clause.pipelines} known ones are needed"} if clause.pipelines > 1 else {}),
    }


def _judges(clause: Clause) -> list[str]:
    # Importing the suites takes a moment; nothing else of this command needs them.
    from imagebuilder_conformance.suites import declared_checks

    return [f"{check.id}: {check.law}" for check in declared_checks() if clause.id in check.clauses]
