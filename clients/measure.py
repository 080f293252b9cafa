"""Measures what real clients send and do, and writes `docs/clients.md`.

    python -m clients.measure > docs/clients.md

What is measured is kept in `measured.json`, and the form of each client's request in a file below
`imagebuilder_conformance/client/forms`. Names of clients on the command line measure those anew and leave the others as
they are; `--page` measures none.

It is no part of CI: it takes uv, npm, Debian's `awscli`, `curl`, `golang-go`, `golang-github-aws-aws-sdk-go-dev`,
`golang-github-aws-aws-sdk-go-v2-dev` and `ruby-aws-sigv4`, and a quarter of an hour, most of it waiting for retries.
"""

import json
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from imagebuilder_conformance.reference.server import ReferenceServer
from stacks.serving import version
from stacks.table import read_table as read_stacks

from .calling import ANSWERED, REFUSED, call, installed
from .forms import FOLDER, form_text
from .measured import Measured, Row, Seen, read_measured, write_measured
from .page import page
from .table import HERE, Client, read_table

_AT_ONCE = 4


def measure(client: Client, target: str, day: date) -> Row:
    """Have a client call in every situation, and write its form."""
    versions = {_name(package): version(package, installed(client), read_stacks()) for package in client.packages}
    seen = {}
    for situation in (*ANSWERED, *REFUSED):
        outcome = call(client, situation, target)
        seen[situation.name] = Seen.of(situation, outcome)
        if situation.name == "given":
            text = form_text(*next(iter(versions.items())), day, outcome.requests[0])
            (FOLDER / f"{client.form}.toml").write_text(text, encoding="utf-8")
    print(f"{client.name}: measured", file=sys.stderr, flush=True)
    return Row(versions, day.isoformat(), seen)


def _name(package: str) -> str:
    """What an npm package is called that is installed under another name, beside a newer version of itself."""
    manifest = json.loads((HERE / "drivers" / "node" / "package.json").read_text(encoding="utf-8"))
    kind, _, alias = manifest["dependencies"].get(package, "").partition(":")
    return alias.rpartition("@")[0] if kind == "npm" else package


def main(words: list[str]) -> None:
    """Measure, and print the page."""
    table = read_table()
    measured = read_measured()
    chosen = [] if words == ["--page"] else [client for client in table.clients if not words or client.name in words]
    if chosen:
        measured = Measured(_system(), measured.clients)
    day = datetime.now(UTC).date()
    FOLDER.mkdir(exist_ok=True)
    for client in chosen:
        installed(client)
    with ReferenceServer() as server, ThreadPoolExecutor(_AT_ONCE) as pool:
        # Backwards, so that of clients that share a form the first one writes it last.
        asked = {client.name: pool.submit(measure, client, server.url, day) for client in reversed(chosen)}
        for name, each in asked.items():
            rows = measured.clients | {name: each.result()}
            kept = {client.name: rows[client.name] for client in table.clients if client.name in rows}
            measured = Measured(measured.system, kept)
            write_measured(measured)
    print(page(table, measured), end="")


def _system() -> str:
    return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, CPython {platform.python_version()}"


if __name__ == "__main__":
    main(sys.argv[1:])
