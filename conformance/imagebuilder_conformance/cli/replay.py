"""`replay`: send the exchanges of a failure again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import EXIT_CONFORMANT, EXIT_NO_VERDICT, EXIT_NON_CONFORMANT
from imagebuilder_conformance.cli.inputs import load, report_argument
from imagebuilder_conformance.cli.problems import NoVerdictError, UnusableError, usage
from imagebuilder_conformance.cli.target_options import call_options, target_options

if TYPE_CHECKING:
    from imagebuilder_conformance.client.redaction import Redactor
    from imagebuilder_conformance.replaying.outcomes import Replayed
    from imagebuilder_conformance.settings import Settings
    from imagebuilder_conformance.target import Target
    from imagebuilder_reports.model import CheckReport, Report


@click.command("replay")
@report_argument("report")
@click.argument("check")
@target_options(default="the one of the report")
@call_options()
def command(report: Path, check: str, **flags: Any) -> None:
    """Send the exchanges of each failure of CHECK again, freshly signed and with fresh tokens.

    CHECK is the id of a check, or of a clause: then of the first check that found it broken.

    Exits 1 if a failure is reproduced, 0 if all are mended, else 3.
    """
    from imagebuilder_reports.legible import printable

    recorded = load(report)
    if recorded.target.recorded:
        raise UnusableError(f"{report} is of an audit: the requests are other people's, and are not sent again")
    chosen = _find(recorded, check)
    settings = _settings(recorded, flags)
    with _target(settings) as target:
        shown = f"{target.name}, {target.endpoint}" if target.reference else target.endpoint
        click.echo(printable(shown))
        click.echo(f"{printable(_signer(target, named=_is_named(flags)))}\n")
        replayed = _replay(report, recorded, chosen, target, settings)
    click.echo(printable(_summary(replayed)))
    raise SystemExit(_exit_code(replayed))


def _find(report: "Report", id_: str) -> "CheckReport":
    """The check, if it has failures."""
    from imagebuilder_reports.legible import shown_in_line

    failing = [check for check in report.checks if check.failures]
    for check in failing:
        if check.id == id_:
            return check
    for check in failing:
        # What is left out here is of other clauses.
        if of_clause := tuple(failure for failure in check.failures if failure.clause == id_):
            return replace(check, failures=of_clause)
    known = f"; those with failures are {', '.join(shown_in_line(check.id) for check in failing)}" if failing else ""
    if any(check.id == id_ for check in report.checks):
        raise UnusableError(f"the report has no failure of the check {id_!r}{known}")
    raise UnusableError(f"the report has no check {id_!r}{known}")


def _settings(report: "Report", given: dict[str, Any]) -> "Settings":
    """The target: flags beat the environment, which beats the report."""
    from imagebuilder_conformance.settings import Sources, resolve

    flags = {name: value for name, value in given.items() if value not in (None, ())}
    elsewhere = _is_named(given)
    if elsewhere or not report.target.reference:
        described: dict[str, Any] = {} if elsewhere else {"endpoint_url": report.target.endpoint}
        if "pipeline_arn" not in flags:
            described |= {"region": report.target.region, "pipeline_arn": report.target.pipelines}
        flags = described | flags
    with usage():
        settings = resolve(Sources({**flags, "contract": report.suite.contract}))
    target = settings.target
    if target is not None and target.is_aws and settings.max_executions is None:
        raise click.UsageError("AWS charges for each image build: say with --max-executions how many may be started")
    return settings


def _is_named(given: dict[str, Any]) -> bool:
    """Whether the user says where to send, and not the report alone."""
    from imagebuilder_conformance.configuration.sources import gather
    from imagebuilder_conformance.settings import Sources

    with usage():
        return "endpoint_url" in gather(Sources(given))


def _signer(target: "Target", *, named: bool) -> str:
    """Who signs, for whom: the endpoint of a report is one that somebody else may have written down."""
    unasked = "" if named or target.reference else ", for an endpoint that only the report names"
    return f"{target.signer}{unasked}"


@contextmanager
def _target(settings: "Settings") -> Iterator["Target"]:
    from imagebuilder_conformance.running.embedded import embedded_target
    from imagebuilder_spec import load_contract

    contract = load_contract(settings.contract)
    with nullcontext(settings.target) if settings.target else embedded_target(contract) as target:
        yield target


def _replay(
    path: Path, report: "Report", check: "CheckReport", target: "Target", settings: "Settings"
) -> list["Replayed"]:
    """Replay and show one failure after the other."""
    from requests import RequestException

    from imagebuilder_conformance.client.budget import OverBudgetError
    from imagebuilder_conformance.client.client import TargetLostError
    from imagebuilder_conformance.client.redaction import Redactor
    from imagebuilder_conformance.replaying.context import exchanges_beside
    from imagebuilder_conformance.replaying.session import Replay
    from imagebuilder_conformance.target import CredentialsLostError
    from imagebuilder_spec import load_contract

    redactor = Redactor(target.secrets)
    replay = Replay(
        report=report,
        target=target,
        contract=load_contract(report.suite.contract),
        sent=exchanges_beside(path, report),
        max_executions=settings.max_executions,
    )
    replayed = []
    try:
        for each in replay.failures_of(check):
            click.echo("\n".join(_lines(each, redactor)))
            replayed.append(each)
    except (TargetLostError, OverBudgetError, CredentialsLostError) as error:
        raise NoVerdictError(f"the replay broke off: {error}") from error
    except RequestException as error:
        raise UnusableError(f"a recorded request can't be sent: {error}") from error
    return replayed


def _lines(replayed: "Replayed", redactor: "Redactor") -> Iterator[str]:
    from imagebuilder_reports.legible import shown_in_line

    def told(text: str) -> str:
        return shown_in_line(redactor.text(text))

    failure = replayed.failure
    yield f"{told(failure.clause)}  {told(failure.title)}"
    yield f"  {replayed.outcome}: {told(replayed.sentence)}"
    rows = [tuple(map(told, (each.exchange, each.then, each.now, each.label))) for each in replayed.comparisons]
    width = max((len(then) for _, then, _, _ in rows), default=0)
    for exchange, then, now, label in rows:
        yield f"    {exchange}  then {then:<{width}}  now {now}  {label}"
    yield ""


def _summary(replayed: Sequence["Replayed"]) -> str:
    from imagebuilder_conformance.replaying.outcomes import Outcome

    counted = Counter(each.outcome for each in replayed)
    summary = ", ".join(f"{counted[outcome]} {outcome}" for outcome in Outcome if counted[outcome])
    if not counted[Outcome.MENDED]:
        return summary
    clauses = dict.fromkeys(each.failure.clause for each in replayed if each.outcome is Outcome.MENDED)
    return f"{summary}; whether the whole promise is kept now says `run {' '.join(clauses)}`"


def _exit_code(replayed: Sequence["Replayed"]) -> int:
    from imagebuilder_conformance.replaying.outcomes import Outcome

    outcomes = {each.outcome for each in replayed}
    if Outcome.REPRODUCED in outcomes:
        return EXIT_NON_CONFORMANT
    return EXIT_CONFORMANT if outcomes == {Outcome.MENDED} else EXIT_NO_VERDICT
