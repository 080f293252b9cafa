"""What a run shows: its configuration, its progress, the failures, the verdict."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from imagebuilder_conformance.running.own_pytest import Gatherer
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.curl import curl_line
from imagebuilder_reports.events import CheckFinished, Event, Header, Intent
from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.legible import printable
from imagebuilder_reports.model import ClauseReport, Report
from imagebuilder_reports.overview import frugality
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_reports.writers.gate_forms import gate_text

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.WARNED: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.ERROR: "bold red",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.NOT_RUN: "dim",
}
_RUN_STYLES = {
    RunVerdict.CONFORMANT: "bold green",
    RunVerdict.NON_CONFORMANT: "bold red",
    RunVerdict.INCOMPLETE: "bold yellow",
}
_GATE_STYLES = {GateVerdict.PASSED: "green", GateVerdict.FAILED: "red", GateVerdict.INCOMPLETE: "yellow"}


class Display(Gatherer):
    """Shows the events of a run as they come, and the report in the end."""

    def __init__(self, settings: Settings, console: Console | None = None) -> None:
        super().__init__(settings)
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._progress = Progress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)
        self._exchanges = 0

    def say(self, text: str, style: str = "", *, in_one_piece: bool = False) -> None:
        """Print a line as it is, nothing in it taken for markup; `in_one_piece` keeps a long path to be copied."""
        self._console.print(_text(text, style), soft_wrap=in_one_piece)

    def pytest_imagebuilder_event(self, event: Event) -> None:
        """Gather an event and show it."""
        super().pytest_imagebuilder_event(event)
        match event:
            case Header():
                self._begin(event)
            case Intent():
                self._exchanges += 1
                self._progress.update(self._task, description=f"{self._exchanges} exchanges  {event.check}")
            case CheckFinished():
                self._finish_check(event)
            case _:
                pass

    def pytest_unconfigure(self) -> None:
        """Put the terminal in order, whatever ended the run."""
        self._stop_progress()

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show what broke in the suite itself."""
        self._stop_progress()
        self.say(f"The suite itself failed; this is a bug of the suite:\n{excrepr}", "red")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Show a suite that can't be imported."""
        if report.failed:
            self.say(f"The suite itself failed; this is a bug of the suite:\n{report.longrepr}", "red")

    def _begin(self, header: Header) -> None:
        self.say(f"imagebuilder-conformance {header.suite.version}", "bold")
        for name, value in self._described(header):
            # Unbroken, as ARNs and addresses are copied.
            self._console.print(Text.assemble((f"{name:<15}", "dim"), _text(value)), soft_wrap=True)
        self.say("")
        self._progress.update(self._task, total=len(header.checks))
        if self._console.is_terminal:
            self._progress.start()

    def _stop_progress(self) -> None:
        # Elsewhere it would leave an empty line.
        if self._console.is_terminal:
            self._progress.stop()

    def _described(self, header: Header) -> Iterator[tuple[str, str]]:
        target = header.target
        yield "target", f"{target.name}, {target.endpoint}" if target.reference else target.endpoint
        yield "region", target.region
        for place, pipeline in enumerate(target.pipelines):
            yield "" if place else "pipelines", pipeline
        yield from self.settings.describe().items()

    def _finish_check(self, event: CheckFinished) -> None:
        self._progress.advance(self._task)
        verdict = Verdict.worst([judgement.verdict for judgement in event.judgements])
        if not self._console.is_terminal or verdict in {Verdict.FAILED, Verdict.ERROR}:
            line = Text.assemble((f"{verdict:<13}", _STYLES[verdict]), event.id)
            self._console.print(line)

    def conclude(self, report: Report) -> None:
        """Show the table by area, the failures, the verdict, and where the report is."""
        if report.totals.exchanges and not report.run.ending.judges_nothing:
            self._console.print("", self._areas(report), sep="\n")
        for verdict in (Verdict.FAILED, Verdict.WARNED):
            for clause in report.clauses:
                if clause.verdict is verdict:
                    self._show_broken(clause, report)
        self._console.print("", _text(report.verdict_sentence, _RUN_STYLES[report.verdict]), sep="\n")
        if report.gate is not None:
            # Not wrapped: it holds entries to be pasted.
            self._console.print(
                "", Text(gate_text(report.gate), style=_GATE_STYLES[report.gate.verdict]), sep="\n", soft_wrap=True
            )
        if frugal := frugality(report):
            self.say(f"clauses judged: {frugal}", "dim")
        if self.settings.report_dir is not None:
            self.say(f"report: {self.settings.report_dir / 'report.html'}", "dim", in_one_piece=True)

    def _areas(self, report: Report) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column("area")
        columns = [verdict for verdict in Verdict if report.totals.clauses.get(verdict)]
        for verdict in columns:
            table.add_column(verdict, justify="right", style=_STYLES[verdict])
        selected = (clause for clause in report.clauses if clause.selected)
        for area, clauses in itertools.groupby(selected, key=lambda clause: clause.area):
            counted = Counter(clause.verdict for clause in clauses)
            table.add_row(area, *(str(counted[verdict] or "") for verdict in columns))
        return table

    def _show_broken(self, clause: ClauseReport, report: Report) -> None:
        """Show a broken clause with its first failure; the report has the others."""
        failure, *others = [failure for failure in report.failures if failure.clause == clause.id]
        facts = {
            "clause": f"{clause.statement} ({clause.level}, {clause.evidence})",
            "expected": failure.expected,
            "received": failure.received,
            "hint": failure.hint,
            **({"note": failure.remark} if failure.remark else {}),
            **({"also": f"{len(others)} more of this clause in the report"} if others else {}),
        }
        title = Text.assemble((failure.clause, _STYLES[clause.verdict]), f"  {failure.title}")
        self._console.print("", title, Padding(_grid(facts), (0, 0, 0, 2)), sep="\n")
        if failure.exchanges:
            # Unbroken, so that it can be copied.
            self._console.print(Text(curl_line(failure.exchanges[-1], report.target.region)), soft_wrap=True)


def _grid(facts: Mapping[str, str]) -> Table:
    rows = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        rows.add_row(Text(name, style="dim"), _text(value))
    return rows


def _text(text: str, style: str = "") -> Text:
    """Text that a terminal takes for no more than text, whatever a target put into it."""
    return Text(printable(text), style=style, overflow="fold")
