"""Nobody innocent is blamed: every right target is conformant, and every variant breaks what was named in advance."""

from collections.abc import Callable
from pathlib import Path

from tests.support.command import command, report_in

from .page import Outcome, today
from .serving import serving, versions
from .table import Stack, read_table


def test_a_stack_is_judged_as_the_table_says(
    stack: Stack, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Exit code, broken clauses and warnings are those of the table, no more and no fewer."""
    table = read_table()
    with serving(stack, table, tmp_path) as url:
        finished = command("run", "--endpoint-url", url, cwd=tmp_path)
    # Others have no verdict, and perhaps no report.
    assert finished.code in {0, 1}, finished.text
    clauses = report_in(tmp_path / "conformance-report")["clauses"]
    broken, warned = (
        {clause["id"] for clause in clauses if clause["verdict"] == verdict} for verdict in ("failed", "warned")
    )
    outcome = Outcome(
        stack.title,
        versions(stack, table),
        today(),
        finished.code,
        sorted(broken),
        sorted(warned - set(table.everywhere)),
    )
    record_property("outcome", outcome.as_json())
    assert broken == set(stack.broken), finished.text
    assert warned - set(stack.perhaps) == {*stack.warned, *table.everywhere}, finished.text
    assert finished.code == (1 if stack.broken else 0), finished.text
