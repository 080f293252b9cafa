"""Tokens that no other sending has: a nonce of the run and a counter, never derived from the seed.

Targets keep state, so a token used twice by accident, within a run or by two runs, would raise a false alarm.
"""

import random
import string

from imagebuilder_conformance.counting import Counter

_LETTERS = string.ascii_lowercase
_NONCE_LENGTH = 8
_COUNTER_LENGTH = 4
_NUMBERS = len(_LETTERS) ** _COUNTER_LENGTH


def new_nonce() -> str:
    """A fresh nonce: eight random letters, no two alike, about 6e10 possibilities."""
    return "".join(random.SystemRandom().sample(_LETTERS, k=_NONCE_LENGTH))


class Tokens:
    """Gives out the tokens of a run. Letters only, so that each also has a twin in the other case.

    Of the processes of one run each has a share of its own: number `share`, from 0, of `shares`. Raises `ValueError`
    for a number beyond.
    """

    LENGTH = _NONCE_LENGTH + _COUNTER_LENGTH
    """The length of each token, in characters."""

    def __init__(self, nonce: str, share: int = 0, shares: int = 1) -> None:
        if share not in range(shares):
            raise ValueError(f"expected a share from 0 to {shares - 1}, got {share}")
        self.nonce = nonce
        self._numbers = range(share, _NUMBERS, shares)
        self._counter = Counter()

    def fresh(self) -> str:
        """A token that was never used. Raises `OverflowError` where all were."""
        place = self._counter.next()
        if place >= len(self._numbers):
            raise OverflowError("expected a token that was never used, and there is none left")
        return self.nonce + _in_letters(self._numbers[place])


def _in_letters(number: int) -> str:
    letters = []
    for _ in range(_COUNTER_LENGTH):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
