"""Compares the members of requests and responses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from imagebuilder_conformance.drift.describing import described
from imagebuilder_conformance.drift.differences import Difference, Effect, lax, strict
from imagebuilder_conformance.drift.effects import in_request, in_response
from imagebuilder_conformance.drift.gaps import Gap
from imagebuilder_conformance.drift.limits import moved_limits
from imagebuilder_conformance.drift.model import Member, Shape

Clauses = Callable[[str], tuple[str, ...]]
"""Gives the clauses that rest on a place."""
Members = Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class _Side:
    """What the two sides of an exchange do not have in common."""

    sent: bool
    effect: Callable[[Gap | None, Sequence[str]], Effect]
    gone: Effect
    retyped: Effect


_REQUEST = _Side(
    sent=True,
    effect=in_request,
    gone=strict("The suite demands that wrong values are refused, of a member that the model does not know."),
    retyped=strict("The suite sends a type that the model does not take."),
)
_RESPONSE = _Side(
    sent=False,
    effect=in_response,
    gone=strict("The suite blames a response without it, and the model does not have it."),
    retyped=strict("The suite blames a response with the model's type."),
)
_UNJUDGED = lax("Nothing judges this member.")
_UNSENT = strict("The suite sends requests without it, which the model forbids.")
_DISPENSABLE = strict("The suite demands that requests without it are refused, which the model allows.")
_ELSEWHERE = strict("The suite has it in a place where the model does not.")
_SELF_MADE = strict("The suite counts on SDKs that make this token themselves.")
_UNTESTED = lax("Nothing judges what such a token promises.")


def request_differences(
    ours: Members, theirs: Members, clauses: Clauses, *, limits: bool = True
) -> Iterator[Difference]:
    """The differences between what may be sent; the contract's members come first."""
    return _Comparer(_REQUEST, clauses, limits).members("request", ours, theirs)


def response_differences(
    ours: Members, theirs: Members, clauses: Clauses, *, limits: bool = True
) -> Iterator[Difference]:
    """The differences between what may come back. Which members must, models do not tell."""
    return _Comparer(_RESPONSE, clauses, limits).members("response", ours, theirs)


@dataclass(frozen=True, slots=True)
class _Comparer:
    side: _Side
    clauses: Clauses
    limits: bool

    def members(self, place: str, ours: Members, theirs: Members) -> Iterator[Difference]:
        for name, member in ours.items():
            if name in theirs:
                yield from self._member(f"{place}.{name}", member, theirs[name])
            else:
                inside = f"{place}.{name}"
                yield Difference(inside, described(member), None, self.side.gone, self.clauses(inside))
        for name, member in theirs.items():
            if name not in ours:
                inside = f"{place}.{name}"
                effect = _UNSENT if member.required and self.side.sent else _UNJUDGED
                yield Difference(inside, None, described(member), effect, self.clauses(inside))

    def _member(self, place: str, ours: Member, theirs: Member) -> Iterator[Difference]:
        if self.side.sent and ours.required != theirs.required:
            effect = _DISPENSABLE if ours.required else _UNSENT
            inside = f"{place}.required"
            yield Difference(inside, ours.required, theirs.required, effect, self.clauses(inside))
        if ours.place != theirs.place:
            inside = f"{place}.place"
            yield Difference(inside, ours.place, theirs.place, _ELSEWHERE, self.clauses(inside))
        if ours.idempotency_token != theirs.idempotency_token:
            effect = _SELF_MADE if ours.idempotency_token else _UNTESTED
            inside = f"{place}.idempotencyToken"
            yield Difference(inside, ours.idempotency_token, theirs.idempotency_token, effect, self.clauses(inside))
        yield from self._shape(place, ours.shape, theirs.shape)

    def _shape(self, place: str, ours: Shape, theirs: Shape) -> Iterator[Difference]:
        if ours.kind is not theirs.kind:
            inside = f"{place}.type"
            yield Difference(inside, ours.kind, theirs.kind, self.side.retyped, self.clauses(inside))
            return
        for moved in moved_limits(ours, theirs) if self.limits else ():
            inside = f"{place}.{moved.name}"
            clauses = self.clauses(inside)
            yield Difference(inside, moved.ours, moved.theirs, self.side.effect(moved.gap, clauses), clauses)
        if ours.key and theirs.key:
            yield from self._shape(f"{place}.key", ours.key, theirs.key)
        if ours.value and theirs.value:
            yield from self._shape(f"{place}.value", ours.value, theirs.value)
        yield from self.members(place, ours.members, theirs.members)
