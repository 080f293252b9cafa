"""On AWS's default budget a conformant target is judged to the end, whatever part of the contract is selected."""

from collections.abc import Iterator

import pytest

from imagebuilder_conformance.cli.exits import exit_code
from imagebuilder_conformance.reference import DEFAULT_PIPELINES
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.catalogue import find_variation
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.running.conductor import Conductor
from imagebuilder_conformance.running.planning import Plan, plan
from imagebuilder_conformance.settings import Sources, resolve
from imagebuilder_conformance.suites import active_checks
from imagebuilder_reports.model import Report
from imagebuilder_reports.verdicts import Cause
from imagebuilder_spec import Suite, load_contract
from tests.support.aws import HOST, resolving, under_an_aws_name
from tests.support.runs import run_of

pytestmark = pytest.mark.slow

CHECKS = active_checks()
_ON_AWS = {"endpoint_url": f"https://{HOST}", "pipeline_arn": DEFAULT_PIPELINES}
# What a conformant target by itself never shows, or AWS is never asked for: such a run can have no verdict.
_NEVER_JUDGED = {Cause.CONDITION, Cause.NEVER_SHOWN}


def selections(revision: str) -> Iterator[tuple[str, ...]]:
    """Every prefix and suite that makes another run than those before it, as flags: other checks, or another limit."""
    clauses = load_contract(revision).clauses
    prefixes = sorted({id_[: end or None] for id_ in clauses for end in _dots(id_)})
    seen = set()
    for flag, name in (*(("suite", suite) for suite in (*Suite, "all")), *(("prefixes", each) for each in prefixes)):
        settings = resolve(Sources({**_ON_AWS, "contract": revision, flag: (name,)}, {}), sends=False)
        run = Conductor(settings, CHECKS, lambda _: None)
        made = (*sorted(check.id for check in run.selection.checks), *sorted(run.essential), str(run.max_executions))
        if made not in seen:
            seen.add(made)
            yield flag, name


def _dots(id_: str) -> list[int]:
    return [place for place, character in enumerate(id_) if character == "."] + [0]


def judged(flag: str, name: str, *, contract: str = "documented", behaviour: type[Behaviour] = Behaviour) -> None:
    """Plan a run and make it, on an AWS host by name, and hold the one against the other."""
    settings = ReferenceSettings(contract=load_contract(contract))
    with ReferenceServer(settings, behaviour=behaviour) as server, resolving(HOST):
        flags = {
            "endpoint_url": under_an_aws_name(server.url),
            "allow_aws": True,
            "pipeline_arn": server.pipelines,
            "contract": contract,
            flag: (name,),
        }
        key = server.credentials
        environ = {"AWS_ACCESS_KEY_ID": key.access_key_id, "AWS_SECRET_ACCESS_KEY": key.secret_access_key}
        run = resolve(Sources(flags, environ))
        planned = plan(run, CHECKS)
        report = run_of(run)
        started = len(server.behaviour.store.images)
    _hold(planned, report, started, exact=behaviour is Behaviour)


def _hold(planned: Plan, report: Report, started: int, *, exact: bool) -> None:
    assert planned.on_aws
    assert planned.executions == planned.least
    assert started <= planned.least
    if exact:
        assert started == planned.least == planned.started
        assert abs(planned.exchanges - report.totals.exchanges) <= 0.1 * report.totals.exchanges
    if planned.judged:
        assert exit_code(report, allow_incomplete=False) == 0, report.verdict_sentence
    else:
        # The plan says so.
        assert {clause.cause for clause in report.clauses if clause.selected} <= _NEVER_JUDGED


@pytest.mark.parametrize(("flag", "name"), [*selections("documented")], ids=lambda word: word)
def test_builds_and_requests_are_as_planned_and_the_verdict_is_conformant(flag: str, name: str) -> None:
    judged(flag, name)


@pytest.mark.parametrize(
    ("flag", "name"),
    [each for each in selections("current") if each not in set(selections("documented"))] + [("suite", Suite.CORE)],
    ids=lambda word: word,
)
def test_so_it_is_by_the_other_revision(flag: str, name: str) -> None:
    judged(flag, name, contract="current")


@pytest.mark.parametrize(
    "name",
    [
        "tokens-ascii-only",
        "json-leniently-read",
        "in-flight-duplicates-refused",
        "existence-before-idempotency",
        "images-named-apart",
        "body-large-413",
    ],
)
@pytest.mark.parametrize(("flag", "selected"), [("suite", Suite.CORE), ("prefixes", "idempotency")])
def test_so_it_is_on_targets_that_are_conformant_in_other_ways(name: str, flag: str, selected: str) -> None:
    judged(flag, selected, behaviour=find_variation(name).behaviour)
