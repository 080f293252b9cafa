"""What the commands that work on reports have in common: reading them, and putting out what was made of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from imagebuilder_conformance.cli.problems import UnusableError

if TYPE_CHECKING:
    from imagebuilder_reports.model import Report

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path)


class NamedFolder(click.Path):
    """A folder that has a name: the current one is `.`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert a name. Fails for an empty one."""
        if not str(value).strip():
            self.fail("expected the name of a folder, got an empty one", param, ctx)
        return super().convert(value, param, ctx)


def report_argument(name: str, *, metavar: str = "REPORT", many: bool = False) -> Callable[[Command], Command]:
    """An argument that takes a report: `report.json`, an event stream, or the folder of either."""
    return click.argument(name, metavar=metavar, type=PATH, nargs=-1 if many else 1, required=True)


def output_option() -> Callable[[Command], Command]:
    """The option that says where the result goes."""
    return click.option("-o", "--output", metavar="FILE", type=PATH, help="Where to write it; standard output if not.")


def once(name: str, **attributes: Any) -> Callable[[Command], Command]:
    """An option of which two values contradict each other: given twice it is refused, where click takes the last."""

    def only(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
        if len(values) > 1:
            raise click.BadParameter(f"expected one, got {', '.join(values)}", context, parameter)
        return values[0] if values else None

    return click.option(name, multiple=True, callback=only, **attributes)


def load(path: Path, *, cut_short: bool = False) -> "Report":
    """Read a report. One that was cut short is refused unless `cut_short` allows it.

    Raises:
        ReportError: It can't be read.
        UnusableError: It was cut short.
    """
    from imagebuilder_reports.reading import read_report
    from imagebuilder_reports.verdicts import Ending

    report = read_report(path)
    if report.run.ending is Ending.TRUNCATED and not cut_short:
        raise UnusableError(
            f"{path} was cut short, {report.run.reason}; `render --allow-incomplete` shows what there is"
        )
    return report


def put(text: str, output: Path | None) -> None:
    """Write a text to a file, or to standard output.

    Raises:
        UnwritableError: The file can't be written.
    """
    if output is None:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        return
    from imagebuilder_reports.writing import write_text

    write_text(output, text)


def today() -> date:
    """The day, the same everywhere, on which entries of a baseline begin and expire."""
    return datetime.now(UTC).date()
