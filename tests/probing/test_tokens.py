import random
import string
import threading

import pytest

from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
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


def test_nor_by_processes_of_one_run() -> None:
    nonce = new_nonce()
    given = [tokens.fresh() for tokens in (Tokens(nonce, share, 100) for share in range(100)) for _ in range(300)]
    assert len(set(given)) == len(given)


def test_there_is_no_share_beyond_the_last() -> None:
    with pytest.raises(ValueError, match="from 0 to 99, got 100"):
        Tokens(new_nonce(), 100, 100)


def test_where_all_are_given_out_there_is_no_other() -> None:
    tokens = Tokens(new_nonce(), 0, 26**4 // 2)
    tokens.fresh()
    tokens.fresh()
    with pytest.raises(OverflowError):
        tokens.fresh()
