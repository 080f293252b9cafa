"""Models as packages ship them: gzipped, in a wheel, in an npm package, in a folder of data or of packages."""

import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatch
from pathlib import Path

from imagebuilder_conformance.drift.nodes import UnreadableModelError
from imagebuilder_reports.errors import UnreadableError
from imagebuilder_reports.files import expect_file

LARGEST = 64 * 1024 * 1024
"""How many bytes a model may have, unpacked. That of the whole service has less than one million."""

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ARCHIVES = (".whl", ".zip", ".tgz", ".tar.gz")
_LOOSE = (".json", ".json.gz")
# Where botocore, and AWS's SDK for JavaScript v2, keep the model of a service.
_PLACES = ("{0}/*/service-2.json", "{0}/*/service-2.json.gz", "apis/{0}-*.min.json")
# An archive's times are those of the epoch of its format where its maker wanted builds to be repeatable.
_EPOCHS = frozenset({1970, 1980, 1985})


@dataclass(frozen=True, slots=True)
class Document:
    """A model's JSON value, what to call it, and the day that its package gives it, if any."""

    name: str
    value: object
    released: date | None = None


def documents(path: Path, service: str) -> Iterator[Document]:
    """The models of a service in a file, a package or a folder, in the order of their names, versions as numbers.

    Raises:
        UnreadableModelError: Something can't be read, or there is no model in it.
    """
    try:
        expect_file(path)
        found = list(_in_folder(path, service) if path.is_dir() else _in_file(path, path.read_bytes(), service))
    except UnreadableError as error:
        raise UnreadableModelError(str(error)) from error
    except OSError as error:
        raise UnreadableModelError(f"{path} cannot be read: {error.strerror or error}") from error
    if not found:
        raise UnreadableModelError(f"{path} holds no model of {service}: expected {_expected(service)}")
    yield from sorted(found, key=lambda each: _natural(each.name))


def _expected(service: str) -> str:
    return ", ".join(f"*/{place.format(service)}" for place in _PLACES)


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key by which 1.9 comes before 1.10."""
    return tuple((int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name))


def _in_folder(folder: Path, service: str) -> Iterator[Document]:
    """Models where packages keep them, and those of packages; JSON files of other names only where there are none."""
    placed = {each for place in _PLACES for each in folder.rglob(place.format(service))}
    # The other name of the same model in the same folder.
    paths = [path for path in placed if not (path.suffix == ".gz" and path.with_suffix("") in placed)]
    files = [path for path in folder.iterdir() if path.is_file()]
    paths += [path for path in files if path.name.endswith(_ARCHIVES)]
    for path in paths or [path for path in files if path.name.endswith(_LOOSE)]:
        yield from _in_file(path, path.read_bytes(), service)


def _is_placed(path: Path, service: str) -> bool:
    return any(fnmatch(str(path), f"*/{place.format(service)}") for place in _PLACES)


def _in_file(path: Path, data: bytes, service: str) -> Iterator[Document]:
    if data.startswith(_ZIP):
        yield from _in_zip(path, data, service)
    elif path.name.endswith((".tgz", ".tar.gz")):
        yield from _in_tar(path, data, service)
    else:
        yield Document(str(path), _parsed(data, str(path)))


def _in_zip(path: Path, data: bytes, service: str) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                if _is_placed(Path("/", member.filename), service):
                    packed = b"" if member.file_size > LARGEST else archive.read(member)
                    where = f"{path}:{member.filename}"
                    if not packed:
                        raise _too_large(where)
                    day = None if member.date_time[0] in _EPOCHS else date(*member.date_time[:3])
                    yield Document(_called(path), _parsed(packed, where), day)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableModelError(f"{path} is a damaged zip: {error}") from error


def _in_tar(path: Path, data: bytes, service: str) -> Iterator[Document]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile() and _is_placed(Path("/", member.name), service):
                    where = f"{path}:{member.name}"
                    opened = archive.extractfile(member) if member.size <= LARGEST else None
                    if opened is None:
                        raise _too_large(where)
                    day = datetime.fromtimestamp(member.mtime, UTC).date()
                    yield Document(_called(path), _parsed(opened.read(), where), None if day.year in _EPOCHS else day)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise UnreadableModelError(f"{path} is a damaged archive: {error}") from error


def _called(path: Path) -> str:
    """A package by its name and version: a wheel's name has more to say than that."""
    name, version, *_ = (*path.name.split("-"), "")
    if path.suffix == ".whl" and version:
        return f"{name} {version}"
    return path.name.removesuffix(".tgz").removesuffix(".tar.gz").removesuffix(".zip")


def _parsed(data: bytes, where: str) -> object:
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableModelError(f"{where} is damaged gzip: {error}") from error
    if len(data) > LARGEST:
        raise _too_large(where)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableModelError(f"{where} is not JSON: {error}") from error


def _too_large(where: str) -> UnreadableModelError:
    return UnreadableModelError(f"{where} is larger than {LARGEST} bytes, which no service model is")
