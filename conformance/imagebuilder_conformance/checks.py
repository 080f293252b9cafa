"""What makes a pytest test a check: an id, the clauses it judges, and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from imagebuilder_conformance.oracles.passive import law_of, reason_of

Test = TypeVar("Test", bound=Callable[..., None])

_ATTRIBUTE = "imagebuilder_check"


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it is declared; `reason` is what its docstring says beyond the law.

    `executions` is how many builds it starts on a conformant target at least; `pipelines` how many known ones it
    needs. `last` puts it after all others, for what is judged after other traffic.
    """

    id: str
    clauses: tuple[str, ...]
    law: str
    reason: str = ""
    executions: int = 0
    pipelines: int = 1
    last: bool = False


def check(
    id_: str, *clauses: str, executions: int = 0, pipelines: int = 1, last: bool = False
) -> Callable[[Test], Test]:
    """Declare a test a check. Its docstring states the law; `probe` is what it works with."""

    def declare(test: Test) -> Test:
        setattr(test, _ATTRIBUTE, Check(id_, clauses, law_of(test), reason_of(test), executions, pipelines, last))
        return test

    return declare


def check_of(test: object) -> Check | None:
    """The declaration of a test function, or None for a test that is not a check."""
    declared = getattr(test, _ATTRIBUTE, None)
    return declared if isinstance(declared, Check) else None
