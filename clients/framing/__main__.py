"""Measures what the clients under real SDKs make of answers that are framed oddly, and writes `docs/framing.md`.

    python -m clients.framing > docs/framing.md

The answers and the clients are in `framing.toml`; what is measured is kept in `measured.json`, from which `--page`
alone makes the page. It is no part of CI: it takes uv, npm, Debian's `curl`, `golang-go`, `libhttpclient-java` with a
JDK, `php-cli` and `ruby`, and two minutes.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime

from clients.calling import command, installed
from stacks.serving import version
from stacks.table import read_table as read_stacks
from tests.support.scripted import ScriptedServer

from .cases import Case, Reader, answering, read_cases, read_clients
from .measured import Measured, Row, outcome, read_measured, write_measured
from .page import page

_PATIENCE = 300
# Where Debian's packages of Java libraries are.
_JARS = ("httpclient", "httpcore", "commons-logging", "commons-codec")
_ENVIRONMENT = {"CLASSPATH": ":".join(f"/usr/share/java/{name}.jar" for name in _JARS)}


def measure(reader: Reader, cases: tuple[Case, ...], url: str) -> Row:
    """Have a client ask for every answer."""
    client = reader.client
    versions = {package: version(package, installed(client), read_stacks()) for package in client.packages}
    asked = json.dumps([(case.path, case.keeps) for case in cases])
    ran = subprocess.run(
        [*command(client), url, asked],
        env=os.environ | _ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_PATIENCE,
    )
    said = json.loads(ran.stdout)
    print(f"{client.name}: measured", file=sys.stderr, flush=True)
    return Row(versions, {case.name: outcome(case, said[case.path]) for case in cases})


def main(words: list[str]) -> None:
    """Measure, and print the page."""
    cases, readers = read_cases(), read_clients()
    if words != ["--page"]:
        system = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, CPython {platform.python_version()}"
        with ScriptedServer(answering(cases), moment=0.05) as server:
            rows = {reader.client.name: measure(reader, cases, server.url) for reader in readers}
        write_measured(Measured(datetime.now(UTC).date().isoformat(), system, rows))
    print(page(cases, readers, read_measured()), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
