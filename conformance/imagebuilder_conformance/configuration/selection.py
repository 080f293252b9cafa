"""Which part of the contract is judged: revision, suites and prefixes of clauses."""

import difflib
from collections.abc import Iterable

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.extras import installed_suites
from imagebuilder_spec import Clause, Suite, load_contract, revisions


def contract_of(revision: str) -> str:
    """A revision of the contract that there is. Raises `UsageError`."""
    if revision not in revisions():
        raise UsageError(f"--contract: expected one of {', '.join(revisions())}, got {revision!r}")
    return revision


def suites_of(
    names: tuple[str, ...] | list[str] | None, *, narrowed: bool, embedded: bool, sdk_elsewhere: bool = False
) -> tuple[Suite, ...]:
    """The suites by name, in their own order.

    Where none is named they are all for the embedded target, and where the run is `narrowed` to clauses of any suite.

    A suite that can't be run for lack of its extra is among them only if it, or a clause, was asked for by name.
    `sdk_elsewhere` says that another interpreter brings that of the suite `sdk`.
    """
    installed = installed_suites(sdk_elsewhere=sdk_elsewhere)
    if not names and narrowed:
        return tuple(Suite)
    if not names:
        return installed if embedded else (Suite.CORE,)
    if "all" in names:
        return tuple(suite for suite in Suite if suite in installed or suite in names)
    for name in names:
        if name not in list(Suite):
            raise UsageError(f"--suite: expected one of {', '.join(Suite)} or all, got {name!r}")
    return tuple(suite for suite in Suite if suite in names)


def check_prefixes(prefixes: tuple[str, ...], suites: tuple[Suite, ...], revision: str) -> None:
    """Each prefix selects something: a run must not end well because it judged nothing. Raises `UsageError`."""
    clauses = load_contract(revision).clauses.values()
    for prefix in prefixes:
        named = [clause for clause in clauses if in_prefix(clause.id, prefix)]
        if not named and (having := revisions_with(prefix)):
            raise UsageError(f"{prefix!r} is not in revision {revision}; say --contract {' or '.join(having)}")
        if not named:
            raise UsageError(f"no clause starts with {prefix!r}; {_meant(prefix, clauses)}")
        if not any(clause.suite in suites for clause in named):
            others = ", ".join(sorted({clause.suite for clause in named}))
            raise UsageError(f"nothing below {prefix!r} is in --suite {', '.join(suites)}; it is in {others}")


def _meant(prefix: str, clauses: Iterable[Clause]) -> str:
    """What may have been meant, else where to look."""
    parts = (clause.id.split(".") for clause in clauses)
    known = dict.fromkeys(".".join(each[:end]) for each in parts for end in range(1, len(each) + 1))
    near = difflib.get_close_matches(prefix, known, n=3, cutoff=0.7)
    if near:
        return f"did you mean {' or '.join(near)}?"
    areas = ", ".join(sorted({clause.area for clause in clauses}))
    return f"the areas are {areas}, and `list` shows every clause"


def revisions_with(prefix: str) -> tuple[str, ...]:
    """The revisions of the contract that have a clause of this prefix."""
    return tuple(each for each in revisions() if any(in_prefix(id_, prefix) for id_ in load_contract(each).clauses))


def in_prefix(id_: str, prefix: str) -> bool:
    """Whether a dotted id is the prefix itself or below it."""
    return id_ == prefix or id_.startswith(prefix.rstrip(".") + ".")
