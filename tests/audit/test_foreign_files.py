"""What is no recording, or one of a tool that is not read, is told by name; archives are unpacked or told as such."""

import os
import zipfile
from pathlib import Path

import pytest

from imagebuilder_reports.errors import MisfitError, ReportError, UnreadableError
from tests.audit.hars import entry, har, headers
from tests.audit.reading import read as read_files

ZERO = headers(("Content-Length", "0"))


def test_a_file_that_is_not_there_or_no_file_is_one_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.har")
    for name in ("none.har", "pipe.har"):
        with pytest.raises(UnreadableError, match="cannot be read"):
            read_files(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"9:2:id;7:version;", "no recording|mitmproxy"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "packet capture"),
        (b"WARC/1.1\r\n", "web archive"),
        (b'{"openapi": "3.1.0"}', "OpenAPI"),
        (b"<html>", "XML or HTML"),
        (b'{"type":"context-options","version":10}\n', "trace of Playwright"),
        (b'{"http_interactions": [{"request": {}}], "recorded_with": "betamax/0.9.0"}', "cassette of another tool"),
        (b"command: 'st run'\nrecorded_with: 'Schemathesis 4'\nhttp_interactions:\n", "cassette of another tool"),
        (b"---\nhttp_interactions:\n- request:\n    method: put\n", "cassette of another tool"),
        (b'[\n {\n  "scope": "http://localhost:80",\n  "method": "PUT"}]', "nock"),
        (b'{"mappings": [{"id": "8c5db8b0", "request": {"url": "/"}}]}', "WireMock"),
        (b'{"data": {"pairs": [{"request": {}}]}, "meta": {"schemaVersion": "v5.2"}}', "Hoverfly"),
        (b'[{"status":"COMPLETE","method":"PUT","actualPort":443,"keptAlive":true}]', "session of Charles"),
        (b'{"info": {"_postman_id": "7", "name": "calls"}}', "Postman"),
        (b"\n\r\r\n\x00\x00", "packet capture"),
        (b"", "no recording that is read"),
        (b"\x00\x01\x02", "no recording that is read"),
    ],
)
def test_a_format_that_is_not_read_gets_its_name_told(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "recording"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=words) as raised:
        read_files(path)
    assert isinstance(raised.value, MisfitError)


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"trace.trace": b'{"version":10,"type":"context-options"}', "resources/0.json": b"{}"}, "trace of Playwright"),
        ({"_index.htm": b"", "raw/1_m.xml": b'<Session SID="1"><SessionTimers ClientConnected="0" />'}, "Fiddler"),
        ({"readme.txt": b"nothing", "raw": b"\x00"}, "none of 2 files is a recording that is read"),
        ({}, "empty zip"),
    ],
)
def test_an_archive_of_another_tool_gets_its_name_told(tmp_path: Path, members: dict[str, bytes], words: str) -> None:
    with pytest.raises(ReportError, match=words):
        read_files(_zip(tmp_path / "recording.zip", **members))


def test_an_empty_zip_beside_a_recording_costs_nothing(tmp_path: Path) -> None:
    har(tmp_path, entry())
    _zip(tmp_path / "other.zip")
    assert len(read_files(tmp_path)[0]) == 1


def test_a_zip_that_can_not_be_unpacked_is_one_sentence(tmp_path: Path) -> None:
    content = har(tmp_path, entry()).read_bytes()
    path = _zip(tmp_path / "recording.zip", **{"traffic.har": content})
    packed = bytearray(path.read_bytes())
    damaged = packed.replace(b"a-token", b"b-token", 1)
    # The flag of a password, in the header of the member and in the directory.
    locked = packed.copy()
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[packed.index(magic) + place] |= 1
    for changed, words in ((damaged, "CRC"), (locked, "password")):
        path.write_bytes(changed)
        with pytest.raises(UnreadableError, match=words):
            read_files(path)
