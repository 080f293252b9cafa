"""Which failures are reported of which clause, read from the sources of the checks and of their oracles.

A check names its clauses, an oracle its failures; which failure is of which clause stands only where one hands clauses
to the other. So the calls are followed from a check on, with the clauses that they hand over. Nothing is run.
"""

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType

from imagebuilder_conformance.checks import Check
from imagebuilder_conformance.oracles.declaring import Oracle
from imagebuilder_conformance.oracles.findings import Failure
from imagebuilder_conformance.oracles.passive import PassiveCheck
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites import declared_tests

_FOLLOWED = tuple(f"imagebuilder_conformance.{room}" for room in ("suites", "oracles", "probing.probe"))
# The parameter that names a failure which another one takes the place of.
_REPLACED = "instead_of"

Clauses = frozenset[str]


def mistakes_of(clause: str) -> tuple[type[Failure], ...]:
    """The failures that the checks of a clause report of it, each once, in the order of the checks."""
    judging = ((check, test) for check, test in declared_tests() if clause in check.clauses)
    return tuple(
        dict.fromkeys(kind for each in judging for kind, clauses in _reported(*each).items() if clause in clauses)
    )


@cache
def _reported(check: Check | PassiveCheck, test: Callable[..., object]) -> Mapping[type[Failure], Clauses]:
    """The failures that a check reports, with the clauses that each is of."""
    clauses = frozenset(check.clauses)
    walk = _Walk(clauses)
    walk.enter(test, _Scope(clauses))
    return walk.found


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known inside a function: the clauses that it was handed, as a whole and by parameter."""

    clauses: Clauses
    parameters: tuple[tuple[str, Clauses], ...] = ()


class _Walk:
    """Follows the calls of one check; `found` has the clauses of each failure."""

    def __init__(self, clauses: Clauses) -> None:
        self.found: dict[type[Failure], Clauses] = {}
        self._clauses = clauses
        self._entered: set[tuple[int, _Scope]] = set()

    def enter(self, thing: object, scope: _Scope) -> None:
        """Follow a function, an oracle or a class; what else there is reports nothing."""
        if (id(thing), scope) in self._entered:
            return
        self._entered.add((id(thing), scope))
        if isinstance(thing, Oracle):
            inside = _Walk(self._clauses)
            inside.enter(inspect.unwrap(thing), scope)
            # What it reports by way of something that is not followed is of all that it was handed.
            for kind in thing.reports:
                self._note(kind, inside.found.get(kind, scope.clauses))
        elif isinstance(thing, type) and issubclass(thing, Failure):
            if thing is not Failure:
                self._note(thing, scope.clauses)
        elif isinstance(thing, type) and thing.__module__.startswith(_FOLLOWED):
            for method in vars(thing).values():
                self.enter(method, _Scope(scope.clauses))
        elif isinstance(thing, FunctionType) and thing.__module__.startswith(_FOLLOWED):
            self._read(thing, scope)

    def _note(self, kind: type[Failure], clauses: Clauses) -> None:
        self.found[kind] = self.found.get(kind, frozenset()) | clauses

    def _read(self, function: FunctionType, scope: _Scope) -> None:
        enclosed = _enclosed(function)
        names = {**function.__globals__, **enclosed}
        if function.__name__ == (lambda: None).__name__:
            for thing in enclosed.values():
                self.enter(thing, scope)
        for statement in _body(function):
            self._visit(statement, names, scope)

    def _visit(self, node: ast.AST, names: Mapping[str, object], scope: _Scope) -> None:
        if isinstance(node, ast.Call):
            self._call(node, names, scope)
            return
        if (thing := _named(node, names)) is not None:
            self.enter(thing, _Scope(scope.clauses))
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.arguments):
                self._visit(child, names, scope)

    def _call(self, call: ast.Call, names: Mapping[str, object], scope: _Scope) -> None:
        called = _named(call.func, names)
        arguments = [*call.args, *(each.value for each in call.keywords if each.arg != _REPLACED)]
        handed = frozenset[str]().union(*(self._clauses_in(each, names, scope) for each in arguments))
        inner = _Scope(handed & self._clauses or scope.clauses)
        if called is None:
            self._visit(call.func, names, scope)
        else:
            self.enter(called, _Scope(inner.clauses, self._bound(called, call, names, scope)))
        for each in arguments:
            self._visit(each, names, _Scope(inner.clauses, scope.parameters))

    def _bound(
        self, called: object, call: ast.Call, names: Mapping[str, object], scope: _Scope
    ) -> tuple[tuple[str, Clauses], ...]:
        """The clauses that each parameter of a function is handed."""
        function = inspect.unwrap(called) if isinstance(called, Oracle) else called
        if not isinstance(function, FunctionType):
            return ()
        takes = list(inspect.signature(function).parameters)
        if isinstance(call.func, ast.Attribute):
            takes = takes[1:]
        given = [*zip(takes, call.args, strict=False), *((each.arg, each.value) for each in call.keywords if each.arg)]
        bound = ((name, self._clauses_in(value, names, scope)) for name, value in given)
        return tuple((name, clauses) for name, clauses in bound if clauses)

    def _clauses_in(self, node: ast.AST, names: Mapping[str, object], scope: _Scope) -> Clauses:
        """The clauses that an expression names itself; those in the calls inside it are theirs."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return frozenset({node.value}) & self._clauses
        if isinstance(node, ast.Name):
            known = names.get(node.id)
            if node.id in dict(scope.parameters):
                return dict(scope.parameters)[node.id]
            return frozenset({known}) & self._clauses if isinstance(known, str) else frozenset()
        if isinstance(node, ast.Tuple | ast.List | ast.Starred | ast.IfExp):
            parts = (self._clauses_in(each, names, scope) for each in ast.iter_child_nodes(node))
            return frozenset[str]().union(*parts)
        return frozenset()


def _named(node: ast.AST, names: Mapping[str, object]) -> object | None:
    """What a name stands for, or a method of the probe; None for what only a run could tell."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"probe", "self"}:
        return getattr(Probe, node.attr, None)
    return None


def _enclosed(function: FunctionType) -> Mapping[str, object]:
    """What a function inside another one has of it."""
    return {
        name: cell.cell_contents
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    }


def _body(function: FunctionType) -> Sequence[ast.stmt]:
    """The statements of a function; none of a lambda, and of what was made without a source."""
    code = function.__code__
    return _bodies(code.co_filename).get(code.co_firstlineno, ())


@cache
def _bodies(file: str) -> Mapping[int, Sequence[ast.stmt]]:
    """The statements of each function of a file, by its first line, its decorators included."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except OSError:
        return {}
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {min([node.lineno, *(each.lineno for each in node.decorator_list)]): node.body for node in functions}
