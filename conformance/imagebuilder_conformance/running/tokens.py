"""Tokens that no other sending has: a nonce of the run and a counter, never derived from the seed.

Targets keep state, so a token used twice by accident, within a run or by two runs, would raise a false alarm.
"""

import itertools
import random
import string
import threading

_LETTERS = string.ascii_lowercase
_NONCE_LENGTH = 8
_COUNTER_LENGTH = 4


def new_nonce() -> str:
    """A fresh nonce: eight random letters, no two alike, about 6e10 possibilities."""
    return "".join(random.SystemRandom().sample(_LETTERS, k=_NONCE_LENGTH))


class Tokens:
    """Gives out the tokens of a run. Letters only, so that each also has a twin in the other case."""

    LENGTH = _NONCE_LENGTH + _COUNTER_LENGTH
    """The length of each token, in characters."""

    def __init__(self, nonce: str, first: int = 0) -> None:
        self.nonce = nonce
        self._numbers = itertools.count(first)
        self._lock = threading.Lock()

    def fresh(self) -> str:
        """A token that was never used."""
        with self._lock:
            number = next(self._numbers)
        return self.nonce + _in_letters(number)


def _in_letters(number: int) -> str:
    letters = []
    for _ in range(_COUNTER_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
