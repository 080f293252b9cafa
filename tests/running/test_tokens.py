import random
import string
import threading

from imagebuilder_conformance.running.tokens import Tokens, new_nonce
from imagebuilder_spec import load_contract


def test_tokens_are_never_given_out_twice() -> None:
    tokens = Tokens(new_nonce())
    given = [tokens.fresh() for _ in range(30_000)]
    assert len(set(given)) == len(given)


def test_nor_by_threads_at_the_same_time() -> None:
    tokens = Tokens(new_nonce())
    given: list[str] = []

    def take() -> None:
        given.extend(tokens.fresh() for _ in range(2000))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == len(given) == 16_000


def test_nor_in_another_case() -> None:
    # A check sends tokens in the other case too.
    tokens = Tokens(new_nonce())
    assert len({tokens.fresh().upper() for _ in range(1000)}) == 1000


def test_a_token_is_letters_of_one_length_and_leaves_room_for_more() -> None:
    tokens = Tokens(new_nonce())
    for _ in range(100):
        token = tokens.fresh()
        assert len(token) == Tokens.LENGTH
        assert set(token) <= set(string.ascii_lowercase)
        assert token.startswith(tokens.nonce)
    assert load_contract().token_lengths.stop >= Tokens.LENGTH * 2


def test_runs_differ_whatever_seed_is_set() -> None:
    nonces = set()
    for _ in range(50):
        random.seed(20_260_403)
        nonces.add(new_nonce())
    assert len(nonces) == 50


def test_counters_can_start_apart() -> None:
    nonce = new_nonce()
    first = {Tokens(nonce).fresh() for _ in range(1)}
    later = Tokens(nonce, first=10_000)
    assert first.isdisjoint(later.fresh() for _ in range(100))
