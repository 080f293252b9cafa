"""That legal values are answered is said once each form was, and of one that was not asked to the end it is told."""

from dataclasses import replace

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Finding, Held, failures
from imagebuilder_conformance.oracles.legality import FRESH_TOKENS, legal_server_error
from imagebuilder_conformance.oracles.passive import Watch
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import CRASH, exchange, started

ODD = "odd\x07token"


def crashed(number: int | None = None) -> Exchange:
    """The token that only meets server errors, or a fresh one of its form."""
    request = start(ODD) if number is None else replace(start(f"odd\x07fresh-{number}"), instead_of=ODD)
    return exchange(CRASH, CRASH, CRASH, request=request)


def seen(*exchanges: Exchange) -> tuple[list[Finding], tuple[str, ...]]:
    watch = Watch([legal_server_error], CONTRACT)
    for each in exchanges:
        watch.see(each)
    return list(watch.found(legal_server_error)), watch.notes(legal_server_error)


def test_it_holds_once_every_form_was_answered() -> None:
    found, notes = seen(started("one"), crashed(), started(ODD, 2))
    assert [type(each) for each in found] == [Held]
    assert notes == ()


def test_a_form_that_stays_undecided_keeps_it_from_being_passed() -> None:
    found, [note] = seen(started("one"), crashed(), crashed(1))
    assert found == []
    assert "odd" in note


def test_as_many_fresh_tokens_as_are_needed_break_it() -> None:
    found, notes = seen(started("one"), crashed(), *map(crashed, range(FRESH_TOKENS)))
    assert len(failures(found)) == len(found) == 1
    assert notes == ()
