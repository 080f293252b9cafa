"""One process of a soak, by its role: it sends, or it leads those that send, or both."""

import logging
import os

import gevent
from locust.runners import LocalRunner, MasterRunner, Runner
from rich.console import Console

from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.cli.display import Display
from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT, exit_code
from imagebuilder_conformance.cli.leaving import leave, taken
from imagebuilder_conformance.cli.surroundings import outlet
from imagebuilder_conformance.client.budget import Budget
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.running.preflight import NoVerdictError, expect_revision, preflight
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_conformance.soaking.figures import View, figures, measured
from imagebuilder_conformance.soaking.master import Master
from imagebuilder_conformance.soaking.options import Options, Role
from imagebuilder_conformance.soaking.plan import Plan, shapes
from imagebuilder_conformance.soaking.reporting import events, header
from imagebuilder_conformance.soaking.runners import Interruption, bind_master, bind_worker, environment, on_signals
from imagebuilder_conformance.soaking.tickets import Dispenser
from imagebuilder_conformance.soaking.tribunal import Tribunal
from imagebuilder_conformance.soaking.worker import Worker
from imagebuilder_conformance.target import Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import Contract, load_contract

# How long a master waits for its workers, and a worker beyond the end of the soak for its master (seconds).
_PATIENCE = 60.0
# How long a worker that is asked to end may take to finish and report what is under way (seconds).
_LEAVING = 2.0
# How long a soak that is interrupted may take to judge what is under way (seconds).
_ENDING = 1.5


def soak(options: Options) -> int:
    """Do what a process of this role does, to the end of the soak. Gives the exit code.

    Raises `UsageError` for a target that can't be used.
    """
    # Locust tells its own story; ours is the report.
    logging.getLogger("locust").setLevel(logging.ERROR)
    settings = resolve(Sources(options.flags, os.environ), report_dir="soak-report")
    if settings.target is None:
        raise ValueError("expected options that name an endpoint")
    if options.role is Role.WORKER:
        return _work(options, settings.target)
    with taken(settings.report_dir), Spill() as spill:
        return _lead(options, settings, settings.target, spill)


def _work(options: Options, target: Target) -> int:
    worker = Worker(target)
    try:
        runner = environment(worker.act).create_worker_runner(options.host, options.port)
    except ConnectionError:
        Console(stderr=True).print(f"no master answers at {options.host}:{options.port}", highlight=False)
        return EXIT_NO_VERDICT

    def leave() -> None:
        """End this worker alone: what is under way is finished and reported first."""
        worker.leaving = True
        gevent.spawn_later(_LEAVING, runner.quit)

    on_signals(leave)
    bind_worker(runner, worker)
    reports = gevent.spawn(worker.report_for_ever)
    runner.greenlet.join()
    reports.kill()
    return 0


def _lead(options: Options, settings: Settings, target: Target, spill: Spill) -> int:
    contract, nonce = load_contract(settings.contract), new_nonce()
    tribunal = Tribunal(contract, spill)
    announced = header(settings, target, contract, tribunal, nonce)
    plan = _plan(options, settings, target, contract, nonce)
    worker = Worker(target)
    runner = _leading_runner(options, worker)
    master = Master(
        plan,
        contract,
        tribunal,
        Dispenser(options.users, plan.max_executions),
        expected=options.expect_workers,
        url=target.endpoint.rstrip("/") + contract.operation.path,
        send=runner.send_message,
    )
    if settings.max_executions is not None:
        master.rows.most_starts = max(master.rows.most_starts, settings.max_executions)
    bind_master(runner, master)
    if isinstance(runner, LocalRunner):
        bind_worker(runner, worker)
        gevent.spawn(worker.report_for_ever)
    console = Console(file=outlet(), highlight=False)
    ending, reason, seconds = _direct(options, settings, target, master, runner, console=console)
    report = fold(
        events(
            announced,
            tribunal,
            master.rows,
            contract,
            Redactor(target.secrets),
            ending=ending,
            reason=reason,
            seconds=master.clock(),
            measured=measured(master, users=options.users, seconds=seconds),
        )
    )
    return _conclude(report, settings, console)


def _plan(options: Options, settings: Settings, target: Target, contract: Contract, nonce: str) -> Plan:
    """What the workers are to do. The first start is the master's own; a token costs a unit with each worker."""
    drawn, placeholder = shapes(contract, nonce, seed=settings.seed)
    limit = settings.max_executions
    share = None if limit is None else max(0, limit - 1) // options.expect_workers
    return Plan(nonce, drawn, placeholder, target.pipelines[:2], contract.revision, share, options.duration + _PATIENCE)


def _leading_runner(options: Options, worker: Worker) -> MasterRunner | LocalRunner:
    users = environment(worker.act)
    if options.role is Role.MASTER:
        return users.create_master_runner(options.host, options.port)
    return users.create_local_runner()


def _direct(
    options: Options, settings: Settings, target: Target, master: Master, runner: Runner, *, console: Console
) -> tuple[Ending, str | None, float]:
    """Lead the workers to the end of the soak; gives how it ended, why, and for how many seconds they sent."""
    seconds = 0.0
    interruption = Interruption(master.interrupt, NoVerdictError(Ending.INTERRUPTED, "the soak was interrupted"))
    try:
        _expect(master, options.expect_workers)
        _look(target, settings, master)
        # From here on something is under way that can be judged.
        interruption.patience = _ENDING
        master.distribute()
        gevent.spawn(runner.start, options.users, options.spawn_rate)
        began = master.clock()
        with View(master, console) as view:
            master.lead(options.duration, view.show)
            seconds = master.clock() - began
            master.close(3 * (target.timeouts.connect + target.timeouts.read) + 5)
        return *master.ending(), seconds
    except NoVerdictError as none:
        master.tribunal.whole = False
        return none.ending, none.reason, seconds
    finally:
        interruption.over()
        runner.quit()


def _expect(master: Master, count: int) -> None:
    """Wait until so many workers are there. Raises `NoVerdictError` if they don't come."""
    end = master.clock() + _PATIENCE
    while master.workers < count and not master.interrupted:
        if master.clock() > end:
            reason = f"{count} workers were expected, and {master.workers} came within {_PATIENCE:.0f} seconds"
            raise NoVerdictError(Ending.INTERRUPTED, reason)
        gevent.sleep(0.05)


def _look(target: Target, settings: Settings, master: Master) -> None:
    """See by one start whether a soak makes sense. Raises `NoVerdictError` where it does not."""

    def observe(exchange: Exchange) -> None:
        master.tribunal.see(exchange, 0.0)
        master.rows.see(exchange)

    client = Client(target, load_contract(settings.contract), budget=Budget(settings.max_executions), observe=observe)
    tokens = Tokens(new_nonce())
    preflight(client, tokens, start=True, on_fit=lambda fit: expect_revision(fit, settings))
    client.transport.close()


def _conclude(report: Report, settings: Settings, console: Console) -> int:
    unwritten = leave(report, settings.report_dir)
    display = Display(settings, console)
    display.conclude(report, unwritten=unwritten)
    console.print("", figures(report.measured), sep="\n")
    return exit_code(report, allow_incomplete=settings.allow_incomplete, unwritten=unwritten)
