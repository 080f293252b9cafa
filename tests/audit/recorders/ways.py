"""Ways to record a conversation with the reference target: each takes the tools, the target, and the file to write."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from imagebuilder_conformance.reference.server import ReferenceServer
from tests.audit.conversation import CALLS
from tests.audit.recorders.page import page_before
from tests.audit.recorders.tools import PATIENCE, Tools, background, run
from tests.browser.chromium import executable, launched
from tests.support.ports import free_port

Record = Callable[[Tools, ReferenceServer, Path], None]
SCRIPTS = Path(__file__).parent


def by_python(name: str) -> Record:
    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        run([tools.python("python"), SCRIPTS / "by_python.py", name], server.url, out)

    return record


def by_node(name: str) -> Record:
    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        variables = {"PACKAGES": str(tools.folder / "npm"), "CHROMIUM": executable()}
        run(["node", SCRIPTS / "by_node.mjs", name], server.url, out, **variables)

    return record


def by_playwright(**options: Any) -> Record:
    def record(_: Tools, server: ReferenceServer, out: Path) -> None:
        with launched() as browser:
            context = browser.new_context(record_har_path=out, **options)
            page = context.new_page()
            page.goto(server.url)
            for token, pipeline in CALLS:
                page.evaluate(_FETCH, [token, pipeline])
            context.close()

    return record


_FETCH = """([token, pipeline]) => fetch("/StartImagePipelineExecution", {
  method: "PUT",
  headers: {"Content-Type": "application/json"},
  body: JSON.stringify({clientToken: token, imagePipelineArn: pipeline}),
}).then(answer => answer.text())"""


def by_playwright_trace(_: Tools, server: ReferenceServer, out: Path) -> None:
    with launched() as browser:
        context = browser.new_context()
        context.tracing.start(snapshots=True)
        page = context.new_page()
        page.goto(server.url)
        for token, pipeline in CALLS:
            page.evaluate(_FETCH, [token, pipeline])
        context.tracing.stop(path=out)
        context.close()


def by_mitmproxy(option: str) -> Record:
    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        port = free_port()
        words: list[str | Path] = [tools.program("mitmproxy", "mitmdump"), "--quiet", "--listen-host", "127.0.0.1"]
        words += ["--listen-port", str(port), "--mode", f"reverse:{server.url}", "--set", "keep_host_header=true"]
        words += ["--set", f"hardump={out}"] if option == "hardump" else ["-w", out]
        with background(words, lambda: _listens(port)):
            _speak_by_boto3(tools, f"http://127.0.0.1:{port}")

    return record


def _speak_by_boto3(tools: Tools, target: str) -> None:
    run([tools.python("python"), SCRIPTS / "by_python.py", "sdk"], target, Path(os.devnull))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def by_tcpdump(speak: str, *, convert: bool = True, pcapng: bool = False) -> Record:
    """A capture of plain HTTP, by one connection (`sdk`) or by one for each call (`apart`)."""

    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        capture = out if not convert else out.with_suffix(".pcap")
        words: list[str | Path] = ["tcpdump", "-i", "lo", "-U", "-w", capture, f"tcp port {server.url.rsplit(':')[-1]}"]
        if pcapng:
            words = ["tshark", "-i", "lo", "-w", capture, "-f", str(words[-1])]
        with background(words, capture.exists):
            time.sleep(1)
            if speak == "sdk":
                _speak_by_boto3(tools, server.url)
            else:
                run([tools.python("python"), SCRIPTS / "by_python.py", speak], server.url, Path(os.devnull))
            time.sleep(1)
        if convert:
            run([tools.program("pcap", "pcap2har"), capture, "--output", out, "--check", "off"], "", out)

    return record


def by_har_capture(*options: str) -> Record:
    """What redacts a HAR of another tool."""

    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        whole = out.with_suffix(".whole.har")
        by_playwright()(tools, server, whole)
        words: list[str | Path] = [tools.program("pcap", "har-capture"), "sanitize", whole, "--output", out]
        words += ["--patterns", "base"]
        run([*words, *options], "", out)

    return record


def by_aws_cli(tools: Tools, server: ReferenceServer, out: Path) -> None:
    said = ""
    for token, pipeline in CALLS:
        words: list[str | Path] = [tools.program("awscli", "aws"), "imagebuilder", "start-image-pipeline-execution"]
        words += ["--debug"]
        words += ["--endpoint-url", server.url, "--client-token", token, "--image-pipeline-arn", pipeline]
        variables = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "an-example"}
        variables |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1"}
        done = subprocess.run(
            words, env=os.environ | variables, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        said += done.stderr
    out.write_text(said, encoding="utf-8")


def by_schemathesis(form: str) -> Record:
    def record(tools: Tools, server: ReferenceServer, out: Path) -> None:
        schema = out.with_suffix(".openapi.json")
        schema.write_text(json.dumps(_openapi()), encoding="utf-8")
        words: list[str | Path] = [tools.program("python", "st"), "run", schema, "--url", server.url]
        words += ["--phases", "examples", "--report", form, f"--report-{form}-path", out, "--generation-deterministic"]
        run(words, server.url, out)

    return record


def _openapi() -> dict[str, Any]:
    examples = {
        f"call {number}": {"value": {"clientToken": token, "imagePipelineArn": pipeline}}
        for number, (token, pipeline) in enumerate(CALLS)
    }
    content = {"application/json": {"schema": {"type": "object"}, "examples": examples}}
    operation = {"requestBody": {"required": True, "content": content}, "responses": {"default": {"description": ""}}}
    paths = {"/StartImagePipelineExecution": {"put": operation}}
    return {"openapi": "3.1.0", "info": {"title": "calls", "version": "1"}, "paths": paths}


def by_firefox(_: Tools, server: ReferenceServer, out: Path) -> None:
    """Firefox's developer tools write a HAR of each page that they load, if told so by its settings."""
    profile = out.with_suffix(".profile")
    settings: Mapping[str, object] = {
        "devtools.netmonitor.har.enableAutoExportToFile": True,
        "devtools.netmonitor.har.defaultLogDir": str(out.parent),
        "devtools.netmonitor.har.defaultFileName": out.stem,
        "devtools.netmonitor.har.forceExport": True,
        "devtools.netmonitor.har.pageLoadedTimeout": 3000,
        "devtools.toolbox.selectedTool": "netmonitor",
        "devtools.netmonitor.persistlog": True,
        "datareporting.policy.dataSubmissionEnabled": False,
        "browser.shell.checkDefaultBrowser": False,
    }
    shutil.rmtree(profile, ignore_errors=True)
    profile.mkdir()
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    with page_before(server.url, CALLS) as url:
        words: list[str | Path] = ["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--devtools", url]
        with background(words, lambda: out.exists() and out.stat().st_size > 0):
            time.sleep(1)
