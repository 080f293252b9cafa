"""How much `benchmarks/run` measures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks import audit_growth, economy, mutation_score, per_exchange, run_growth, soak, start, workers
from benchmarks.schemathesis_side.runner import EXAMPLES


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rounds, samples and the largest sizes, part by part.

    `defects` and `soaked_defects` are None for all; `false_alarms` are the runs in a row, under load, and two at once.
    """

    pairs: int
    examples: int
    fewer_examples: Sequence[int]
    defects: int | None
    variations: int | None
    start_rounds: int
    exchanges: int
    blocks: int
    false_alarms: tuple[int, int, int]
    run: int
    history: int
    audit: int
    worker_rounds: int
    workers: Sequence[int]
    delay: float
    soak_seconds: float
    defect_seconds: float
    soaked_defects: Sequence[str] | None
    crews: Sequence[int]
    crew_seconds: float


FULL = Sizes(
    pairs=economy.PAIRS,
    examples=EXAMPLES,
    fewer_examples=mutation_score.FEWER_EXAMPLES,
    defects=mutation_score.SAMPLE,
    variations=mutation_score.VARIATIONS,
    start_rounds=start.ROUNDS,
    exchanges=per_exchange.EXCHANGES,
    blocks=per_exchange.BLOCKS,
    false_alarms=(20, 20, 5),
    run=run_growth.SIZES[-1],
    history=1_000_000,
    audit=audit_growth.SIZES[-2],
    worker_rounds=workers.ROUNDS,
    workers=workers.WORKERS,
    delay=workers.DELAY,
    soak_seconds=60,
    defect_seconds=30,
    soaked_defects=None,
    crews=soak.CREWS,
    crew_seconds=soak.CREW_SECONDS,
)

EVERY_DEFECT = replace(FULL, defects=None, variations=None)

QUICK = Sizes(
    pairs=1,
    examples=10,
    fewer_examples=(5,),
    defects=1,
    variations=1,
    start_rounds=2,
    exchanges=20,
    blocks=2,
    false_alarms=(1, 0, 0),
    run=run_growth.SIZES[1],
    history=10_000,
    audit=audit_growth.SIZES[1],
    worker_rounds=1,
    workers=(1, 4),
    delay=0.001,
    soak_seconds=3,
    defect_seconds=3,
    soaked_defects=(),
    crews=(1, 2),
    crew_seconds=2,
)
