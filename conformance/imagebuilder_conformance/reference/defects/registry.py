"""How a class becomes a defect or a variation of the catalogue."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_spec import DEFAULT_REVISION, Suite, load_contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A behaviour under a name.

    Attributes:
        sentence: what is wrong or unusual about it.
        revision: the revision of the contract that it otherwise keeps, and in which it shows.
        rate_limit: the limit that it needs in order to show, in requests a second.
        verify_signatures: whether it verifies signatures.
    """

    name: str
    sentence: str
    behaviour: type[Behaviour]
    revision: str = DEFAULT_REVISION
    rate_limit: float | None = None
    verify_signatures: bool = True

    def shows_in(self, revision: str) -> bool:
        """Whether the entry shows in a revision: in its own, and in each if it is about what they all have."""
        return self.revision in {DEFAULT_REVISION, revision}

    def settings(self, base: Settings | None = None) -> Settings:
        """The settings to start it with: those given, with what it needs itself."""
        base = base or Settings(contract=load_contract(self.revision))
        return replace(
            base,
            rate_limit=self.rate_limit if base.rate_limit is None else base.rate_limit,
            verify_signatures=self.verify_signatures and base.verify_signatures,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect(Entry):
    """A mistake. `breaks` is the clause that a reader would look for first; others may break with it.

    `load_only` says that it shows under load only: among many tokens, or many requests at the same time. `throttles`
    says that it makes a run go slower and slower. `thorough` says that it shows in a thorough run only.
    """

    area: str
    breaks: str
    load_only: bool = False
    throttles: bool = False
    thorough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation(Entry):
    """A behaviour that is unusual and right.

    Attributes:
        warns: the clauses (SHOULD) that it may break; no other may.
        suites: the suites that it must hold.
        completes: whether a run can judge everything; else it is incomplete, and blames nobody.
    """

    warns: tuple[str, ...] = ()
    suites: tuple[Suite, ...] = tuple(Suite)
    completes: bool = True


_Kind = TypeVar("_Kind", bound=type[Behaviour])

CURRENT = "current"
"""The revision whose requests have tags, and longer tokens."""

DEFECTS: dict[str, Defect] = {}
VARIATIONS: dict[str, Variation] = {}


def defect(
    name: str,
    *,
    breaks: str,
    revision: str = DEFAULT_REVISION,
    rate_limit: float | None = None,
    verify_signatures: bool = True,
    load_only: bool = False,
    throttles: bool = False,
    thorough: bool = False,
) -> Callable[[_Kind], _Kind]:
    """Put a behaviour into the catalogue as a defect; its docstring is its sentence.

    Its module is its area, or the folder of its module, where an area has several.
    """

    def register(behaviour: _Kind) -> _Kind:
        DEFECTS[_unused(name)] = Defect(
            name=name,
            sentence=_sentence(behaviour),
            behaviour=behaviour,
            area=_area(behaviour),
            breaks=breaks,
            revision=revision,
            rate_limit=rate_limit,
            verify_signatures=verify_signatures,
            load_only=load_only,
            throttles=throttles,
            thorough=thorough,
        )
        return behaviour

    return register


def variation(
    name: str,
    *,
    warns: tuple[str, ...] = (),
    suites: tuple[Suite, ...] = tuple(Suite),
    completes: bool = True,
    revision: str = DEFAULT_REVISION,
    rate_limit: float | None = None,
    verify_signatures: bool = True,
) -> Callable[[_Kind], _Kind]:
    """Put a behaviour into the catalogue as a conformant variation; its docstring is its sentence."""

    def register(behaviour: _Kind) -> _Kind:
        VARIATIONS[_unused(name)] = Variation(
            name=name,
            sentence=_sentence(behaviour),
            behaviour=behaviour,
            warns=warns,
            suites=suites,
            completes=completes,
            revision=revision,
            rate_limit=rate_limit,
            verify_signatures=verify_signatures,
        )
        return behaviour

    return register


def _area(behaviour: type[Behaviour]) -> str:
    _, _, below = behaviour.__module__.partition(f"{__package__}.")
    return below.partition(".")[0]


def _unused(name: str) -> str:
    if name in DEFECTS or name in VARIATIONS:
        raise ValueError(f"expected a new name, but {name!r} is in the catalogue already")
    return name


def _sentence(behaviour: type[Behaviour]) -> str:
    return " ".join((inspect.cleandoc(behaviour.__doc__ or "")).split())
