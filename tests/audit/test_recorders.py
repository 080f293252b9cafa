"""Recordings of real tools: a conformant target is never accused, a broken one found where the tool keeps enough."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from imagebuilder_conformance.auditing.account import LeftOut
from tests.audit.conversation import RECORDINGS
from tests.audit.reading import read
from tests.audit.recorders.trimming import KEPT
from tests.support.runs import failed

_TOKEN_IGNORED = {"idempotency.replay.same-image", "idempotency.mismatch.refused"}
BROKEN = {"token-ignored": _TOKEN_IGNORED, "status-created": {"response.status"}}
# Of these recorders nothing can be judged, and why.
SILENT = {
    "chrome-har-capturer-blob.har": {LeftOut.NO_BODY: 8},
    "har-capture.har": {LeftOut.LENGTH: 8},
    "pcap2har.har": {LeftOut.MELTED: 1},
}
# What may name the machine or the person that recorded.
_PERSONAL = re.compile(rb"X11|Mozilla|Linux|/root|/home|/tmp|/work|[\w.]+@[\w.]+|C:\\\\", re.IGNORECASE)


def recording(name: str, kind: str) -> Path:
    stem, _, suffix = name.partition(".")
    return RECORDINGS / f"{stem}-{kind}.{suffix}"


@pytest.mark.parametrize("name", KEPT)
def test_a_conformant_target_is_not_accused(name: str) -> None:
    exchanges, accounts, report = read(recording(name, "conformant"))
    [account] = accounts
    assert failed(report) == set()
    assert dict(account.left_out) == SILENT.get(name, {})
    assert len(exchanges) == (0 if name in SILENT else 8)


@pytest.mark.parametrize("name", [name for name, defect in KEPT.items() if defect])
def test_a_broken_target_is_found(name: str) -> None:
    _, _, report = read(recording(name, "broken"))
    assert failed(report) == BROKEN[KEPT[name] or ""]


@pytest.mark.parametrize("name", KEPT)
def test_a_recording_names_nobody(name: str) -> None:
    for kind in ("conformant", "broken") if KEPT[name] else ("conformant",):
        for content in _contents(recording(name, kind)):
            assert _PERSONAL.findall(content) == []


def _contents(path: Path) -> list[bytes]:
    if path.suffix != ".zip":
        return [path.read_bytes()]
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize("kept", range(1, 8))
def test_exchanges_of_one_connection_that_pcap2har_melts_are_left_out(kept: int, tmp_path: Path) -> None:
    """However many there are, and whichever of them had a body: what proves it is that a request has one host."""
    har = json.loads(recording("pcap2har.har", "conformant").read_text(encoding="utf-8"))
    request, response = har["log"]["entries"][0]["request"], har["log"]["entries"][0]["response"]
    single = json.loads(recording("pcap2har-a-connection-each.har", "conformant").read_text(encoding="utf-8"))
    whole = single["log"]["entries"][0]
    hosts = [each for each in request["headers"] if each["name"].lower() == "host"]
    # A request without a body melted with the call: the call's body is whole, all that answers say is of several.
    request |= {"postData": whole["request"]["postData"], "bodySize": whole["request"]["bodySize"]}
    request["headers"] = [*hosts[:kept], *whole["request"]["headers"]]
    response |= {"content": whole["response"]["content"], "status": 201}
    path = tmp_path / "melted.har"
    path.write_text(json.dumps(har), encoding="utf-8")
    exchanges, accounts, _ = read(path)
    assert exchanges == []
    assert dict(accounts.each[0].left_out) == {LeftOut.MELTED: 1}
