"""Legal values are answered: the declared server errors are for faults of the service, not for values."""

import reprlib
from collections.abc import Iterable, Iterator, MutableMapping

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, passive
from imagebuilder_conformance.oracles.validity import body_reader
from imagebuilder_spec import Contract

FRESH_TOKENS = 3
"""So many fresh tokens of a form must meet the same until the form is the reason."""

_LEGAL = "request.legal.server-error"


class LegalValueCrashes(Failure):
    """Fresh tokens of one form met nothing but server errors, while plain ones were answered."""

    code = "legal.server-error"
    title = "A legal value only meets server errors"
    hint = (
        "The value reaches code that can't deal with it. The contract allows it, so accept it; at the least answer 400."
    )


@passive(
    "answers.legal-requests",
    _LEGAL,
    stimuli=("request.client-token", "request.image-pipeline-arn", "idempotency.token"),
    residual=True,
)
def legal_server_error(contract: Contract, memory: Memory) -> Judge:
    """No legal value meets nothing but server errors, while plain requests are answered.

    A run asks with fresh tokens of a form only once a plain start in between was answered.
    """
    return _Judge(contract, memory)


class _Judge:
    def __init__(self, contract: Contract, memory: Memory) -> None:
        self._read = body_reader(contract)
        self._kept = memory.archive
        # Of each form that met server errors and no answer yet: the exchange, and those of its fresh tokens.
        self._open: MutableMapping[str, tuple[str, ...]] = memory.table()
        self._answered = False

    def __call__(self, exchange: Exchange) -> Iterable[Finding]:
        request = exchange.request
        if not _is_plainly_sent(exchange):
            return ()
        reading = self._read(request.body)
        if not reading.members or reading.breaks:
            return ()
        form = f"{request.pipeline} {request.instead_of or request.token}"
        if not exchange.is_undecided:
            if form in self._open:
                del self._open[form]
            self._answered = True
        elif exchange.answer is not None and not exchange.is_throttled:
            self._kept.keep(exchange)
            renewed = () if request.instead_of is None else (exchange.id,)
            ids = self._open[form] = (*self._open.get(form, ()), *renewed)
            if renewed and len(ids) >= FRESH_TOKENS:
                evidence = tuple(self._kept.get(each) or exchange for each in ids)
                return (LegalValueCrashes(_LEGAL, "an answer, as plain requests get one", str(exchange), evidence),)
        return ()

    def conclude(self) -> Iterator[Finding]:
        """It holds if every form got an answer at last."""
        if self._answered and not self._open:
            yield Held(_LEGAL)

    def notes(self) -> Iterator[str]:
        """Of a form that was not asked to the end nobody knows."""
        undecided = [form for form, ids in self._open.items() if len(ids) < FRESH_TOKENS]
        if undecided:
            token = reprlib.repr(undecided[0].partition(" ")[2])
            yield (
                f"{_LEGAL} is not judged: the token {token} met nothing but server errors, "
                "and too few fresh ones of its form were asked to tell whether it is the reason"
            )


def _is_plainly_sent(exchange: Exchange) -> bool:
    """Whether nothing but its parameters can be the reason of an answer."""
    request = exchange.request
    return (
        request.token is not None
        and request.violates is None
        and request.sign is None
        and request.demand is None
        and not (request.off_operation or request.is_contrived)
        and request.is_text
    )
