"""What a moved limit makes of the verdicts, in requests and in responses."""

from collections.abc import Sequence

from imagebuilder_conformance.drift.differences import Effect, lax, neither, strict, unclear
from imagebuilder_conformance.drift.gaps import Gap

_SAME = neither("It is the same, written otherwise.")
_UNKNOWN = unclear("Whether one allows more than the other is for people to see.")


def in_request(gap: Gap | None, clauses: Sequence[str]) -> Effect:
    """Checks try both sides of a limit that clauses rest on: one that moved, wherever to, blames a correct target."""
    if gap is None:
        return _SAME
    if not clauses:
        return lax("Nothing judges this limit.")
    if gap.forbids:
        return strict(f"The suite demands that values are refused which the model allows{_such_as(gap)}.")
    if gap.allows:
        return strict(f"The suite demands that values are accepted which the model forbids{_such_as(gap)}.")
    return _UNKNOWN


def in_response(gap: Gap | None, _: Sequence[str]) -> Effect:
    """A response is only looked at: it matters which side forbids more."""
    if gap is None:
        return _SAME
    if gap.forbids:
        return strict(f"The suite blames values that the model allows{_such_as(gap)}.")
    if gap.allows:
        return lax(f"The suite takes values that the model forbids{_such_as(gap)}.")
    return _UNKNOWN


def _such_as(gap: Gap) -> str:
    return "" if gap.example is None else f", such as {gap.example!r}"
