"""A form is blamed only if it is refused twice, and the same request in plain form was answered in between."""

from dataclasses import replace

import pytest

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault
from imagebuilder_conformance.oracles.findings import Held, failures
from imagebuilder_conformance.oracles.forms import forms_accepted
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import BAD_PARAMETER, CRASH, THROTTLED, error, exchange, success

REFUSED = error(403, "InvalidSignatureException")
# What speaks of the load or the account, and is over at the next request.
PASSING = (error(400, "ResourceInUseException"), error(402, "ServiceQuotaExceededException"))


def sent(outcome: Answer | Fault, form: str | None = None, token: str = "a-token") -> Exchange:
    return exchange(outcome, request=replace(start(token), form=form))


def broken(*exchanges: Exchange) -> list[str]:
    return [failure.clause for failure in failures(forms_accepted.judge(exchanges, CONTRACT))]


def test_an_answered_form_holds() -> None:
    found = list(forms_accepted.judge([sent(success(), "curl")], CONTRACT))
    assert found == [Held("wire.form.curl")]


@pytest.mark.parametrize("refusal", [REFUSED, BAD_PARAMETER, CRASH])
def test_a_form_that_is_refused_where_the_plain_one_is_not_is_told(refusal: Answer) -> None:
    exchanges = [sent(refusal, "capo"), sent(success()), sent(refusal, "capo")]
    assert broken(*exchanges) == ["wire.form.capo"]
    # What was accepted before is asked again where the key is in doubt, in plain form and in others.
    between = [sent(success(), "curl", "another"), sent(success())]
    assert broken(*exchanges[:2], *between, exchanges[2]) == ["wire.form.capo"]


@pytest.mark.parametrize(
    "exchanges",
    [
        [sent(REFUSED, "capo"), sent(REFUSED), sent(REFUSED, "capo")],
        [sent(REFUSED, "capo"), sent(success()), sent(success(), "capo")],
        [sent(REFUSED, "capo"), sent(REFUSED, "capo")],
        [sent(REFUSED, "capo"), sent(success()), sent(REFUSED, "curl")],
        [sent(REFUSED, "capo"), sent(success(), token="another"), sent(REFUSED, "capo")],
        [sent(THROTTLED, "capo"), sent(success()), sent(THROTTLED, "capo")],
        *([sent(passes, "capo"), sent(success()), sent(REFUSED, "capo")] for passes in PASSING),
        *([sent(REFUSED, "capo"), sent(success()), sent(passes, "capo")] for passes in PASSING),
        [sent(Fault.CLOSED, "capo"), sent(success()), sent(REFUSED, "capo")],
        [sent(REFUSED, "capo"), sent(success()), sent(Fault.TIMEOUT, "capo")],
    ],
)
def test_nothing_else_is(exchanges: list[Exchange]) -> None:
    assert broken(*exchanges) == []
