"""Which part of the contract is judged: revision, suites and prefixes of clauses."""

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.extras import installed_suites
from imagebuilder_spec import Suite, load_contract, revisions


def contract_of(revision: str) -> str:
    """A revision of the contract that there is. Raises `UsageError`."""
    if revision not in revisions():
        raise UsageError(f"--contract: expected one of {', '.join(revisions())}, got {revision!r}")
    return revision


def suites_of(
    names: tuple[str, ...] | list[str] | None, prefixes: tuple[str, ...], *, embedded: bool
) -> tuple[Suite, ...]:
    """The suites by name, in their own order; where none is named, all for the embedded target and for prefixes.

    A suite that can't be run for lack of its extra is among them only if it, or a clause, was asked for by name.
    """
    if not names and prefixes:
        return tuple(Suite)
    if not names:
        return installed_suites() if embedded else (Suite.CORE,)
    if "all" in names:
        return tuple(suite for suite in Suite if suite in installed_suites() or suite in names)
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
            areas = ", ".join(sorted({clause.area for clause in clauses}))
            raise UsageError(f"no clause starts with {prefix!r}; the areas are {areas}, and `list` shows every clause")
        if not any(clause.suite in suites for clause in named):
            others = ", ".join(sorted({clause.suite for clause in named}))
            raise UsageError(f"nothing below {prefix!r} is in --suite {', '.join(suites)}; it is in {others}")


def revisions_with(prefix: str) -> tuple[str, ...]:
    """The revisions of the contract that have a clause of this prefix."""
    return tuple(each for each in revisions() if any(in_prefix(id_, prefix) for id_ in load_contract(each).clauses))


def in_prefix(id_: str, prefix: str) -> bool:
    """Whether a dotted id is the prefix itself or below it."""
    return id_ == prefix or id_.startswith(prefix.rstrip(".") + ".")
