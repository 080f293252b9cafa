"""Which builds a run started, from the intents that precede each risky request and the results that follow."""

from collections.abc import Iterator, Mapping, Sequence

from imagebuilder_reports.events import Intent, Result
from imagebuilder_reports.model import Execution


def account(intents: Sequence[Intent], results: Mapping[str, Result]) -> tuple[Execution, ...]:
    """Each image once, under the exchange that first named it, and each outcome that remains unknown.

    An outcome is not unknown where the same token showed its image elsewhere.

    Args:
        intents: In the order in which they were sent.
        results: By the id of the exchange.
    """
    return tuple(_executions(intents, results))


def _executions(intents: Sequence[Intent], results: Mapping[str, Result]) -> Iterator[Execution]:
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
            yield Execution(intent.exchange, intent.token, intent.pipeline, image)


def _image(intent: Intent, results: Mapping[str, Result]) -> str | None:
    result = results.get(intent.exchange)
    return result.image if result else None


def _leaves_open(result: Result | None) -> bool:
    """Whether a build may lie behind a result that names none: no answer came, or a server error."""
    return result is None or result.status is None or result.status >= 500
