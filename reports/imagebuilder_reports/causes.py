"""Failures that one server error explains: an uncaught exception breaks several clauses at once, and is one cause."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from imagebuilder_reports.bodies import body_bytes
from imagebuilder_reports.events import FailureRecord
from imagebuilder_reports.model import CheckReport

_SERVER_ERROR = 500
# What differs between two answers of one kind: ids, times, addresses.
_VARYING = re.compile(rb"[0-9a-fA-F-]{8,}|[0-9]+")


class Causes:
    """Sorts failures by their causes.

    Two of them have one cause if both rest on a server error and it is of one kind, its status, code and body alike but
    for ids and numbers, or answers the same request. Whatever else breaks a clause is a cause of its own.
    """

    def __init__(self, failures: Iterable[FailureRecord]) -> None:
        self._failures = tuple(failures)
        self._parents: dict[Hashable, Hashable] = {}
        for failure in self._failures:
            first, *others = _signs(failure)
            for other in others:
                self._parents[self._root(other)] = self._root(first)

    @property
    def count(self) -> int:
        """How many there are."""
        return len({self._cause(failure) for failure in self._failures})

    def sharing(self, failure: FailureRecord) -> tuple[str, ...]:
        """The other clauses that break by the cause of a failure."""
        cause = self._cause(failure)
        clauses = dict.fromkeys(other.clause for other in self._failures if self._cause(other) == cause)
        return tuple(clause for clause in clauses if clause != failure.clause)

    def _cause(self, failure: FailureRecord) -> Hashable:
        return self._root(_signs(failure)[0])

    def _root(self, sign: Hashable) -> Hashable:
        while (parent := self._parents.get(sign, sign)) != sign:
            sign = parent
        return sign


def with_causes(checks: Sequence[CheckReport]) -> tuple[CheckReport, ...]:
    """The checks, each of their failures told which other clauses the same server error breaks."""
    causes = Causes(failure for check in checks for failure in check.failures)

    def told(failure: FailureRecord) -> FailureRecord:
        return replace(failure, shares=causes.sharing(failure))

    return tuple(replace(check, failures=tuple(map(told, check.failures))) for check in checks)


def _signs(failure: FailureRecord) -> Sequence[Hashable]:
    """What failures of one cause have in common, at least one of them."""
    exchange = failure.exchanges[-1] if failure.exchanges else None
    if exchange is None or exchange.last.status is None or exchange.last.status < _SERVER_ERROR:
        return [failure.clause]
    body = exchange.last.body
    kind = exchange.last.status, exchange.code, _VARYING.sub(b"#", body_bytes(body)) if body is not None else b""
    return [kind, (exchange.request.method, exchange.request.url, exchange.request.body)]
