"""The files that are meant by paths: alone, gzipped, in a zip, or below a folder."""

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from imagebuilder_reports.errors import UnreadableError
from imagebuilder_reports.reading import EVENTS_FILE, REPORT_FILE

_GZIP, _ZIPS = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_ENDINGS = (".har", ".jsonl", ".json", ".yaml", ".yml", ".log")
_PACKED = (*(f"{ending}.gz" for ending in _ENDINGS), ".zip")
_HEAD = 2**16
DAMAGED = (EOFError, zlib.error, zipfile.BadZipFile)
"""What unpacking a damaged file raises, beside `OSError`."""
_LARGEST_BESIDE = 16 * 2**20


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a recording.

    Attributes:
        name: What to call it.
        open: Opens it, unpacked, from its beginning. Raises `OSError` or one of `DAMAGED`.
        beside: The bytes of the file of that name in the same folder, or None where there is none; names are names,
            no paths.
        named: Whether the user named it, so that it has to be a recording.
    """

    name: str
    open: Callable[[], IO[bytes]]
    beside: Callable[[str], bytes | None]
    named: bool

    def head(self) -> bytes:
        """Its first bytes, unpacked.

        Raises:
            UnreadableError: It can't be opened, or is damaged.
        """
        try:
            with self.open() as opened:
                return opened.read(_HEAD)
        except (OSError, *DAMAGED) as error:
            raise UnreadableError(f"{self.name} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def find(paths: Iterable[Path]) -> tuple[File, ...]:
    """The files that are meant: those named as they are, and what may be a recording below a folder, by name.

    Raises:
        UnreadableError: A path leads nowhere, to what is no file, or to a folder without anything that may be one.
    """
    found: dict[Path, bool] = {}
    for path in paths:
        for each, named in _below(path):
            found[each] = found.get(each, False) or named
    return tuple(file for path, named in found.items() for file in _files(path, named=named))


def _below(path: Path) -> Iterator[tuple[Path, bool]]:
    if not path.is_dir():
        try:
            regular = stat.S_ISREG(path.stat().st_mode)
        except OSError as error:
            raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
        if not regular:
            raise UnreadableError(f"{path} cannot be read: expected a file, it is a pipe or a device")
        yield path, True
        return
    found = sorted(
        each
        for each in path.rglob("*")
        if each.name.endswith(_ENDINGS + _PACKED) and each.is_file() and each.name != REPORT_FILE
    )
    if not found:
        beside = f"; an audit reads {EVENTS_FILE}, not {REPORT_FILE}" if (path / REPORT_FILE).exists() else ""
        expected = ", ".join(f"*{ending}" for ending in (*_ENDINGS, ".zip"))
        raise UnreadableError(f"{path} holds no recording: expected {expected} below it, each also gzipped{beside}")
    yield from ((each, False) for each in found)


def _files(path: Path, *, named: bool) -> Iterator[File]:
    """The file, or those that may be recordings in a zip."""
    try:
        with path.open("rb") as opened:
            magic = opened.read(4)
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}") from error
    if magic in _ZIPS:
        yield from _zipped(path, named=named)
    elif magic.startswith(_GZIP):
        yield File(str(path), lambda: _unpacked(path), _beside(path), named)
    else:
        yield File(str(path), lambda: path.open("rb"), _beside(path), named)


def _unpacked(file: Path | IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file))


def _beside(path: Path) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        file = path.parent / PurePosixPath(name).name
        return file.read_bytes() if file.is_file() and file.stat().st_size <= _LARGEST_BESIDE else None

    return read


def _zipped(path: Path, *, named: bool) -> Iterator[File]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableError(f"{path} is a damaged zip: {error}") from error
    # Open until the process ends: its members are read one after the other.
    members = {each.filename: each for each in archive.infolist() if not each.is_dir()}
    hars = [name for name in members if name.endswith(".har")]
    if named and not members:
        raise UnreadableError(f"{path} is an empty zip")
    # Beside a HAR lie the bodies of its entries, which may look like anything. Without one, what the members hold tells
    # which tool's archive it is.
    for name in hars or members:

        def read(name: str = name) -> IO[bytes]:
            try:
                opened = archive.open(name)
            except (RuntimeError, NotImplementedError) as error:
                raise OSError(str(error)) from error  # with a password, or packed in a way that Python does not know
            return _unpacked(opened) if name.endswith(".gz") else opened

        yield File(f"{path}:{name}", read, _beside_in(archive, members, name), named=False)


def _beside_in(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> Callable[[str], bytes | None]:
    folder = PurePosixPath(name).parent

    def read(other: str) -> bytes | None:
        member = members.get(str(folder / PurePosixPath(other).name))
        return archive.read(member) if member is not None and member.file_size <= _LARGEST_BESIDE else None

    return read


def as_text(opened: IO[bytes]) -> io.TextIOWrapper:
    """A file's text in UTF-8, with or without a byte order mark."""
    return io.TextIOWrapper(opened, encoding="utf-8-sig")
