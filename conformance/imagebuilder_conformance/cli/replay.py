"""`replay`: send the exchanges of a failure again."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagebuilder_conformance.cli.exits import EXIT_CONFORMANT, EXIT_NO_VERDICT, EXIT_NON_CONFORMANT
from imagebuilder_conformance.cli.inputs import load, report_argument
from imagebuilder_conformance.cli.problems import NoVerdictError, UnusableError, usage
from imagebuilder_conformance.cli.target_options import call_options, target_options

if TYPE_CHECKING:
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
        click.echo(f"{printable(shown)}\n")
        replayed = _replay(report, recorded, chosen, target, settings)
    click.echo(printable(_summary(replayed)))
    raise SystemExit(_exit_code(replayed))


def _find(report: "Report", id_: str) -> "CheckReport":
    """The check, if it has failures."""
    failing = [check for check in report.checks if check.failures]
    for check in failing:
        if check.id == id_:
            return check
    known = f"; those with failures are {', '.join(check.id for check in failing)}" if failing else ""
    if any(check.id == id_ for check in report.checks):
        raise UnusableError(f"the report has no failure of the check {id_!r}{known}")
    raise UnusableError(f"the report has no check {id_!r}{known}")


def _settings(report: "Report", given: dict[str, Any]) -> "Settings":
    """The target: flags beat the environment, which beats the report."""
    from imagebuilder_conformance.settings import Sources, resolve
    from imagebuilder_conformance.target import is_aws_host

    flags = {name: value for name, value in given.items() if value not in (None, ())}
    elsewhere = "endpoint_url" in flags or any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ)
    if elsewhere or not report.target.reference:
        described: dict[str, Any] = {} if elsewhere else {"endpoint_url": report.target.endpoint}
        if "pipeline_arn" not in flags:
            described |= {"region": report.target.region, "pipeline_arn": report.target.pipelines}
        flags = described | flags
    with usage():
        settings = resolve(Sources({**flags, "contract": report.suite.contract}))
    target = settings.target
    if target is not None and is_aws_host(target.host) and settings.max_executions is None:
        raise click.UsageError("AWS charges for each image build: say with --max-executions how many may be started")
    return settings


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
    from imagebuilder_reports.legible import printable
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
            click.echo(printable(redactor.text("\n".join(_lines(each)))))
            replayed.append(each)
    except (TargetLostError, OverBudgetError) as error:
        raise NoVerdictError(f"the replay broke off: {error}") from error
    except RequestException as error:
        raise UnusableError(f"a recorded request can't be sent: {error}") from error
    return replayed


def _lines(replayed: "Replayed") -> Iterator[str]:
    failure = replayed.failure
    yield f"{failure.clause}  {failure.title}"
    yield f"  {replayed.outcome}: {replayed.sentence}"
    width = max((len(each.then) for each in replayed.comparisons), default=0)
    for each in replayed.comparisons:
        yield f"    {each.exchange}  then {each.then:<{width}}  now {each.now}  {each.label}"
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
