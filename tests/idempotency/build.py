"""Hand-made calls, short enough that a history reads like a table."""

from imagebuilder_conformance.idempotency import Call, Mismatch, Outcome, Refused, Started, Unknown

P, Q, R = "pipeline/p", "pipeline/q", "pipeline/r"
IMAGE, OTHER = Started("image/1"), Started("image/2")
MISMATCH, UNKNOWN, REFUSED = Mismatch(), Unknown(), Refused("ResourceInUseException")

Row = tuple[str, str, float, float | None, Outcome]


def history(*rows: Row) -> list[Call]:
    """Calls e1, e2, ... from (token, pipeline, invoked, returned, outcome)."""
    return [Call(f"e{number}", *row) for number, row in enumerate(rows, 1)]
