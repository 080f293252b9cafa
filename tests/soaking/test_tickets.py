from imagebuilder_conformance.soaking.tickets import Dispenser, Ticket


def tickets(dispenser: Dispenser, count: int, *, exchanges_a_tick: int = 100) -> list[Ticket]:
    return [dispenser.next(number * exchanges_a_tick) for number in range(count)]


def test_how_many_tokens_are_opened_follows_from_how_much_was_sent() -> None:
    slow, fast = Dispenser(10), Dispenser(10)
    tickets(slow, 50, exchanges_a_tick=1)
    tickets(fast, 50, exchanges_a_tick=1000)
    assert slow.opened < 25
    assert fast.opened > 9000


def test_a_target_that_answers_nothing_is_still_given_tokens_to_use() -> None:
    *_, last = tickets(Dispenser(10), 20, exchanges_a_tick=0)
    assert last.new == (0, 10)


def test_an_old_token_is_used_again_after_thousands_of_others() -> None:
    *_, last = tickets(Dispenser(10), 200)
    assert min(low for low, _ in last.older) < last.new[0] - 2000


def test_a_token_is_retired_only_when_no_ticket_that_has_it_is_in_use() -> None:
    dispenser = Dispenser(10)
    given = tickets(dispenser, 400)
    retired = list(dispenser.retired(390))
    used_since = {
        number for each in given[389:] for low, high in (each.new, *each.older) for number in range(low, high)
    }
    assert retired
    assert used_since.isdisjoint(retired)
    assert list(dispenser.retired(390)) == []


def test_every_token_is_retired_once() -> None:
    dispenser = Dispenser(10)
    tickets(dispenser, 400)
    assert [*dispenser.retired(300), *dispenser.retired(350), *dispenser.rest()] == list(range(dispenser.opened))


def test_under_a_limit_tokens_are_used_to_the_end() -> None:
    dispenser = Dispenser(10, limit=30)
    *_, last = tickets(dispenser, 300)
    assert dispenser.opened == 30
    assert (0, 30) in last.older
    assert list(dispenser.retired(300)) == []


def test_a_ticket_survives_its_journey() -> None:
    ticket = Ticket(7, (3, 9), ((0, 3), (1, 2)))
    assert Ticket.from_message(ticket.to_message()) == ticket
