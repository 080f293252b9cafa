"""The suites: pytest modules whose tests are checks. `pytest --pyargs imagebuilder_conformance.suites` runs them."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from imagebuilder_conformance.checks import Check, check_of
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.passive import PassiveCheck


def declared_checks() -> Iterator[Check | PassiveCheck]:
    """Every check: those of the suites in the order of their definition, then the passive ones."""
    yield from (check for check, _ in declared_tests())


def declared_tests() -> Iterator[tuple[Check | PassiveCheck, Callable[..., object]]]:
    """Every check with the function that judges, or that makes what judges, in the same order."""
    for module in sorted(info.name for info in iter_modules(__path__) if info.name.startswith("test_")):
        members = vars(import_module(f"{__name__}.{module}")).values()
        yield from ((found, member) for member in members if (found := check_of(member)))
    yield from ((check, check.begin) for check in PASSIVE_CHECKS)


def active_checks() -> tuple[Check, ...]:
    """The checks that send something."""
    return tuple(check for check in declared_checks() if isinstance(check, Check))
