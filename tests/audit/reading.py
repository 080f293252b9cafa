"""Reading recordings in tests: the exchanges of files, and what came of each file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imagebuilder_conformance.auditing.account import Accounts
from imagebuilder_conformance.auditing.auditor import Auditor
from imagebuilder_conformance.auditing.files import find
from imagebuilder_conformance.auditing.recordings import audit
from imagebuilder_conformance.auditing.spilling import Spill
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_reports.model import Report
from imagebuilder_spec import Contract
from tests.support.calls import CONTRACT

from .hars import har


class Seen(Auditor):
    """An auditor that keeps what it saw."""

    def __init__(self, contract: Contract = CONTRACT) -> None:
        super().__init__(contract)
        self.kept: list[Exchange] = []

    def see(self, exchange: Exchange, source: str = "") -> None:
        self.kept.append(exchange)
        super().see(exchange, source)


def read(
    *paths: Path, endpoint: str | None = None, contract: Contract = CONTRACT
) -> tuple[list[Exchange], Accounts, Report]:
    """The exchanges of recordings in the order of their times, what came of each file, and the report."""
    with Spill() as spill:
        seen = Seen(contract)
        accounts = audit(find(paths), contract, seen, spill, endpoint=endpoint)
        return seen.kept, accounts, seen.close(incomplete=accounts.incomplete)


def read_entries(folder: Path, *entries: Mapping[str, Any]) -> tuple[list[Exchange], Accounts, Report]:
    """The same of a HAR with these entries."""
    return read(har(folder, *entries))
