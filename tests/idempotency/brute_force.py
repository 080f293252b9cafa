"""The definition of an explicable history, spelled out: try every order. Shares nothing with the checker but `Call`."""

from collections.abc import Iterable, Iterator
from functools import cache
from math import inf

from msgspec.structs import replace

from imagebuilder_conformance.idempotency import Call, Mismatch, Refused, Started, Unknown

# The tokens in use with what they stand for: token, pipeline, image.
State = frozenset[tuple[str, str, str]]


def explicable(calls: Iterable[Call]) -> bool:
    """Whether some order that respects real time leads from the empty state through all the calls.

    An order of closed intervals in which no call follows one that was invoked after its deadline is the same as a
    choice of instants: let each call take effect at the latest invocation among itself and those before it.
    """
    history = tuple(calls)
    named = frozenset(call.outcome.image for call in history if isinstance(call.outcome, Started))

    # Different orders of the same calls often lead to the same state, from where the rest need be tried only once.
    @cache
    def completes(left: tuple[Call, ...], state: State) -> bool:
        # What is left may all be unknown: then none of it ever happens.
        if all(isinstance(call.outcome, Unknown) for call in left):
            return True
        return any(
            completes(left[:position] + left[position + 1 :], after)
            for position, call in enumerate(left)
            if not any(_latest(other) < call.invoked for other in left)
            for after in _steps(call, state, named)
        )

    return completes(history, frozenset())


def _latest(call: Call) -> float:
    return inf if call.returned is None or isinstance(call.outcome, Unknown) else call.returned


def _steps(call: Call, state: State, named: frozenset[str]) -> Iterator[State]:
    """The states in which the call may leave the world, given its answer; none where the answer is impossible."""
    used = {image for _, _, image in state}
    held = next(((pipeline, image) for token, pipeline, image in state if token == call.token), None)
    match call.outcome:
        case Refused():
            yield state
        case Unknown():
            # What it started is an image that an answer names, or one that nobody ever saw.
            if held is None:
                images = (named - used) | {f"unseen {call.id}"}
                yield from (state | {(call.token, call.pipeline, image)} for image in images)
            yield state
        case Mismatch():
            if held is not None and held[0] != call.pipeline:
                yield state
        case Started(image):
            if held is None and image not in used:
                yield state | {(call.token, call.pipeline, image)}
            elif held == (call.pipeline, image):
                yield state


def forgotten(call: Call) -> Call:
    """The same call, had its client not learned what came of it."""
    return replace(call, returned=None, outcome=Unknown())


def only(kept: Iterable[Call], history: Iterable[Call]) -> list[Call]:
    """The history with all answers forgotten but those kept and the refusals, which are without effect anyhow."""
    kept_ids = {call.id for call in kept}
    return [call if call.id in kept_ids or isinstance(call.outcome, Refused) else forgotten(call) for call in history]


def strangers(history: Iterable[Call]) -> list[Call]:
    """Calls that the history doesn't hold: anybody may have used its tokens before, with any pipeline."""
    calls = list(history)
    pipelines = {call.pipeline for call in calls} | {"a stranger's"}
    return [
        Call(f"stranger {token} {pipeline}", token, pipeline, -1.0, None, Unknown())
        for token in {call.token for call in calls}
        for pipeline in pipelines
    ]
