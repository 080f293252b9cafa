"""Idempotency judged from answers alone: a sequential model, and a checker for histories of overlapping calls.

`TokenModel` says what a call may be answered when calls are made one after the other. `explain` takes a finished
history of overlapping calls and returns the smallest parts that no order explains; `HistoryChecker` does the same
call by call, in memory that does not grow with replays.
"""

from imagebuilder_conformance.idempotency.anomalies import Anomaly, Kind
from imagebuilder_conformance.idempotency.calls import (
    TOKEN_LIFETIME,
    Call,
    Mismatch,
    Outcome,
    Refused,
    Started,
    Unknown,
)
from imagebuilder_conformance.idempotency.history import HistoryChecker, explain
from imagebuilder_conformance.idempotency.model import Expectation, Holding, Knowledge, Surprise, TokenModel

__all__ = [
    "TOKEN_LIFETIME",
    "Anomaly",
    "Call",
    "Expectation",
    "HistoryChecker",
    "Holding",
    "Kind",
    "Knowledge",
    "Mismatch",
    "Outcome",
    "Refused",
    "Started",
    "Surprise",
    "TokenModel",
    "Unknown",
    "explain",
]
