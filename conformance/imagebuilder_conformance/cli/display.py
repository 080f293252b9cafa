"""What a run shows: its configuration, its progress, the failures, the verdict."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from imagebuilder_conformance.cli.surroundings import outlet
from imagebuilder_conformance.running.aftermath import aftermath
from imagebuilder_conformance.running.own_pytest import Gatherer
from imagebuilder_conformance.settings import Settings
from imagebuilder_reports.curl import curl_line
from imagebuilder_reports.errors import ReportError
from imagebuilder_reports.events import CheckFinished, Event, FailureRecord, Header, Intent, RevisionsAsked
from imagebuilder_reports.gate import GateVerdict
from imagebuilder_reports.ledger import Ledger, StartedBuilds
from imagebuilder_reports.legible import shown, shown_in_line
from imagebuilder_reports.model import Report
from imagebuilder_reports.overview import Block, blocks, first_to_mend, reach, takes_more_than_curl
from imagebuilder_reports.verdicts import RunVerdict, Verdict
from imagebuilder_reports.writers.gate_forms import gate_text
from imagebuilder_reports.writers.terminal import STYLES, area_table, grid, inert_text, show_facts

if TYPE_CHECKING:
    from imagebuilder_conformance.cli.leaving import Unwritten

_RUN_STYLES = {
    RunVerdict.CONFORMANT: "bold green",
    RunVerdict.NON_CONFORMANT: "bold red",
    RunVerdict.INCOMPLETE: "bold yellow",
}
# How many clauses of one reason are named.
_NAMED = 3
_GATE_STYLES = {GateVerdict.PASSED: "green", GateVerdict.FAILED: "red", GateVerdict.INCOMPLETE: "yellow"}


class Display(Gatherer):
    """Shows the events of a run as they come, and the report in the end."""

    def __init__(self, settings: Settings, console: Console | None = None) -> None:
        super().__init__(settings)
        self._console = console or Console(file=outlet(), highlight=False, soft_wrap=False)
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
        self._console.print(inert_text(text, style), soft_wrap=in_one_piece)

    def pytest_imagebuilder_event(self, event: Event) -> None:
        """Gather an event and show it."""
        super().pytest_imagebuilder_event(event)
        match event:
            case Header():
                self._begin(event)
            case RevisionsAsked():
                self._console.print(Text.assemble((f"{'revision':<15}", "dim"), inert_text(event.sentence)))
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

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Show what broke in the suite itself, or what the machine refused."""
        told = super().pytest_internalerror(excinfo)
        self._stop_progress()
        mistake = f"The suite itself failed; this is a bug of the suite:\n{excinfo.getrepr(style='native')}"
        self.say(self.refusal or mistake, "red")
        return told

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Show a suite that can't be imported."""
        if report.failed:
            self.say(f"The suite itself failed; this is a bug of the suite:\n{report.longrepr}", "red")

    def _begin(self, header: Header) -> None:
        self.say(f"imagebuilder-conformance {header.suite.version}", "bold")
        show_facts(self._console, self._described(header))
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
        if header.run.sdk is not None:
            yield "sdk", header.run.sdk

    def _finish_check(self, event: CheckFinished) -> None:
        self._progress.advance(self._task)
        verdict = Verdict.worst([judgement.verdict for judgement in event.judgements])
        if not self._console.is_terminal or verdict in {Verdict.FAILED, Verdict.ERROR}:
            line = Text.assemble((f"{verdict:<13}", STYLES[verdict]), inert_text(event.id))
            self._console.print(line)

    def conclude(self, report: Report, own: Report | None = None, *, unwritten: "Sequence[Unwritten]" = ()) -> None:
        """Show the table by area, the failures, the verdict, and where the report is, or why it is not there.

        `own` is what this run has done itself of what the report tells; None: all of it.
        """
        if report.totals.exchanges and not report.run.ending.judges_nothing:
            self._console.print("", area_table(report), sep="\n")
        for block in blocks(report):
            self._show_block(block, report)
        self._show_errors(report)
        self._say_verdict(report)
        page = None if self.settings.report_dir is None else self.settings.report_dir / "report.html"
        if page is not None and page not in {each.path for each in unwritten}:
            self.say(f"report: {page}", "dim", in_one_piece=True)
        for each in unwritten:
            self.say(each.sentence, "red", in_one_piece=True)
        for line in aftermath(self._builds(own or report), self.settings.report_dir):
            self.say(line, in_one_piece=True)

    def _builds(self, own: Report) -> StartedBuilds:
        """What this run started, and what it has removed itself."""
        builds = StartedBuilds.of(own)
        if self.settings.made is None or self.settings.report_dir is None:
            return builds
        with suppress(ReportError):
            builds = Ledger(self.settings.report_dir).merged(builds)
        return builds

    def _say_verdict(self, report: Report) -> None:
        """The verdict, what to do first, what the gate makes of it, and how far it goes."""
        self._console.print("", inert_text(shown(report.verdict_sentence), _RUN_STYLES[report.verdict]), sep="\n")
        if first := first_to_mend(report):
            self.say(f"fix this first: {first.clause}. {first.hint}")
        if report.gate is not None:
            # Not wrapped: it holds entries to be pasted.
            self._console.print(
                "", Text(gate_text(report.gate), style=_GATE_STYLES[report.gate.verdict]), sep="\n", soft_wrap=True
            )
        if looked_back := reach(report):
            self.say(f"a token was replayed after {looked_back}", "dim")

    def _show_block(self, block: Block, report: Report) -> None:
        """Show what one cause breaks: the failure that tells the most whole, of the others what they add."""
        clause, failure = block.first.clause, block.first.failure
        facts = {
            "clause": f"{clause.statement} ({clause.level}, {clause.evidence})",
            "expected": failure.expected,
            "received": failure.received,
            "hint": failure.hint,
            **({"note": failure.remark} if failure.remark else {}),
            **({"breaks too": _others(block)} if block.others else {}),
        }
        title = Text.assemble((shown_in_line(clause.id), STYLES[clause.verdict]), f"  {shown_in_line(failure.title)}")
        self._console.print("", title, Padding(grid(facts), (0, 0, 0, 2)), sep="\n")
        if failure.exchanges:
            # Unbroken, so that it can be copied.
            self._console.print(inert_text(self._again(failure, report)), soft_wrap=True)

    def _show_errors(self, report: Report) -> None:
        """Say why checks could not be made, each reason once: nobody is to look for it in the report."""
        met: dict[str, list[str]] = {}
        for clause in report.clauses:
            if clause.selected and clause.verdict is Verdict.ERROR:
                met.setdefault(clause.reason or "no reason is known", []).append(clause.id)
        for reason, clauses in met.items():
            more = f" and {len(clauses) - _NAMED} more" if len(clauses) > _NAMED else ""
            named = shown_in_line(", ".join(clauses[:_NAMED]) + more)
            title = Text.assemble((f"{Verdict.ERROR}", STYLES[Verdict.ERROR]), f"  {named}")
            self._console.print("", title, Padding(grid({"reason": reason}), (0, 0, 0, 2)), sep="\n")

    def _again(self, failure: FailureRecord, report: Report) -> str:
        """The line that shows a failure again: curl for a single request, else what also makes those before it meet."""
        if self.settings.report_dir is None or not takes_more_than_curl(failure):
            return curl_line(failure.exchanges[-1], report.target.region)
        where = shlex.quote(str(self.settings.report_dir / "report.json"))
        check = next(check.id for check in report.checks if failure in check.failures)
        return f"imagebuilder-conformance replay {where} {shlex.quote(check)}"


def _others(block: Block) -> str:
    """A line for each other failure of a block, with its hint where that is another one."""
    return "\n".join(
        shown_in_line(f"{each.clause.id}: {each.failure.title}")
        + (f". {shown_in_line(each.failure.hint)}" if each.failure.hint != block.first.failure.hint else "")
        for each in block.others
    )
