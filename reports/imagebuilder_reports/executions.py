"""Which builds a run started, from the intents that precede each risky request and the results that follow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from imagebuilder_reports.events import Intent, Result
from imagebuilder_reports.model import Execution
from imagebuilder_reports.moments import read, told


def account(intents: Sequence[Intent], results: Mapping[str, Result], started: str) -> tuple[Execution, ...]:
    """Each image once, under the exchange that first named it, and each outcome that remains unknown.

    An outcome is not unknown where the same token showed its image elsewhere.

    Args:
        intents: In the order in which they were sent.
        results: By the id of the exchange.
        started: When the run started, ISO 8601; the times of the intents count from it.
    """
    return tuple(_executions(intents, results, started))


def _executions(intents: Sequence[Intent], results: Mapping[str, Result], started: str) -> Iterator[Execution]:
    known = {intent.token for intent in intents if intent.token is not None and _image(intent, results)}
    listed = set()
    for intent in intents:
        image = _image(intent, results)
        if image is None:
            new = intent.token not in known and _leaves_open(results.get(intent.exchange))
        else:
            new = image not in listed
            listed.add(image)
        if new:
            result = results.get(intent.exchange)
            answered = None if result is None or result.status is None else _moment(result.at, started)
            yield Execution(
                intent.exchange, intent.token, intent.pipeline, image, _moment(intent.at, started), answered
            )


def _image(intent: Intent, results: Mapping[str, Result]) -> str | None:
    result = results.get(intent.exchange)
    return result.image if result else None


def _leaves_open(result: Result | None) -> bool:
    """Whether a build may lie behind a result that names none: no answer came, a server error, or a mute success."""
    return result is None or result.status is None or result.status >= 500 or 200 <= result.status < 300


def _moment(at: float, started: str) -> str | None:
    began = read(started)
    if began is None:
        return None
    try:
        return told(began + timedelta(seconds=at))
    except OverflowError:
        return None
