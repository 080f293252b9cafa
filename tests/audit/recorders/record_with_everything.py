"""Records the reference target with every recorder that installs, and prints the table of docs/audit.md.

    python -m tests.audit.recorders.record_with_everything FOLDER [RECORDER ...]

Outside CI: FOLDER gets the recorders' packages, of PyPI and npm, and their recordings, which are
not made anew where they are there. Debian's packages `chromium`,
`firefox-esr`, `tcpdump` and `tshark` have to be there. A recorder that fails is named in the table with its error.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects import catalogue
from tests.audit.recorders.tools import Tools
from tests.audit.recorders.ways import (
    Record,
    by_aws_cli,
    by_firefox,
    by_har_capture,
    by_mitmproxy,
    by_node,
    by_playwright,
    by_playwright_trace,
    by_python,
    by_schemathesis,
    by_tcpdump,
)
from tests.support.command import here
from tests.support.runs import serving

DEFECTS = ("token-ignored", "mismatch-ignored", "status-created")


@dataclass(frozen=True)
class Recorder:
    """A way to record: what it is called, of which packages it consists, and what its files are called."""

    name: str
    packages: tuple[str, ...]
    record: Record
    suffix: str = ".har"


# What is missing from a recording, or is not as it was sent, as seen; of the others nothing that an audit needs.
DROPS = {
    "Playwright, minimal": "sizes",
    "Playwright, attach": "nothing; bodies lie beside the HAR, and the text of a request's is empty",
    "Playwright, attach, zip": "nothing; bodies lie in the zip, and the text of a request's is empty",
    "Playwright, omit": "all bodies; the text of a request's is empty, though it says its length",
    "Firefox": "nothing; the size of an answer's body counts the headers too",
    "puppeteer-har": "answers' bodies, `Host`, `Content-Length`",
    "puppeteer-har saveResponse": "`Host`, `Content-Length`",
    "puppeteer-har Blob": "requests' bodies, whose size is 0",
    "chrome-har": "the request's text: its members are in `params`; the size of an answer's body is twice its length",
    "chrome-har Blob": "requests' bodies, whose size is 0",
    "chrome-har-capturer": "answers' bodies",
    "chrome-har-capturer Blob": "requests' bodies, whose size is -1",
    "har-recorder": "sizes, durations, `Host`, `Content-Length`",
    "axios-har-tracker": "the bytes of answers: it writes them anew; sizes are those of JSON strings",
    "Polly.js": "nothing; at an answer of 400 or more it fails, unless told to record them",
    "har-capture": "tokens, which are hashed; the lengths stay those of the originals",
    "har-capture --no-salt": "tokens, which all become `***FIELD***`; the lengths stay those of the originals",
    "pcap2har": "all but one entry of a connection, into which it melts the others",
    "vcrpy, YAML": "times, but for that of the signature",
    "vcrpy, JSON": "times; the calls of boto3, which it can't write",
    "vcrpy, of requests": "times",
    "vcrpy, filtered": "times, tokens",
    "Schemathesis, HAR": "nothing; it sends equal examples once",
}

RECORDERS = (
    Recorder("Playwright, full", ("playwright",), by_playwright(record_har_mode="full")),
    Recorder("Playwright, minimal", ("playwright",), by_playwright(record_har_mode="minimal")),
    Recorder("Playwright, attach", ("playwright",), by_playwright(record_har_content="attach")),
    Recorder("Playwright, attach, zip", ("playwright",), by_playwright(record_har_content="attach"), ".zip"),
    Recorder("Playwright, omit", ("playwright",), by_playwright(record_har_content="omit")),
    Recorder("Playwright, trace", ("playwright",), by_playwright_trace, ".trace.zip"),
    Recorder("Firefox", ("firefox-esr",), by_firefox),
    *(
        Recorder(name, (name.split()[0],), by_node(name))
        for name in (
            "puppeteer-har",
            "puppeteer-har saveResponse",
            "puppeteer-har Blob",
            "chrome-har",
            "chrome-har Blob",
            "chrome-har-capturer",
            "chrome-har-capturer content",
            "chrome-har-capturer Blob",
            "har-recorder",
            "node-fetch-har",
            "axios-har-tracker",
        )
    ),
    Recorder("Polly.js", ("@pollyjs/core",), by_node("polly")),
    Recorder("nock recorder", ("nock",), by_node("nock recorder"), ".json"),
    Recorder("mitmproxy, hardump", ("mitmproxy",), by_mitmproxy("hardump")),
    Recorder("mitmproxy, flows", ("mitmproxy",), by_mitmproxy("flows"), ".flows"),
    Recorder("har-capture", ("har-capture",), by_har_capture()),
    Recorder("har-capture --no-salt", ("har-capture",), by_har_capture("--no-salt")),
    Recorder("pcap2har", ("pcap2har", "tshark"), by_tcpdump("sdk")),
    Recorder("pcap2har, a connection each", ("pcap2har", "tshark"), by_tcpdump("apart")),
    Recorder("tcpdump", ("tcpdump",), by_tcpdump("sdk", convert=False), ".pcap"),
    Recorder("tshark", ("tshark",), by_tcpdump("sdk", convert=False, pcapng=True), ".pcapng"),
    Recorder("vcrpy, YAML", ("vcrpy",), by_python("vcrpy yaml"), ".yaml"),
    Recorder("vcrpy, JSON", ("vcrpy",), by_python("vcrpy json"), ".json"),
    Recorder("vcrpy, of requests", ("vcrpy",), by_python("vcrpy requests"), ".yaml"),
    Recorder("vcrpy, filtered", ("vcrpy",), by_python("vcrpy filtered"), ".yaml"),
    Recorder("betamax", ("betamax",), by_python("betamax"), ".json"),
    Recorder("requests-har", ("requests-har",), by_python("requests-har")),
    Recorder("harlem", ("harlem",), by_python("harlem")),
    Recorder("warcio", ("warcio",), by_python("warcio"), ".warc.gz"),
    Recorder("Schemathesis, HAR", ("schemathesis",), by_schemathesis("har")),
    Recorder("Schemathesis, VCR", ("schemathesis",), by_schemathesis("vcr"), ".yaml"),
    Recorder("boto3, log", ("botocore",), by_python("boto3 log"), ".log"),
    Recorder("AWS CLI, debug", ("awscli",), by_aws_cli, ".log"),
)


def verdict_on(recording: Path, broken: str | None) -> tuple[str, str]:
    """What the audit says of a recording of a target, and what it says that it read."""
    done = here("audit", str(recording), cwd=recording.parent)
    said = " ".join(done.text.split())
    if done.code not in (0, 1):
        told = re.search(r"(?<=\): )0 calls judged.*|(?<= is )(an? .*)|what nock.*", said)
        return {2: "not read", 3: "nothing to judge"}.get(done.code, "?"), told[0] if told else said
    account = said.rpartition(recording.name)[2].partition("): ")[2].partition(" recorded traffic was ")[0]
    report = json.loads(here("audit", str(recording), "--json", cwd=recording.parent).out)
    failed = {clause["id"] for clause in report["clauses"] if clause["verdict"] == "failed"}
    if broken is None:
        return ("conformant" if done.code == 0 else f"WRONG: {', '.join(sorted(failed))}"), account
    return ("found" if failed else "not shown"), account


def row(tools: Tools, recorder: Recorder, recordings: Path) -> str:
    """The recorder's row: the verdict on a conformant target, and on each broken one."""
    behaviours: dict[str | None, type[Behaviour]] = {None: Behaviour}
    behaviours |= {name: catalogue.find_defect(name).behaviour for name in DEFECTS}
    verdicts, read = [], ""
    for name, behaviour in behaviours.items():
        words = re.sub(r"[^\w-]+", "-", recorder.name.lower()).strip("-")
        out = recordings / f"{words}-{name or 'conformant'}{recorder.suffix}"
        try:
            if not out.exists():
                with serving(behaviour, verify_signatures=False) as server:
                    recorder.record(tools, server, out)
            verdict, account = verdict_on(out, name)
        except Exception as error:  # noqa: BLE001  # a recorder that fails costs its cell, not the table
            verdict, account = "not recorded", " ".join(str(error).split())[-200:]
        verdicts.append(verdict)
        read = read or account
    release = ", ".join(filter(None, (tools.release_of(each) for each in recorder.packages)))
    drops = DROPS.get(recorder.name, "nothing" if "not read" not in verdicts else "")
    return f"| {recorder.name} | {release} | {drops} | {read} | {' | '.join(verdicts)} |"


def main(folder: str, *names: str) -> None:
    """Record, audit, and print the table."""
    tools, recordings = Tools(Path(folder).resolve()), Path(folder).resolve() / "recordings"
    recordings.mkdir(parents=True, exist_ok=True)
    tools.install()
    say = sys.stdout.write
    say(f"| recorder | version | drops | what the audit says | conformant | {' | '.join(DEFECTS)} |\n")
    say(f"|{' --- |' * (5 + len(DEFECTS))}\n")
    for recorder in RECORDERS:
        if not names or recorder.name in names:
            say(f"{row(tools, recorder, recordings)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
