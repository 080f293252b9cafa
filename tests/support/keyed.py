"""Targets whose keys end: reference targets that look at who calls, and at nothing else of a signature."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings

EXPIRED = "ExpiredTokenException"


def key_of(call: Call) -> str:
    """The key that a call is signed with, whoever it is of."""
    found = re.search(r"Credential=([^/]+)/", call.headers.get("authorization", ""))
    return found[1] if found else ""


class Keyed(Behaviour):
    """Serves the first key for so many requests, then refuses it; where not `only_first`, every other one likewise."""

    lasts = 60
    status, code = 403, EXPIRED
    only_first = True
    on_end: ClassVar[Sequence[Callable[[], object]]] = ()
    """Called when a key is refused for the first time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.served: dict[str, int] = {}
        self.refused = 0

    def authenticate(self, call: Call) -> None:
        """Refuse what has ended."""
        key = key_of(call)
        count = self.served[key] = self.served.get(key, 0) + 1
        ends = not self.only_first or key == next(iter(self.served))
        if ends and count > self.lasts:
            if not self.refused:
                for call_back in self.on_end:
                    call_back()
            self.refused += 1
            raise Fault(self.code, "The security token included in the request is expired", status=self.status)


@dataclass(frozen=True)
class KeyedServer:
    """A target of this kind, and what it has seen."""

    url: str
    behaviour: Keyed


@contextmanager
def keyed(behaviour: type[Keyed]) -> Iterator[KeyedServer]:
    """A target of this behaviour."""
    with ReferenceServer(Settings(verify_signatures=False), behaviour=behaviour) as server:
        assert isinstance(server.behaviour, Keyed)
        yield KeyedServer(server.url, server.behaviour)
