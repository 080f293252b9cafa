"""One process of a soak: Locust's runner for its role, and what is tied to it."""

import logging
import os
import signal
from collections.abc import Callable
from typing import Any

import gevent
from locust import User, constant, task
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner
from rich.console import Console

from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.cli.display import Display
from imagebuilder_conformance.cli.exits import EXIT_NO_VERDICT, exit_code
from imagebuilder_conformance.cli.leaving import leave, taken
from imagebuilder_conformance.client.budget import Budget
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.running.preflight import NoVerdictError, preflight
from imagebuilder_conformance.settings import Settings, Sources, resolve
from imagebuilder_conformance.soaking.figures import View, measured
from imagebuilder_conformance.soaking.master import Master
from imagebuilder_conformance.soaking.options import Options, Role
from imagebuilder_conformance.soaking.plan import Plan, shapes
from imagebuilder_conformance.soaking.reporting import events, header
from imagebuilder_conformance.soaking.tickets import Dispenser, Ticket
from imagebuilder_conformance.soaking.tribunal import Tribunal
from imagebuilder_conformance.soaking.worker import Worker
from imagebuilder_conformance.target import Target
from imagebuilder_reports.model import Report
from imagebuilder_reports.report import fold
from imagebuilder_reports.verdicts import Ending
from imagebuilder_spec import load_contract

# How long a master waits for its workers, and a worker beyond the end of the soak for its master (seconds).
_PATIENCE = 60.0


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
        runner = _environment(worker.act).create_worker_runner(options.host, options.port)
    except ConnectionError:
        Console(stderr=True).print(f"no master answers at {options.host}:{options.port}", highlight=False)
        return EXIT_NO_VERDICT
    _bind_worker(runner, worker)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, lambda: _leave(worker, runner))
    runner.send_message("soak-hello", {})
    reports = gevent.spawn(worker.report_for_ever)
    runner.greenlet.join()
    reports.kill()
    return 0


def _leave(worker: Worker, runner: WorkerRunner) -> None:
    """End this worker alone: what is under way is finished and reported first."""
    worker.leaving = True
    gevent.spawn_later(_LEAVING, runner.quit)


_LEAVING = 5.0


def _lead(options: Options, settings: Settings, target: Target, spill: Spill) -> int:
    contract, console = load_contract(settings.contract), Console(highlight=False)
    tribunal, nonce = Tribunal(contract, spill), new_nonce()
    redactor = Redactor(target.secrets)
    announced = header(settings, target, contract, tribunal, nonce)
    drawn, placeholder = shapes(contract, nonce, seed=settings.seed)
    count = options.expect_workers
    limit = settings.max_executions
    # The first start is the master's own. A token costs a unit with each worker that uses it.
    share = None if limit is None else max(0, limit - 1) // count
    plan = Plan(nonce, drawn, placeholder, target.pipelines[:2], contract.revision, share, options.duration + _PATIENCE)
    worker = Worker(target)
    environment = _environment(worker.act)
    runner: MasterRunner | LocalRunner
    if options.role is Role.MASTER:
        runner = environment.create_master_runner(options.host, options.port)
    else:
        runner = environment.create_local_runner()
    url = target.endpoint.rstrip("/") + contract.operation.path
    dispenser = Dispenser(options.users, share)
    master = Master(plan, contract, tribunal, dispenser, expected=count, url=url, send=runner.send_message)
    if limit is not None:
        master.rows.most_starts = max(master.rows.most_starts, limit)
    _bind_master(runner, master)
    if isinstance(runner, LocalRunner):
        _bind_worker(runner, worker)
        runner.send_message("soak-hello", {})
        gevent.spawn(worker.report_for_ever)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, setattr, master, "interrupted", True)  # noqa: FBT003  # setattr's signature
    seconds = 0.0
    try:
        _expect(master, count)
        _look(target, settings, tribunal, master)
        master.distribute()
        gevent.spawn(runner.start, options.users, options.spawn_rate)
        began = master.clock()
        with View(master, console) as view:
            master.lead(options.duration, view.show)
            seconds = master.clock() - began
            master.close(3 * (target.timeouts.connect + target.timeouts.read) + 5)
        ending, reason = master.ending()
    except NoVerdictError as none:
        ending, reason = none.ending, none.reason
    finally:
        runner.quit()
    report = fold(
        events(
            announced,
            tribunal,
            master.rows,
            contract,
            redactor,
            ending=ending,
            reason=reason,
            seconds=master.clock(),
            measured=measured(master, users=options.users, seconds=seconds),
        )
    )
    return _conclude(report, settings, console)


def _expect(master: Master, count: int) -> None:
    """Wait until so many workers are there. Raises `NoVerdictError` if they don't come."""
    end = master.clock() + _PATIENCE
    while master.workers < count and not master.interrupted:
        if master.clock() > end:
            reason = f"{count} workers were expected, and {master.workers} came within {_PATIENCE:.0f} seconds"
            raise NoVerdictError(Ending.INTERRUPTED, reason)
        gevent.sleep(0.05)


def _look(target: Target, settings: Settings, tribunal: Tribunal, master: Master) -> None:
    """See by one start whether a soak makes sense. Raises `NoVerdictError` where it does not."""

    def observe(exchange: Exchange) -> None:
        tribunal.see(exchange, 0.0)
        master.rows.see(exchange)

    client = Client(target, load_contract(settings.contract), budget=Budget(settings.max_executions), observe=observe)
    tokens = Tokens(new_nonce())
    preflight(client, tokens, start=True)
    client.transport.close()


def _conclude(report: Report, settings: Settings, console: Console) -> int:
    unwritten = leave(report, settings.report_dir)
    display = Display(settings, console)
    display.conclude(report)
    for name, value in report.measured.items():
        display.say(f"{name}: {value:,.6g}", "dim")
    for sentence in unwritten:
        display.say(sentence, "red")
    return exit_code(report, allow_incomplete=settings.allow_incomplete, unwritten=unwritten)


def _environment(act: Callable[[], None]) -> Environment:
    class SoakUser(User):
        """Does one thing after the other."""

        wait_time = constant(0)

        @task
        def act(self) -> None:
            """One of them."""
            act()

    return Environment(user_classes=[SoakUser], catch_exceptions=False)


def _bind_worker(runner: Runner, worker: Worker) -> None:
    worker.send = runner.send_message

    def plan(msg: Any, **_: Any) -> None:
        worker.begin(msg.data["name"], Plan.from_json(msg.data["plan"]))

    def ticket(msg: Any, **_: Any) -> None:
        worker.take(Ticket.from_message(msg.data["ticket"]))

    def pong(msg: Any, **_: Any) -> None:
        worker.hear(msg.data["asked"], msg.data["told"])

    for name, listener in (("soak-plan", plan), ("soak-ticket", ticket), ("soak-pong", pong)):
        runner.register_message(name, listener)


def _bind_master(runner: Runner, master: Master) -> None:
    def hello(msg: Any, **_: Any) -> None:
        master.welcome(msg.node_id)

    def ping(msg: Any, **_: Any) -> None:
        master.tell_time(msg.node_id, msg.data["asked"])

    def history(msg: Any, **_: Any) -> None:
        master.take_in(msg.node_id, msg.data)

    for name, listener in (("soak-hello", hello), ("soak-ping", ping), ("soak-history", history)):
        runner.register_message(name, listener)
