"""Starts, replays, mismatches, near misses and refusals in any order, held against a sequential model."""

from collections import Counter
from collections.abc import Mapping, Sequence

from imagebuilder_conformance.checks import check
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.idempotency import Kind
from imagebuilder_conformance.oracles.findings import Held
from imagebuilder_conformance.oracles.histories import astonishing
from imagebuilder_conformance.oracles.starts import MISMATCH
from imagebuilder_conformance.probing.probe import Probe
from imagebuilder_conformance.suites.idempotency_machine import walk

_SAME_IMAGE = "idempotency.replay.same-image"
_SUCCEEDS = "idempotency.replay.succeeds"
_DISTINCT = "idempotency.token.distinct"
_REFUSED = "idempotency.mismatch.refused"
_TOKEN_FREE = "idempotency.refused.token-free"  # noqa: S105  # the id of a clause

# The clause that an answer breaks which the model does not allow.
_CLAUSES: Mapping[Kind, str] = {
    Kind.TWO_IMAGES: _SAME_IMAGE,
    Kind.TWO_OWNERS: _REFUSED,
    Kind.ACCEPTED_FOR_OTHER: _REFUSED,
    Kind.IMAGE_SHARED: _DISTINCT,
    Kind.MISMATCH_FOR_OWNER: _SUCCEEDS,
    Kind.MISMATCH_WITHOUT_CAUSE: _DISTINCT,
    Kind.MISMATCH_FOR_ALL: _SUCCEEDS,
    Kind.MISMATCH_AFTER_REFUSAL: _TOKEN_FREE,
    Kind.STARTED_TOO_LATE: _REFUSED,
}
_WALKS = 2
_STEPS = 6


@check("idempotency.model", _SAME_IMAGE, _SUCCEEDS, _DISTINCT, _REFUSED, _TOKEN_FREE, executions=_WALKS)
def test_walks(probe: Probe) -> None:
    """In whatever order tokens are started, replayed, mismatched and refused, the model allows the answers.

    Kept beside the checks of single steps: it looks for orders that nobody thought of.
    """
    broken = set()
    for each in walk(probe, walks=_WALKS, steps=_STEPS, seed_=probe.seed):
        clause = _CLAUSES[each.surprise.kind]
        probe.judge(astonishing(each.surprise, each.exchanges, clause))
        broken.add(clause)
    walked = _walked_past(probe.exchanges)
    probe.judge(Held(clause) for clause in probe.check.clauses if clause in walked - broken)
    if not walked:
        for exchange in probe.exchanges:
            probe.require_judgeable(exchange)
    for clause in probe.check.clauses:
        if clause not in walked | broken:
            probe.condition_unmet(clause, "no walk came past it")


def _walked_past(exchanges: Sequence[Exchange]) -> set[str]:
    """The clauses that the answers touched: images by token, replays, mismatches."""
    images = Counter((exchange.request.token, exchange.image) for exchange in exchanges if exchange.image)
    replayed = any(count > 1 for count in images.values())
    mismatched = any(exchange.answer and exchange.answer.code == MISMATCH for exchange in exchanges)
    return {
        *((_SAME_IMAGE, _SUCCEEDS) if replayed else ()),
        *((_DISTINCT,) if len(images) > 1 else ()),
        *((_REFUSED,) if mismatched else ()),
    }
