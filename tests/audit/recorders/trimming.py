"""Makes test data of recordings: the calls alone, without what names a person, a machine or its programs.

    python -m tests.audit.recorders.trimming FOLDER

FOLDER is that of `record_with_everything`.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

from tests.audit.conversation import RECORDINGS

# Each with a defect of a target that its recorder keeps enough of to show, if it does.
KEPT: dict[str, str | None] = {
    "playwright-minimal.har": "token-ignored",
    "playwright-attach-zip.zip": "token-ignored",
    "firefox.har": "token-ignored",
    "puppeteer-har.har": "status-created",
    "puppeteer-har-saveresponse.har": "token-ignored",
    "chrome-har-capturer-blob.har": None,
    "chrome-har-capturer-content.har": "token-ignored",
    "chrome-har.har": "token-ignored",
    "har-recorder.har": "token-ignored",
    "node-fetch-har.har": "token-ignored",
    "axios-har-tracker.har": "status-created",
    "polly-js.har": "token-ignored",
    "requests-har.har": "token-ignored",
    "harlem.har": "token-ignored",
    "har-capture.har": None,
    "pcap2har.har": None,
    "pcap2har-a-connection-each.har": "token-ignored",
    "vcrpy-json.json": "status-created",
    "aws-cli-debug.log": "token-ignored",
}
_HEADERS = re.compile(r"accept.*|connection|origin|referer|sec-.*|user-agent|upgrade-.*", re.IGNORECASE)
_MEMBERS = frozenset({"pages", "pageref", "serverIPAddress", "browser", "comment", "headersSize", "connection"})
_LOGGERS = re.compile(r" - botocore\.(endpoint|parsers|httpsession) - | - urllib3\.connectionpool - |^b['\"]")


def trimmed(value: Any) -> Any:
    """A HAR or a cassette without members and headers that say nothing of a call."""
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if name not in _MEMBERS and not _is_private(name)}
        return {
            name: {key: text for key, text in each.items() if not _HEADERS.fullmatch(key)}
            if name == "headers" and isinstance(each, dict)
            else trimmed(each)
            for name, each in kept.items()
        }
    if isinstance(value, list):
        return [trimmed(each) for each in value if not _is_other(each)]
    return value


def _is_private(name: str) -> bool:
    return name.startswith("_") and name not in ("_file", "_encoding")


def _is_other(each: Any) -> bool:
    """Whether it is a header that tells of a program, or a request that is no call."""
    if not isinstance(each, dict):
        return False
    method = str(each.get("request", {}).get("method", "PUT")) if isinstance(each.get("request"), dict) else "PUT"
    return bool(_HEADERS.fullmatch(str(each.get("name", "")))) or method.upper() != "PUT"


def _text(value: Any) -> str:
    return json.dumps(trimmed(value), indent=1, ensure_ascii=False) + "\n"


def _trim_zip(recording: Path, out: Path) -> None:
    with zipfile.ZipFile(recording) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as small:
        text = _text(json.loads(archive.read("har.har")))
        for name in ("har.har", *dict.fromkeys(re.findall(r'"_file": "([^"]+)"', text))):
            content = text.encode() if name == "har.har" else archive.read(name)
            small.writestr(zipfile.ZipInfo(name), content)


def _log(text: str) -> str:
    lines = (line for line in text.splitlines() if _LOGGERS.search(line))
    plain = (re.sub(r"(aws-cli|Boto3|Botocore)/[^'\"]*", r"\1/0.0.0", line) for line in lines)
    return "\n".join(plain) + "\n"


def main(folder: str) -> None:
    """Put what is kept into the folder of test data."""
    for name, defect in KEPT.items():
        stem, _, suffix = name.partition(".")
        for target, kind in {"conformant": "conformant", **({defect: "broken"} if defect else {})}.items():
            recording = Path(folder, "recordings", f"{stem}-{target}.{suffix}")
            out = RECORDINGS / f"{stem}-{kind}.{suffix}"
            if suffix == "zip":
                _trim_zip(recording, out)
            elif suffix == "log":
                out.write_text(_log(recording.read_text(encoding="utf-8")), encoding="utf-8")
            else:
                out.write_text(_text(json.loads(recording.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
