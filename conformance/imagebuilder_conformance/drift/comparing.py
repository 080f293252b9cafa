"""Compares the contract's model of the operation with another one."""

from collections.abc import Iterator
from functools import partial

from imagebuilder_conformance.drift.concerned import concerned
from imagebuilder_conformance.drift.differences import Difference, Effect, Value, lax, neither, strict, unclear
from imagebuilder_conformance.drift.from_contract import model_of
from imagebuilder_conformance.drift.members import request_differences, response_differences
from imagebuilder_conformance.drift.model import OperationModel
from imagebuilder_spec import Contract, ErrorTable

_ELSEWHERE = strict("The suite sends its requests in a way that the model does not have.")
_BESIDES = lax("Nothing judges the protocol that the model has besides.")
_UNSIGNED = strict("The suite demands that unsigned requests are refused, which the model allows.")
_SIGNED_FOR = strict("The suite signs for a service that the model does not name.")
_SUCCESS = strict("The suite blames a success with the model's status.")
_OFF_THE_WIRE = neither("The version is not on the wire.")
_GONE = strict("The suite counts on an error that the model does not declare.")
_STATUS = strict("The suite blames an error with the model's status.")
_STATUS_OPEN = unclear("The model does not say which status the error has.")
_UNKNOWN_CODE = strict("The suite warns of a code that it does not know, and never asks for it.")
_OTHER_STATUS = strict("The suite knows the code as one common to AWS, and blames the model's status.")
_COMMON = lax("The suite knows the code as one common to AWS, and never asks for it.")


def compare(contract: Contract, model: OperationModel) -> tuple[Difference, ...]:
    """Every difference between a revision of the contract and a model: the operation, its members, its errors.

    Of a reduced model neither limits nor errors are compared: it does not state them.
    A success status that the model leaves open is no difference, and neither is whether members of a response are
    required: SDK models do not say that.
    """
    return tuple(_differences(contract, model_of(contract), model))


def changes(contract: Contract, older: OperationModel, newer: OperationModel) -> tuple[Difference, ...]:
    """What moved between two models, the older one in the place of the contract, whose clauses rest on the places."""
    return tuple(_differences(contract, older, newer))


def _differences(contract: Contract, ours: OperationModel, theirs: OperationModel) -> Iterator[Difference]:
    clauses = partial(concerned, contract)
    for place, our_value, their_value, effect in _operation(ours, theirs):
        yield Difference(place, our_value, their_value, effect, clauses(place))
    limits = not (ours.reduced or theirs.reduced)
    yield from request_differences(ours.request, theirs.request, clauses, limits=limits)
    yield from response_differences(ours.response, theirs.response, clauses, limits=limits)
    if not limits:
        return
    for place, our_value, their_value, effect in _errors(contract.errors, ours, theirs):
        yield Difference(place, our_value, their_value, effect, clauses(place))


_Found = tuple[str, Value, Value, Effect]


def _operation(ours: OperationModel, theirs: OperationModel) -> Iterator[_Found]:
    if ours.method != theirs.method:
        yield "method", ours.method, theirs.method, _ELSEWHERE
    if ours.path != theirs.path:
        yield "path", ours.path, theirs.path, _ELSEWHERE
    if ours.protocols != theirs.protocols:
        effect = _BESIDES if ours.protocols < theirs.protocols else _ELSEWHERE
        yield "protocol", sorted(ours.protocols), sorted(theirs.protocols), effect
    if ours.signing_name != theirs.signing_name:
        effect = _UNSIGNED if theirs.signing_name is None else _SIGNED_FOR
        yield "signingName", ours.signing_name, theirs.signing_name, effect
    if theirs.success_status not in {None, ours.success_status}:
        yield "successStatus", ours.success_status, theirs.success_status, _SUCCESS
    if ours.api_version != theirs.api_version:
        yield "apiVersion", ours.api_version, theirs.api_version, _OFF_THE_WIRE


def _errors(table: ErrorTable, ours: OperationModel, theirs: OperationModel) -> Iterator[_Found]:
    for code, status in ours.errors.items():
        other = theirs.errors.get(code)
        if code not in theirs.errors:
            yield f"errors.{code}", status, None, _GONE
        elif other != status:
            yield f"errors.{code}.status", status, other, _STATUS_OPEN if other is None else _STATUS
    for code, other in theirs.errors.items():
        if code not in ours.errors:
            yield f"errors.{code}", None, "of no status" if other is None else other, _added(table, code, other)


def _added(table: ErrorTable, code: str, status: int | None) -> Effect:
    """What an error that only the model declares is to the suite."""
    known = table.statuses(code)
    if known is None:
        return _UNKNOWN_CODE
    return _COMMON if status is None or status in known else _OTHER_STATUS
