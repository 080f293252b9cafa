"""What makes a pytest test a check: an id, the clauses it judges, and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from imagebuilder_conformance.oracles.passive import law_of, reason_of

Test = TypeVar("Test", bound=Callable[..., None])

_ATTRIBUTE = "imagebuilder_check"


class SharedStart(StrEnum):
    """A start that checks share under a budget, each with a token of its own kind (`probing/thrift.py` makes them)."""

    FIRST = "first"
    LAST_CHARACTER = "last-character"
    OTHER_CASE = "other-case"
    PUNCTUATION = "punctuation"
    BLANK = "blank"
    OUTSIDE_ASCII = "outside-ascii"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it is declared; `reason` is what its docstring says beyond the law.

    `executions` is how many builds it starts on a conformant target at least; `pipelines` how many known ones it
    needs. `last` puts it after all others, for what is judged after other traffic. `shares` are the starts that it
    makes do with under a budget; None: it makes its own there too. `overlaps` says that its requests overlap: a
    broken target may start several builds at once for them, and the tokens must not have been used before.
    `off_aws` says that it can judge nothing on AWS, of which no fault is demanded and which verifies credentials.
    `alone` keeps it from workers: it is made while no other check is, by the process that leads the run and has its
    first start.
    """

    id: str
    clauses: tuple[str, ...]
    law: str
    reason: str = ""
    executions: int = 0
    pipelines: int = 1
    last: bool = False
    shares: tuple[SharedStart, ...] | None = None
    overlaps: bool = False
    alone: bool = False
    off_aws: bool = False

    @property
    def least(self) -> int:
        """How many builds it takes under a budget, those included that it shares."""
        return self.executions if self.shares is None else len(self.shares)

    @property
    def makes_do(self) -> bool:
        """Whether it needs no start of its own under a budget."""
        return self.shares is not None or not self.executions


def check(
    id_: str,
    *clauses: str,
    executions: int = 0,
    pipelines: int = 1,
    last: bool = False,
    shares: tuple[SharedStart, ...] | None = None,
    overlaps: bool = False,
    alone: bool = False,
    off_aws: bool = False,
) -> Callable[[Test], Test]:
    """Declare a test a check. Its docstring states the law; `probe` is what it works with."""

    def declare(test: Test) -> Test:
        declared = Check(
            id_,
            clauses,
            law_of(test),
            reason_of(test),
            executions,
            pipelines,
            last,
            shares=shares,
            overlaps=overlaps,
            alone=alone,
            off_aws=off_aws,
        )
        setattr(test, _ATTRIBUTE, declared)
        return test

    return declare


def check_of(test: object) -> Check | None:
    """The declaration of a test function, or None for a test that is not a check."""
    declared = getattr(test, _ATTRIBUTE, None)
    return declared if isinstance(declared, Check) else None
