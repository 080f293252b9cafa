"""Decides whether some order explains a history of overlapping calls, and if none does, shows why.

**The question.** A call takes effect at one instant between its invocation and its return (both included); one
with an unknown outcome at any instant after its invocation, or never. A history is *explicable* if instants can be
chosen such that the calls, in that order, behave as the sequential model says: the first effective call of a token
makes it (pipeline, new image) for good; later ones get that image, or a mismatch from another pipeline; a refusal
may come at any time and changes nothing; no two tokens have one image.

**The answer is exact**, because a token is written once. Of one token let S be the calls that were started, M the
mismatches, U the unknown ones. Suppose some order explains them, and the token is made at instant t by pipeline P.
Then (1) all of S are P's and have one image, (2) none of M is P's, (3) the maker is one of P's calls in S or U, so
the earliest invocation among those is at most t, and t is at most the earliest return in M, or that mismatch came
too soon. Conversely let (1) to (3) hold for P. Make the token at that earliest invocation; its call can do so at
once. Each other call of S and M returns at or after that instant (S since none of P's was invoked earlier, M by 3):
let it take effect then, or when it is invoked if that is later. The rest of U never happens. If M and S are empty,
nothing needs explaining. So a token is explicable if and only if *some* P satisfies (1) to (3); S, if there is any,
names the only P in question. Tokens share nothing but the rule that images differ, which knows no time. So a
history is explicable if and only if each token is and no image is shared.

**In a stream.** (1) compares with one call that was started. (2) and (3) need, for each pipeline that used the token,
the earliest invocation and the earliest mismatch. These are minima: they take calls in any order and forget the
rest, so the checker keeps one small record per token and pipeline, however often the token is replayed, and is
still exact. It remembers images of the *first* success per token only; a second image is an anomaly by itself.
What it can't do is judge a mismatch at once: a call that was invoked before, and still runs, may yet explain it.

**The smallest part.** To take a call out of a history is to forget its answer: somebody did send it, so its outcome
becomes unknown. (To delete it would prove too much: without the call that started the image every mismatch lacks
a cause.) Forgetting only ever helps to explain. An anomaly's calls can't be explained even with every other answer
but the refusals forgotten, and can be once any one of them is forgotten too. Contradictions between two answers are
preferred, also to a single mismatch that has no cause: they need no knowledge of what else was sent
(`Kind.needs_whole_history`), and the pair is the evidence a reader asks for.

A token is reported at most once for each kind.

**Long recordings.** Nobody states how long a token lives, and a recording may be of days. With a `lifetime`, only
calls that are as near contradict each other; the question is then no longer exact, and errs on the side of the target.
"""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from math import inf
from typing import Any, NamedTuple

from msgspec import Struct, field

from imagebuilder_conformance.idempotency.anomalies import Anomaly, Kind
from imagebuilder_conformance.idempotency.calls import Call, Mismatch, Refused, Started


class _Trace(Struct, array_like=True):
    """What one pipeline left behind at one token."""

    asked: float | None = None
    """The earliest invocation of a call that was not refused; the moment from which it may hold the token."""
    mismatch: Call | None = None
    """The mismatch that returned first."""
    refused: Call | None = None
    """The refusal that was invoked first."""

    def note(self, call: Call) -> bool:
        """Take in a call; says whether that changed anything."""
        if isinstance(call.outcome, Refused):
            changed = self.refused is None or call.invoked < self.refused.invoked
            if changed:
                self.refused = call
            return changed
        changed = self.asked is None or call.invoked < self.asked
        if changed:
            self.asked = call.invoked
        if isinstance(call.outcome, Mismatch) and (self.mismatch is None or call.deadline < self.mismatch.deadline):
            self.mismatch = call
            return True
        return changed

    def may_hold_by(self, instant: float) -> bool:
        return self.asked is not None and self.asked <= instant


class _Record(Struct, array_like=True):
    """All that need be known of one token."""

    traces: dict[str, _Trace] = field(default_factory=dict)
    started: Call | None = None
    kinds: frozenset[Kind] = frozenset()
    """What was reported of it already."""


class Taken(NamedTuple):
    """What a history makes of a call that it took in.

    Attributes:
        anomalies: The contradictions that it brings to light and that no later call can clear. Usually none.
        first: The success that its token was measured by, if there was one before.
        held: Whether a later anomaly may name this call.
    """

    anomalies: tuple[Anomaly, ...]
    first: Call | None
    held: bool


class HistoryChecker:
    """Judges a history call by call, in any order, in memory that replays don't add to.

    It holds a record per token and pipeline, whatever the number of calls: about one kilobyte for a token that one
    pipeline used. Not safe for use by several threads at once.
    """

    def __init__(
        self,
        table: Callable[[], MutableMapping[str, Any]] = dict,
        *,
        lifetime: float = inf,
        remember: bool = True,
        shared: bool = True,
    ) -> None:
        """Begin with an empty history.

        Args:
            table: Makes the mappings that grow with the tokens, should they be kept elsewhere than in memory.
            lifetime: How long a token is held to its promise, in seconds. What is further apart contradicts nothing,
                and a token that starts another image so much later is taken for a new one. Calls must then come about
                in the order of their times.
            remember: Whether `finish` gives again what `add` gave already.
            shared: Whether it tells of two tokens with one image, for which it must know every image.
        """
        self._records: MutableMapping[str, _Record] = table()
        # The first success of each image: a row of what makes its call again, as tables pack a row faster.
        self._images: MutableMapping[str, tuple[Any, ...]] | None = table() if shared else None
        self._anomalies: list[Anomaly] = []
        self._lifetime = lifetime
        self._remember = remember

    def add(self, call: Call) -> tuple[Anomaly, ...]:
        """Take in one call.

        Returns:
            The contradictions that it brings to light and that no later call can clear. Usually none; mismatches
            that lack a cause are found by `finish` only.
        """
        return self.take(call).anomalies

    def take(self, call: Call) -> Taken:
        """Take in one call, and tell all that is known of it."""
        key = call.key
        record = known = self._records.get(key)
        first = None if known is None else known.started
        if record is None or self._begins_anew(call, record):
            record = _Record()
        trace = record.traces.get(call.pipeline)
        if trace is None:
            trace = record.traces[call.pipeline] = _Trace()
        changed = trace.note(call) or record is not known
        found: tuple[Anomaly, ...] = ()
        if isinstance(call.outcome, Started):
            pairs = self._judge_started(call, call.outcome.image, record, trace)
            found = tuple(self._report(pairs, call.token, record)) if pairs else ()
        elif isinstance(call.outcome, Mismatch):
            found = tuple(self._report(_judge_mismatch(call, record), call.token, record))
        starts = record.started is call
        if changed or starts or found:
            # A table may keep its values elsewhere.
            self._records[key] = record
        return Taken(found, first, starts or call is trace.mismatch or call is trace.refused)

    def finish(self) -> list[Anomaly]:
        """All anomalies, in the order of their discovery; empty if and only if some order explains the history.

        It changes nothing: more calls may be added and the question asked again.
        """
        late = map(_unexplained, self._records.values())
        return [*self._anomalies, *(anomaly for anomaly in late if anomaly is not None)]

    def conclude(self, key: str) -> Anomaly | None:
        """The mismatches of a token (by `Call.key`) that no owner explains; all but its image is forgotten.

        For a stream that knows when no more calls of the token can come: what is held then grows with the tokens in
        use, and with the images alone.
        """
        record = self._records.pop(key, None)
        return None if record is None else _unexplained(record)

    def _begins_anew(self, call: Call, record: _Record) -> bool:
        started = record.started
        return (
            started is not None
            and isinstance(call.outcome, Started)
            and not self._near(started, call)
            and _disagreement(started, call) is not None
        )

    def _near(self, one: Call, other: Call) -> bool:
        return abs(one.invoked - other.invoked) <= self._lifetime

    def _judge_started(self, call: Call, image: str, record: _Record, trace: _Trace) -> list[tuple[Kind, Call, Call]]:
        first = record.started
        if first is not None and first.outcome == call.outcome and first.pipeline == call.pipeline:
            # As almost every replay. Whose image it is was asked when the first one came.
            return []
        pairs = []
        if first is None:
            record.started = call
            if trace.mismatch is not None:
                pairs.append((Kind.MISMATCH_FOR_OWNER, trace.mismatch, call))
        elif (kind := _disagreement(first, call)) is not None:
            pairs.append((kind, first, call))
        if self._images is not None:
            row = self._images.get(image)
            if row is None and first is None:
                self._images[image] = _row(call)
            elif row is not None and row[:2] != (call.token, call.space):
                pairs.append((Kind.IMAGE_SHARED, _call(row, image), call))
        return pairs

    def _report(self, pairs: Iterable[tuple[Kind, Call, Call]], token: str, record: _Record) -> Iterator[Anomaly]:
        for kind, one, other in pairs:
            # Images have no lifetime: two tokens never share one.
            if kind in record.kinds or not (kind is Kind.IMAGE_SHARED or self._near(one, other)):
                continue
            record.kinds |= {kind}
            anomaly = Anomaly.of(kind, token, one, other)
            if self._remember:
                self._anomalies.append(anomaly)
            yield anomaly


def _row(call: Call) -> tuple[Any, ...]:
    return call.token, call.space, call.id, call.pipeline, call.invoked, call.returned


def _call(row: tuple[Any, ...], image: str) -> Call:
    token, space, id_, pipeline, invoked, returned = row
    return Call(id_, token, pipeline, invoked, returned, Started(image), space)


def explain(calls: Iterable[Call]) -> list[Anomaly]:
    """Decide whether some order explains a whole history, in O(n log n).

    Args:
        calls: The complete history, in any order.

    Returns:
        Nothing if some order explains it, else the smallest parts that can't be explained.
    """
    checker = HistoryChecker()
    # The checker needs no order; with this one the evidence is the earliest there is.
    for call in sorted(calls, key=lambda call: call.invoked):
        checker.add(call)
    return checker.finish()


def _judge_mismatch(call: Call, record: _Record) -> Iterator[tuple[Kind, Call, Call]]:
    if record.started is not None and record.started.pipeline == call.pipeline:
        yield Kind.MISMATCH_FOR_OWNER, record.started, call


def _disagreement(first: Call, second: Call) -> Kind | None:
    """How two successes of one token contradict each other."""
    one_image = first.outcome == second.outcome
    if first.pipeline == second.pipeline:
        return None if one_image else Kind.TWO_IMAGES
    return Kind.ACCEPTED_FOR_OTHER if one_image else Kind.TWO_OWNERS


def _unexplained(record: _Record) -> Anomaly | None:
    """The mismatches of a token that no owner explains, if there are any."""
    # Without an owner on whom its successes agree there is nothing to measure its mismatches by.
    if record.kinds - {Kind.IMAGE_SHARED}:
        return None
    mismatches = {pipeline: trace.mismatch for pipeline, trace in record.traces.items() if trace.mismatch is not None}
    if not mismatches:
        return None
    first = min(mismatches.values(), key=lambda call: call.deadline)
    owners = record.traces.keys() - mismatches.keys() if record.started is None else {record.started.pipeline}
    if any(record.traces[owner].may_hold_by(first.deadline) for owner in owners):
        return None
    token = first.token
    kind, core = _core(record, mismatches, first)
    refusal = _refusal_in_time(record, owners, first.deadline)
    if refusal is not None:
        return Anomaly.of(Kind.MISMATCH_AFTER_REFUSAL, token, refusal, *core)
    return Anomaly.of(kind, token, *core)


def _core(record: _Record, mismatches: dict[str, Call], first: Call) -> tuple[Kind, list[Call]]:
    """The fewest answers that leave the first mismatch unexplained, and what that makes it.

    Each pipeline that asked in time could hold the token if its answers were forgotten, `first.pipeline` included:
    its own mismatch would then be an unknown outcome. One answer for each of them excludes it, or a single success
    excludes all others at once. No smaller set will do, and a later mismatch would have to exclude more.
    """
    in_time = {pipeline for pipeline, trace in record.traces.items() if trace.may_hold_by(first.deadline)}
    if in_time == {first.pipeline}:
        return Kind.MISMATCH_WITHOUT_CAUSE, [first]
    if record.started is not None:
        return Kind.STARTED_TOO_LATE, [first, record.started]
    return Kind.MISMATCH_FOR_ALL, [mismatches[pipeline] for pipeline in sorted(in_time)]


def _refusal_in_time(record: _Record, owners: Iterable[str], instant: float) -> Call | None:
    """The earliest refusal that would explain everything, had it taken effect."""
    refusals = (refusal for owner in owners if (refusal := record.traces[owner].refused) is not None)
    earliest = min(refusals, key=lambda call: call.invoked, default=None)
    return earliest if earliest is not None and earliest.invoked <= instant else None
