"""The table of clients, `clients.toml`, read and checked."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GROUPS = ("python", "node", "debian")


@dataclass(frozen=True, kw_only=True)
class Client:
    """How a client is installed and started; the file's head says what its members mean."""

    name: str
    group: str
    start: tuple[str, ...]
    packages: tuple[str, ...]
    means: str
    form: str = ""
    environment: str = ""


@dataclass(frozen=True)
class Table:
    """All clients in the order of the file, and what else it says."""

    clients: tuple[Client, ...]
    absent: dict[str, str]


def read_table() -> Table:
    """The table.

    Raises:
        TypeError: An entry has a member that nobody knows.
        ValueError: An entry is of no known group, or two have one name.
    """
    table = tomllib.loads((HERE / "clients.toml").read_text(encoding="utf-8"))
    clients = tuple(
        Client(**{**entry, "start": tuple(entry["start"]), "packages": tuple(entry["packages"])})
        for entry in table["client"]
    )
    names = [client.name for client in clients]
    if len(set(names)) < len(names):
        raise ValueError(f"clients.toml: expected names that differ, got {sorted(names)}")
    for client in clients:
        if client.group not in GROUPS:
            raise ValueError(f"{client.name}: expected a group of {', '.join(GROUPS)}, got {client.group}")
    return Table(clients, table.get("absent", {}))
