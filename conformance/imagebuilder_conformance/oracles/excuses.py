"""What an answer can not prove: the excuse of an exchange, decided here and nowhere else.

An excused answer speaks of the network, of the load, or of the caller's account, and neither breaks a clause nor
shows that it is kept. Oracles are declared with the excuses that they admit (`oracles.declaring`).
"""

from collections.abc import Mapping
from enum import StrEnum

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_spec import Family, load_contract


class Excuse(StrEnum):
    """Why an answer says nothing of the clause that was asked about."""

    TRANSIENT = "transient"
    """The tries ran out on server errors or silence."""
    KEPT = "kept"
    """The tries ran out for this token only, and not for a fresh one of the same form."""
    THROTTLED = "throttled"
    DENIED = "denied"
    """The caller lacks the permission, or the keys have ended."""
    QUOTA = "quota"
    BUSY = "busy"
    """A build is under way, or a request with the same token."""
    INTERIM = "interim"
    """A 1xx that the client took for the answer."""

    @property
    def is_of_the_account(self) -> bool:
        """Whether it lasts for as long as nobody changes the account or its builds end: the run can't go round it."""
        return self in _OF_THE_ACCOUNT


ALL = frozenset(Excuse)
NONE = frozenset[Excuse]()
_OF_THE_ACCOUNT = frozenset({Excuse.DENIED, Excuse.QUOTA, Excuse.BUSY})

# The families of each excuse, and the statuses that say the same where there is no code, or one of the family.
_FAMILIES: Mapping[Excuse, tuple[frozenset[Family], frozenset[int]]] = {
    Excuse.DENIED: (frozenset({Family.DENIAL, Family.ENDED_KEY}), frozenset({401, 403})),
    Excuse.QUOTA: (frozenset({Family.QUOTA}), frozenset({402})),
    Excuse.BUSY: (frozenset({Family.BUSY}), frozenset()),
    Excuse.THROTTLED: (frozenset({Family.THROTTLING}), frozenset({429})),
}
_KEYS_ENDED = "the target does not take the keys any more: run again with new ones"
_HELP: Mapping[Excuse, str] = {
    Excuse.TRANSIENT: "no answer to be judged came, although the request was sent again",
    Excuse.KEPT: "that is this token's own, as a fresh one of the same form is answered",
    Excuse.THROTTLED: "there were too many requests: run slower (--rate-limit)",
    Excuse.DENIED: "the caller may not: allow imagebuilder:StartImagePipelineExecution on image-pipeline/* "
    "(`plan` shows a policy)",
    Excuse.QUOTA: "a quota of the account is used up: have it raised, or run again later, slower (--rate-limit)",
    Excuse.BUSY: "a build is under way: run again when it is over, or with pipelines that nobody else uses",
    Excuse.INTERIM: "the client took an interim answer for the last one",
}


def excuse_of(exchange: Exchange) -> Excuse | None:
    """Why the exchange says nothing of the target; None where it does.

    What comes again while others are answered well is the request's own, and a fault that was demanded was asked for.
    """
    answer = exchange.answer
    if exchange.kept:
        return Excuse.KEPT
    if exchange.reproduced or exchange.raises_demand:
        return None
    if answer is None:
        return Excuse.TRANSIENT
    if answer.is_success:
        return None
    if (known_or_none(lambda: answer.status) or 200) < 200:
        return Excuse.INTERIM
    named = next((excuse for excuse in _FAMILIES if _is(excuse, answer)), None)
    return named or (Excuse.TRANSIENT if answer.is_server_error else None)


def is_in_form(exchange: Exchange) -> bool:
    """Whether an answer says by its code what it is, and not by its status alone."""
    return exchange.answer is not None and exchange.answer.code is not None


def reason(exchange: Exchange) -> str | None:
    """What came, in the target's own words too, and what helps: one sentence for an exchange with an excuse."""
    excuse = excuse_of(exchange)
    if excuse is None:
        return None
    ended = exchange.answer is not None and exchange.answer.code in load_contract().errors.family(Family.ENDED_KEY)
    helps = _KEYS_ENDED if ended else _HELP[excuse]
    return f"{exchange.quoted}: {helps}"


def _is(excuse: Excuse, answer: Answer) -> bool:
    # The table of errors is common to all revisions.
    errors = load_contract().errors
    families, statuses = _FAMILIES[excuse]
    status = known_or_none(lambda: answer.status)
    if any(answer.code in errors.family(family) for family in families):
        return status is None or status in (errors.statuses(answer.code or "") or ()) or status in statuses
    return status in statuses and (answer.code is None or excuse is Excuse.THROTTLED)
