"""AWS's names that lead to this machine: what a run does on AWS, without any risk."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

HOST = "imagebuilder.us-east-1.amazonaws.com"
_HERE = ("127.0.0.1", "localhost")


@contextmanager
def resolving(*hosts: str) -> Iterator[list[str]]:
    """Let the names lead to this machine, and no name to any other; gives those that are looked up."""
    names: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in hosts:
            names.append(host)
            return real("127.0.0.1", *args, **kwargs)
        assert host in _HERE, f"{host} must not be looked up"
        return real(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield names


def under_an_aws_name(url: str) -> str:
    """The URL of a server of this machine, by a name of AWS."""
    return f"http://{HOST}:{urlsplit(url).port}"


def resolver_for_processes(folder: Path) -> dict[str, str]:
    """The environment in which the name leads to this machine for other processes too, and no other name anywhere."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_RESOLVER.format(host=HOST, here=json.dumps(_HERE)), encoding="utf-8")
    others = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [others])])}


_RESOLVER = """
import socket

real = socket.getaddrinfo


def getaddrinfo(host, *args, **kwargs):
    if host == "{host}":
        host = "127.0.0.1"
    if host not in {here}:
        raise OSError(f"{{host}} must not be looked up")
    return real(host, *args, **kwargs)


socket.getaddrinfo = getaddrinfo
"""
