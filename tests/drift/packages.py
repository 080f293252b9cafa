"""The kept model as packages ship it."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PLACE = "botocore/data/imagebuilder/2019-12-02/service-2.json"


def gzipped(document: Mapping[str, Any]) -> bytes:
    return gzip.compress(json.dumps(document).encode(), mtime=0)


def wheel(path: Path, document: Mapping[str, Any], *, day: tuple[int, int, int] = (2026, 4, 3)) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("botocore/data/s3/2006-03-01/service-2.json", (*day, 0, 0, 0)), b"{}")
        archive.writestr(zipfile.ZipInfo(f"{PLACE}.gz", (*day, 0, 0, 0)), gzipped(document))
    return path


def npm_package(path: Path, document: Mapping[str, Any]) -> Path:
    """As npm packs it: one date for all, in 1985."""
    content = json.dumps(document).encode()
    member = tarfile.TarInfo("package/apis/imagebuilder-2019-12-02.min.json")
    member.size, member.mtime = len(content), 499162500
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(member, io.BytesIO(content))
    return path


def data_folder(path: Path, document: Mapping[str, Any]) -> Path:
    model = path / f"{PLACE}.gz"
    model.parent.mkdir(parents=True)
    model.write_bytes(gzipped(document))
    (path / "botocore/data/endpoints.json").write_text("{}", encoding="utf-8")
    return path


def gzip_file(path: Path, document: Mapping[str, Any]) -> Path:
    path.write_bytes(gzipped(document))
    return path


SHIPPED: Mapping[str, Callable[[Path, Mapping[str, Any]], Path]] = {
    "service-2.json.gz": gzip_file,
    "botocore-1.42.83-py3-none-any.whl": wheel,
    "aws-sdk-2.1693.0.tgz": npm_package,
    "site-packages": data_folder,
}
"""What makes a package of a model, by the name that it has."""
