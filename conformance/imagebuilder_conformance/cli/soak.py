"""`soak`: many users, on one or more machines, for a while."""

import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import click

from imagebuilder_conformance.cli.numbers import FiniteRange
from imagebuilder_conformance.cli.problems import NoVerdictError, usage
from imagebuilder_conformance.cli.target_options import call_options, target_options
from imagebuilder_conformance.settings import Sources, resolve
from imagebuilder_conformance.stopping import current
from imagebuilder_spec import revisions


@click.command("soak")
@target_options(default="none: a soak needs one")
@click.option("--users", metavar="N", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--spawn-rate", metavar="R", type=FiniteRange(0.1, 100), default=20.0, show_default=True)
@click.option("--duration", metavar="S", type=FiniteRange(1, 86_400), default=60.0, show_default=True)
@click.option("--master", is_flag=True, help="Lead workers, and send nothing but the first start.")
@click.option("--worker", is_flag=True, help="Send for a master.")
@click.option("--expect-workers", metavar="N", type=click.IntRange(1, 100), default=1, show_default=True)
@click.option("--master-host", metavar="HOST", default="127.0.0.1", show_default=True)
@click.option("--master-port", metavar="PORT", type=click.IntRange(1, 65_535), default=5557, show_default=True)
@click.option("--contract", type=click.Choice(revisions()), help="The revision of the contract.")
@click.option("--strict", is_flag=True, default=None, help="Let broken SHOULDs count.")
@click.option("--seed", metavar="N|random", help="The seed of the tokens' shapes.")
@click.option("--report-dir", metavar="DIR", help="Where the report goes; soak-report by default.")
@call_options()
def command(
    *,
    users: int,
    spawn_rate: float,
    duration: float,
    master: bool,
    worker: bool,
    expect_workers: int,
    master_host: str,
    master_port: int,
    **flags: Any,
) -> None:
    """Let many users share tokens for a while, and judge every answer, also across machines.

    It starts many builds. On AWS it takes --allow-aws and --max-executions. It takes the extra `load`.

    Without --master or --worker one process does everything. A master (--master --expect-workers N) listens at
    --master-host and --master-port, leads its workers and leaves the report; a worker gets the target by the same
    options, and all else from its master. Messages between them are neither encrypted nor authenticated.

    Exits as `run` does.
    """
    from imagebuilder_conformance.soaking.options import Options, Role

    if master and worker:
        raise click.UsageError("--master and --worker exclude each other: start one process of each")
    role = Role.MASTER if master else Role.WORKER if worker else Role.ALONE
    with usage():
        settings = resolve(Sources(flags, os.environ))
    if settings.target is None:
        raise click.UsageError("a soak needs a target: say which with --endpoint-url")
    if settings.is_limited and settings.max_executions is None:
        raise click.UsageError("on AWS a soak needs a limit: say with --max-executions how many builds it may start")
    if find_spec("locust") is None:
        raise click.UsageError("a soak takes Locust: `pip install 'imagebuilder-conformance[load]'` brings it")
    options = Options(
        role=role,
        flags={name: value for name, value in flags.items() if value not in (None, ())},
        users=users,
        spawn_rate=spawn_rate,
        duration=duration,
        expect_workers=expect_workers if master else 1,
        host=master_host,
        port=master_port,
        parent=os.getpid(),
    )
    raise SystemExit(_soak(options.to_json()))


def _soak(options: str) -> int:
    """Soak in a process of its own, which gevent must patch before it imports anything.

    Where this one is asked to end it asks that one, which leaves its report.
    """
    words = [sys.executable, "-m", "imagebuilder_conformance.soaking"]
    apart: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
    with subprocess.Popen(words, stdin=subprocess.PIPE, encoding="utf-8", **apart) as process:  # noqa: S603  # our own words

        def give_up() -> None:
            process.kill()
            click.echo("The process that soaks did not end in time: it was killed, and leaves no report.", err=True)

        current().at_the_end(give_up)
        try:
            process.communicate(options)
        except KeyboardInterrupt:
            process.terminate()
            process.communicate()
    if process.returncode < 0:
        raise NoVerdictError(f"the process that soaks was ended by signal {-process.returncode} and leaves no report")
    return process.returncode
