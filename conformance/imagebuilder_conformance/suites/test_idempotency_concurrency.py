"""Requests that overlap: whatever the order in which they take effect, a token has one image."""

from collections.abc import Sequence

from imagebuilder_conformance.checks import SharedStart, check
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.oracles.histories import Inexplicable, explicable
from imagebuilder_conformance.oracles.starts import accepted, replay_succeeds
from imagebuilder_conformance.probing.probe import Probe

_DUPLICATES = "idempotency.concurrent.duplicates"
_MISMATCH = "idempotency.concurrent.mismatch"
_DISTINCT = "idempotency.concurrent.distinct"
_HANG_UP = "idempotency.hang-up"

_ROUNDS = 2
_WIDTH = 6
# Of the rounds of a thorough run, after the usual ones.
_WIDTHS = (_WIDTH, 2, 12)
# How long a client waits before it hangs up, in seconds.
_WAITS = (0.01, 0.0)


@check("idempotency.concurrent.duplicates", _DUPLICATES, executions=_ROUNDS, overlaps=True)
def test_duplicates(probe: Probe) -> None:
    """Duplicates at the same time start at most one image, and replays afterwards get that image.

    Kept beside `several`: more of one token overlap, so that a narrower race shows.
    """
    for number in range(probe.rounds(_ROUNDS)):
        token = probe.tokens.fresh()
        duplicate = probe.requests.start(token, probe.pipeline, "one of the duplicates")
        if not _explained(probe, _DUPLICATES, [duplicate] * _width(number), settled=[duplicate]):
            return


@check(
    "idempotency.concurrent.mismatch",
    _MISMATCH,
    executions=_ROUNDS,
    pipelines=2,
    shares=(SharedStart.LAST_CHARACTER,),
    overlaps=True,
)
def test_two_pipelines(probe: Probe) -> None:
    """Two pipelines that race for one token get one image between them, and the token stays with its pipeline."""
    for (token,) in probe.turns(SharedStart.LAST_CHARACTER, rounds=probe.rounds(_ROUNDS)):
        ours = probe.requests.start(token, probe.pipeline, "racing for the token")
        theirs = probe.requests.start(token, probe.mismatching_pipeline, "racing for the token")
        if not _explained(probe, _MISMATCH, [ours, theirs] * (_WIDTH // 2), settled=[ours, theirs]):
            return


@check(
    "idempotency.concurrent.original-and-mismatch",
    _MISMATCH,
    executions=1,
    pipelines=2,
    shares=(SharedStart.FIRST,),
    overlaps=True,
)
def test_duplicates_and_mismatch(probe: Probe) -> None:
    """Replays of a settled token keep their image while mismatches race them.

    Kept beside `idempotency.concurrent.mismatch`: there the token is still free when the race begins, here it
    is held.
    """
    original = probe.original()
    replay = original.request.labelled("a replay in the race")
    other = probe.requests.start(original.request.token or "", probe.mismatching_pipeline, "a mismatch in the race")
    _explained(probe, _MISMATCH, [replay, other] * (_WIDTH // 2), settled=[replay, other], before=[original])


@check("idempotency.concurrent.distinct", _DISTINCT, executions=_WIDTH, overlaps=True)
def test_distinct(probe: Probe) -> None:
    """Different tokens at the same time start different images, each answered as its own request."""
    requests = [
        probe.requests.start(probe.tokens.fresh(), probe.pipeline, "one of many at once") for _ in range(_WIDTH)
    ]
    exchanges = probe.race(requests)
    if _contradicted(probe, _DISTINCT, exchanges):
        return
    replays = [probe.settled(exchange.request.labelled("its replay")) for exchange in exchanges]
    for exchange, replay in zip(exchanges, replays, strict=True):
        started = exchange.image is not None
        probe.judge(replay_succeeds(exchange, replay, _DISTINCT) if started else accepted(replay, _DISTINCT))
    probe.judge(explicable([*exchanges, *replays], _DISTINCT))


@check(
    "idempotency.concurrent.several",
    _DUPLICATES,
    _DISTINCT,
    executions=2,
    shares=(SharedStart.OTHER_CASE, SharedStart.PUNCTUATION),
    overlaps=True,
)
def test_duplicates_of_two(probe: Probe) -> None:
    """Duplicates of two tokens that overlap start one image for each token.

    Kept beside `duplicates` and `distinct`: two executions show both, so that a small budget can pay it.
    """
    for tokens in probe.turns(SharedStart.OTHER_CASE, SharedStart.PUNCTUATION, rounds=1):
        both = [probe.requests.start(token, probe.pipeline, "one of two, twice at once") for token in tokens]
        # The duplicate of the first comes third: with less there is none.
        raced = probe.race(both * (_WIDTH // 2), least=len(both) + 1)
        told = () if probe.is_unfit(*tokens) else tokens
        if any(_contradicted(probe, _DUPLICATES, _of(token, raced)) for token in told):
            return
        replays = [probe.settled(request.labelled("its replay")) for request in both]
        if probe.is_unfit(*tokens):
            continue
        sent = [*raced, *replays]
        broken = False
        for token in tokens:
            broken |= bool(probe.judge(explicable(_of(token, sent), _DUPLICATES)))
        if not broken:
            probe.judge(explicable(sent, _DISTINCT))


@check("idempotency.hang-up", _HANG_UP, executions=2, shares=(SharedStart.BLANK,), overlaps=True)
def test_hang_up(probe: Probe) -> None:
    """After a client hung up before the answer, at once or a moment later, its retries agree on one image."""
    # Of a single round that a budget pays for, the target has most to do if it is given a moment.
    for wait, (token,) in zip(_WAITS, probe.turns(SharedStart.BLANK, rounds=len(_WAITS)), strict=False):
        request = probe.requests.start(token, probe.pipeline, "a client that hangs up")
        left = probe.hang_up(request, wait=wait)
        retries = [probe.settled(request.labelled("a retry after hanging up")) for _ in range(2)]
        if probe.is_unfit(token):
            continue
        if probe.judge(explicable([left, *retries], _HANG_UP)):
            return
        first, second = retries
        if first.image is not None and probe.judge(replay_succeeds(first, second, _HANG_UP)):
            return


def _explained(
    probe: Probe,
    clause: str,
    racing: Sequence[Request],
    *,
    settled: Sequence[Request],
    before: Sequence[Exchange] = (),
) -> bool:
    """Race, send the settled requests one after the other, and judge whether some order explains the whole."""
    raced = probe.race(racing)
    if not probe.is_unfit(settled[0].token or "") and _contradicted(probe, clause, [*before, *raced]):
        return False
    after = [probe.settled(request.labelled("after the dust has settled")) for request in settled]
    if probe.is_unfit(settled[0].token or ""):
        return True
    return not probe.judge(explicable([*before, *raced, *after], clause))


def _width(number: int) -> int:
    """How many race in a round. Two meet most closely, many leave a store the least room."""
    return _WIDTHS[number // _ROUNDS % len(_WIDTHS)]


def _contradicted(probe: Probe, clause: str, exchanges: Sequence[Exchange]) -> bool:
    """Whether what has come breaks the clause already. It is told before more is sent: nothing may be left for that."""
    return bool(probe.judge(each for each in explicable(exchanges, clause) if isinstance(each, Inexplicable)))


def _of(token: str, exchanges: Sequence[Exchange]) -> list[Exchange]:
    return [exchange for exchange in exchanges if exchange.request.token == token]
