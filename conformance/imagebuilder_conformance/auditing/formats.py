"""Which format a file has, by its content: those that are read, and those that another tool converts."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from imagebuilder_conformance.auditing.files import File
from imagebuilder_conformance.auditing.readers import cassettes, cloudtrail, har, sdk_logs, streams
from imagebuilder_conformance.auditing.reading import Reading
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_reports.errors import MisfitError
from imagebuilder_reports.legible import plural


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read.

    Attributes:
        name: What it is called.
        pattern: What its first bytes hold.
        read: Its reader.
        in_order: Whether its exchanges come in the order of their times.
        suffix: What a name of such a file ends with, so that its reader says what is wrong with one that is damaged.
    """

    name: str
    pattern: re.Pattern[bytes]
    read: Callable[[File, Reading], Iterator[Exchange]]
    in_order: bool = False
    suffix: str | None = None


_JSON_START = rb"\A(?:\xef\xbb\xbf)?\s*[\[{]"

FORMATS: tuple[Format, ...] = (
    Format("events of this suite", re.compile(rb'\A\s*\{\s*"event"\s*:'), streams.read, in_order=True, suffix=".jsonl"),
    Format("HAR", re.compile(_JSON_START + rb'\s*"log"\s*:\s*\{'), har.read, suffix=".har"),
    Format(
        "CloudTrail",
        re.compile(
            _JSON_START + rb'(?:\s*"(?:Records|Events)"\s*:\s*\[|.*"(?:eventSource|CloudTrailEvent|eventsource)"\s*:)',
            re.DOTALL,
        ),
        cloudtrail.read,
    ),
    Format(
        "cassette of vcrpy",
        re.compile(rb'^interactions:|\A\s*\{.*"interactions"\s*:\s*\[', re.MULTILINE | re.DOTALL),
        cassettes.read,
    ),
    Format(
        "debug log of botocore",
        re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} .*botocore", re.MULTILINE),
        sdk_logs.read,
    ),
)

# What it is, and how to make a recording of it that is read.
_FOREIGN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"\A\d+:.*\d+:(?:client_conn|version|server_conn|timestamp|id|type|error)", re.DOTALL),
        "a mitmproxy flow file: convert it with `mitmdump -nr FILE --set hardump=traffic.har`",
    ),
    (
        re.compile(rb"\A(?:\xd4\xc3\xb2\xa1|\xa1\xb2\xc3\xd4|\x4d\x3c\xb2\xa1|\xa1\xb2\x3c\x4d|\n\r\r\n)"),
        "a packet capture: convert it with a tool that makes HAR files of them, if the traffic is not encrypted",
    ),
    (re.compile(rb"\AWARC/"), "a web archive (WARC): convert it with a tool that makes HAR files of it"),
    (re.compile(rb'"_postman_id"|schema\.getpostman\.com'), "a Postman collection, which holds no answers of a run"),
    (re.compile(rb'\A\s*\{\s*"(?:openapi|swagger)"'), "an OpenAPI document, no recording"),
    (re.compile(rb'\A\s*\{\s*"schema_version"\s*:.*"verdict"', re.DOTALL), "a report: name its events.jsonl instead"),
    (re.compile(rb"<SessionTimers\b"), "an archive of Fiddler (SAZ): export the sessions as HTTPArchive (HAR) from it"),
    (
        re.compile(rb'\A\s*\[\s*\{.*"(?:keptAlive|actualPort)"\s*:', re.DOTALL),
        "a session of Charles: export it as HTTP Archive (.har) from there",
    ),
    (
        re.compile(rb'^http_interactions:|\A\s*\{\s*"http_interactions"\s*:|"recorded_with"\s*:', re.MULTILINE),
        "a cassette of another tool than vcrpy (Betamax, VCR, Schemathesis): record a HAR (`st run --report har`)",
    ),
    (
        re.compile(rb'\A\s*\[\s*\{.*"(?:scope|rawHeaders|reqheaders)"\s*:', re.DOTALL),
        "what nock recorded, which has no times: record a HAR",
    ),
    (
        re.compile(rb'\A\s*\{.*"(?:mappings|pairs|schemaVersion)"\s*:', re.DOTALL),
        "the stubs of WireMock or the simulation of Hoverfly, which do not tell calls: record a HAR",
    ),
    (
        re.compile(rb'"type"\s*:\s*"(?:context-options|resource-snapshot)"'),
        "a trace of Playwright: record a HAR with `record_har_path`",
    ),
    (re.compile(rb"\A\s*<"), "XML or HTML: export it as HAR from the tool that wrote it"),
)


def format_of(file: File) -> Format | None:
    """The format of a file, or None where it is none that is read.

    Raises:
        UnreadableError: The file can't be opened.
        MisfitError: The user named the file, and it has another format, or none.
    """
    head = file.head()
    for each in FORMATS:
        if each.pattern.search(head):
            return each
    if not file.named:
        return None
    if known := _foreign(head):
        raise MisfitError(f"{file.name} is {known}")
    if meant := next((each for each in FORMATS if each.suffix and file.name.endswith(each.suffix)), None):
        return meant
    names = ", ".join(each.name for each in FORMATS)
    raise MisfitError(f"{file.name} is no recording that is read: expected one of {names}")


def nothing_read(files: Sequence[File]) -> MisfitError:
    """That none of these files, which a folder or an archive holds, is read; and what the first known one is."""
    for file in files:
        if known := _foreign(file.head()):
            return MisfitError(f"{file.name} is {known}")
    return MisfitError(f"none of {plural(len(files), 'file')} is a recording that is read, such as {files[0].name}")


def _foreign(head: bytes) -> str | None:
    return next((told for pattern, told in _FOREIGN if pattern.search(head)), None)
