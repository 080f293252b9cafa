"""Numbers that are missing tell of hidden builds only where they are missing just where faults were."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.build_numbers import no_builds_behind_faults
from imagebuilder_conformance.oracles.findings import Held, failures
from imagebuilder_conformance.oracles.passive import Watch
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import CRASH, exchange, started

HIDDEN = "idempotency.hidden-builds"


def told(exchanges: Iterable[Exchange]) -> tuple[list[str], bool]:
    """The clauses that are told to be broken, and whether they are told to hold."""
    found = list(no_builds_behind_faults.judge(exchanges, CONTRACT))
    return [failure.clause for failure in failures(found)], any(isinstance(each, Held) for each in found)


def noted(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    watch = Watch([no_builds_behind_faults], CONTRACT)
    for each in exchanges:
        watch.see(each)
    return watch.notes(no_builds_behind_faults)


def named(number: int) -> Exchange:
    return started(f"token-{number}", number, at=4.0 * number)


def failed(token: str, before: int) -> Exchange:
    """A request that met a fault just before the start of a number."""
    return exchange(CRASH, request=start(token), at=4.0 * before - 1)


def quiet(first: int, count: int = 12) -> Iterator[Exchange]:
    return (named(number) for number in range(first, first + count))


def retried(number: int, *, missing: int) -> Iterator[Exchange]:
    """A request that met a fault and was sent again: its image, after so many numbers that nobody names."""
    token = f"token-{number + missing}"
    yield failed(token, number + missing)
    yield named(number + missing)


def test_gaps_just_where_faults_were_are_told() -> None:
    assert told([*quiet(1), *retried(13, missing=1), *quiet(15), *retried(27, missing=1)]) == ([HIDDEN], False)


def test_without_gaps_it_holds() -> None:
    assert told([*quiet(1), *retried(13, missing=0), *quiet(14), *retried(26, missing=0)]) == ([], True)


def test_gaps_elsewhere_too_are_somebody_elses() -> None:
    elsewhere = [*quiet(1), *retried(13, missing=1), *quiet(17), *retried(29, missing=1)]
    assert told(elsewhere) == ([], False)


def test_one_gap_may_be_chance_and_few_quiet_starts_show_nothing() -> None:
    assert told([*quiet(1), *retried(13, missing=1), *quiet(15)]) == ([], False)
    assert told([*quiet(1, 3), *retried(4, missing=1), *quiet(6, 3), *retried(9, missing=1)]) == ([], False)


def test_a_token_whose_outcome_nobody_learned_may_have_the_number() -> None:
    lost = [*quiet(1), failed("lost", 14), named(14), *quiet(15), failed("gone", 28), named(28)]
    assert told(lost) == ([], True)
    # Once it is learned, the number is another's.
    assert told([*lost, started("lost", 29, at=116.0), started("gone", 30, at=120.0)]) == ([HIDDEN], False)


def test_a_number_that_comes_later_was_not_missing() -> None:
    late = [*quiet(1), *retried(13, missing=1), named(13), *quiet(15), *retried(27, missing=1), named(27)]
    assert told(late) == ([], True)


def test_versions_are_followed_apart_and_images_without_numbers_say_nothing() -> None:
    other = [replace(each, request=start(f"other-{index}")) for index, each in enumerate(quiet(100))]
    assert told([*quiet(1), *other]) == ([], False)
    assert told(()) == ([], False)


def test_in_a_race_the_order_in_which_answers_are_read_says_nothing() -> None:
    def raced(number: int) -> Iterator[Exchange]:
        """Two requests with one token: the image is read first, then the fault of the other one."""
        token = f"token-{number + 1}"
        yield started(token, number + 1, at=4.0 * number)
        yield exchange(CRASH, request=start(token), at=4.0 * number)
        yield started(token, number + 1, at=4.0 * number + 1)

    assert told([*quiet(1), *raced(13), *quiet(15), *raced(27), *quiet(29)]) == ([HIDDEN], False)


def test_where_builds_behind_faults_can_not_be_followed_it_is_said() -> None:
    jumping = [named(number * number) for number in range(1, 14)]
    [note] = noted([*jumping, failed("lost", 200)])
    assert "by answers only" in note
    assert noted(jumping) == ()
    assert noted([*quiet(1), *retried(13, missing=0), *quiet(14), *retried(26, missing=0)]) == ()
