"""What a soak is started with, as the command hands it to the process that soaks."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a process of a soak does: all, lead, or send."""

    ALONE = "alone"
    MASTER = "master"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a process soaks.

    Attributes:
        flags: the options of the target and of the report, as the command got them.
        users: how many users send, all workers together.
        spawn_rate: how many of them start in a second.
        duration: seconds for which they send.
        expect_workers: how many workers a master waits for.
        parent: the process that started this one, and with which it ends.
        host: where the master listens, or where a worker finds it; `port` as well.
    """

    role: Role = Role.ALONE
    flags: Mapping[str, Any] = field(default_factory=dict)
    users: int = 1
    spawn_rate: float = 1.0
    duration: float = 1.0
    expect_workers: int = 1
    host: str = "127.0.0.1"
    port: int = 5557
    parent: int = 0

    def to_json(self) -> str:
        """The options as a text for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Options":
        """The options back from their text."""
        members = json.loads(text)
        return cls(**{**members, "role": Role(members["role"])})
