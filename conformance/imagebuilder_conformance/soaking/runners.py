"""Locust's side of a soak: the users, and the messages between a worker and its master."""

from collections.abc import Callable
from typing import Any

import gevent
from locust import User, constant, task
from locust.env import Environment
from locust.runners import Runner

from imagebuilder_conformance.soaking.master import Master
from imagebuilder_conformance.soaking.plan import Plan
from imagebuilder_conformance.soaking.tickets import Ticket
from imagebuilder_conformance.soaking.worker import Worker
from imagebuilder_conformance.stopping import SIGNALS, current


def environment(act: Callable[[], None]) -> Environment:
    """Locust's environment, whose users do `act` again and again."""

    class SoakUser(User):
        """Does one thing after the other."""

        wait_time = constant(0)

        @task
        def act(self) -> None:
            """One of them."""
            act()

    return Environment(user_classes=[SoakUser], catch_exceptions=False)


def bind_worker(runner: Runner, worker: Worker) -> None:
    """Let a worker and its master speak through the runner, and tell the master that the worker is there."""
    worker.send = runner.send_message

    def plan(msg: Any, **_: Any) -> None:
        worker.begin(msg.data["name"], Plan.from_json(msg.data["plan"]))

    def ticket(msg: Any, **_: Any) -> None:
        worker.take(Ticket.from_message(msg.data["ticket"]))

    def pong(msg: Any, **_: Any) -> None:
        worker.hear(msg.data["asked"], msg.data["told"])

    for name, listener in (("soak-plan", plan), ("soak-ticket", ticket), ("soak-pong", pong)):
        runner.register_message(name, listener)
    runner.send_message("soak-hello", {})


def bind_master(runner: Runner, master: Master) -> None:
    """Let a master hear its workers through the runner."""

    def hello(msg: Any, **_: Any) -> None:
        master.welcome(msg.node_id)

    def ping(msg: Any, **_: Any) -> None:
        master.tell_time(msg.node_id, msg.data["asked"])

    def history(msg: Any, **_: Any) -> None:
        master.take_in(msg.node_id, msg.data)

    for name, listener in (("soak-hello", hello), ("soak-ping", ping), ("soak-history", history)):
        runner.register_message(name, listener)


def on_signals(act: Callable[[], None]) -> None:
    """Do this where somebody asks the process to end."""
    for number in SIGNALS:
        gevent.signal_handler(number, act)


class Interruption:
    """Ends what the current greenlet does where a signal asks for it.

    `tell` is told at once, and `patience` seconds later `error` is raised in the greenlet, unless that is over by then.
    """

    def __init__(self, tell: Callable[[], None], error: Exception) -> None:
        self.patience = 0.0
        self._tell = tell
        self._error = error
        self._greenlet = gevent.getcurrent()
        self._pending: gevent.Greenlet[[], None] | None = None
        on_signals(self._come)
        if current().requested:
            self._come()

    def over(self) -> None:
        """Raise nothing any more."""
        self._pending = self._pending or gevent.Greenlet()
        self._pending.kill(block=False)

    def _come(self) -> None:
        if self._pending is None:
            self._tell()
            self._pending = gevent.spawn_later(self.patience, self._raise)

    def _raise(self) -> None:
        gevent.kill(self._greenlet, self._error)
