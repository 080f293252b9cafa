"""Requests as published clients send them are answered as plain ones are."""

from collections.abc import Iterator

from imagebuilder_conformance.client.forms import FORMS, form_of
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.excuses import ALL, Excuse, excuse_of
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, passive
from imagebuilder_spec import Contract

# A denial is what a form meets whose signature can't be read, and a server error what one meets that ends the server:
# the same keys were taken in plain form just before.
_EXCUSES = ALL - {Excuse.DENIED, Excuse.TRANSIENT}


class FormRefused(Failure):
    """A request in the form of a published client was refused twice, and the same request in plain form was not."""

    code = "form.refused"
    title = "A request as a published client sends it is refused"
    hint = (
        "Compare names of headers without regard to case, read the list of signed headers instead of expecting one, "
        "and ask for no header that the contract does not name. docs/clients.md says what each client sends."
    )


def clause_of(form: str) -> str:
    """The clause of a form."""
    return f"wire.form.{form}"


@passive(
    "answers.forms",
    *map(clause_of, FORMS),
    stimuli=("operation", "request", "idempotency", "wire"),
)
def forms_accepted(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """A request in the form of a published client is answered as the same request in plain form is.

    It is sent in its form, in plain form and in its form again, so that nothing that passes is taken for the form's.
    """
    return _Judge()


class _Judge:
    def __init__(self) -> None:
        # By body, of each request that was refused in a form: what came of it so far.
        self._refused: dict[bytes, list[Exchange]] = {}

    def __call__(self, exchange: Exchange) -> Iterator[Finding]:
        body, form = exchange.request.body, exchange.request.form
        if form is None:
            if body in self._refused:
                self._refused[body].append(exchange)
            return
        first, *plain = self._refused.pop(body, [exchange])
        answered = next((each for each in plain if each.is_success), None)
        if exchange.is_success:
            yield Held(clause_of(form))
        elif first.request.form == form and answered is not None:
            if _speaks_of_the_form(first) and _speaks_of_the_form(exchange):
                received = f"{exchange.quoted}, {form_of(form)}"
                expected = f"{answered}, as in plain form"
                yield FormRefused(clause_of(form), expected, received, (first, answered, exchange))
        else:
            self._refused[body] = [exchange]


def _speaks_of_the_form(exchange: Exchange) -> bool:
    """Whether the target, and not the network, the load or the account, has the say."""
    answer = exchange.answer
    return answer is not None and not answer.may_be_a_gateways and excuse_of(exchange) not in _EXCUSES
