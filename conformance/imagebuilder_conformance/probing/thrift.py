"""What a run under a budget makes do with: a few starts whose tokens serve many checks.

Each token is made so that it shows as much as it can. Together they hold every printable ASCII character, one of
them is as long as a token may be, and pairs of them differ in one respect only: that is what the checks of tokens
need. `docs/executions.md` says why fewer will not do.
"""

import random
import string
from collections.abc import Collection, Mapping

from imagebuilder_conformance.checks import SharedStart
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_spec import Contract
from imagebuilder_strategies import NearMiss

# Outside the basic plane, and an `e` once normalised: it shows who counts bytes or UTF-16 units, and who normalises.
LIKE_E = "\U0001d41e"
"""The character that makes a token one outside ASCII."""
_PAIRS: Mapping[str, tuple[SharedStart, SharedStart]] = {
    "case": (SharedStart.FIRST, SharedStart.OTHER_CASE),
    "whole.last-character": (SharedStart.FIRST, SharedStart.LAST_CHARACTER),
    "blank.trailing": (SharedStart.PUNCTUATION, SharedStart.BLANK),
    "unicode.compatible": (SharedStart.FIRST, SharedStart.OUTSIDE_ASCII),
}
# Without 0, which is a fixed word of the contract: it is sent after its control only.
_PRINTABLE = string.ascii_letters + string.digits[1:] + string.punctuation
WITH_EVERY_CHARACTER = (SharedStart.FIRST, SharedStart.OTHER_CASE, SharedStart.PUNCTUATION, SharedStart.BLANK)
"""The starts whose tokens hold every printable ASCII character among them."""


class Thrift:
    """The tokens of the shared starts, and what came of them.

    Args:
        nonce: What makes the tokens those of this run: distinct lower-case letters.
        contract: The revision whose limits hold.
    """

    def __init__(self, nonce: str, contract: Contract) -> None:
        self._tokens = _tokens(nonce, contract.token_lengths)
        self._made: dict[str, Exchange] = {}
        self._kept: dict[str, Exchange] = {}
        self._owners: dict[str, str] = {}

    def token(self, start: SharedStart) -> str:
        """The token of a shared start."""
        return self._tokens[start]

    def is_shared(self, token: str) -> bool:
        """Whether the token is that of a shared start."""
        return token in self._tokens.values()

    def begun(self, token: str) -> Exchange | None:
        """What a start with the token came to: its first success if there was one, else what was kept of it."""
        return self._made.get(token) or self._kept.get(token)

    def owner(self, image: str) -> str | None:
        """The token that an image was first seen with."""
        return self._owners.get(image)

    def keep(self, exchange: Exchange) -> None:
        """Keep a start, whatever came of it, for the other checks that share it."""
        self._kept.setdefault(exchange.request.token or "", exchange)

    def see(self, exchange: Exchange) -> None:
        """Take note of an exchange."""
        token, image = exchange.request.token or "", exchange.image
        if image is None or exchange.request.off_operation:
            return
        self._owners.setdefault(image, token)
        if self.is_shared(token):
            self._made.setdefault(token, exchange)

    def pairs(self, kinds: Collection[str]) -> list[NearMiss]:
        """The pairs of tokens whose label has one of these first segments."""
        return [
            NearMiss(label, self._tokens[first], self._tokens[second])
            for label, (first, second) in _PAIRS.items()
            if label.split(".", 1)[0] in kinds
        ]


def shortest_token(nonce: str, lengths: range) -> str:
    """A token as short as may be: any one of the printable characters, drawn from the nonce.

    It can't be the run's own. But two runs seldom have the same, and where they do, the image tells whose it is.
    """
    drawn = random.Random(f"shortest {nonce}").choice(_PRINTABLE)  # noqa: S311  # no secret
    return drawn * max(lengths.start, 1)


def _tokens(nonce: str, lengths: range) -> dict[SharedStart, str]:
    longest = lengths.stop - 1
    others = "".join(letter for letter in string.ascii_lowercase if letter not in nonce)
    plain = nonce + others + string.digits
    # The order of these characters is what makes their token this run's own.
    signs = "".join(random.Random(nonce).sample(string.punctuation, len(string.punctuation)))  # noqa: S311  # no secret
    # Shorter than a token may be, even with a blank: only their characters can be why they are refused.
    room = longest - len(signs) - 2
    if len(plain) > longest or room < 0:
        raise ValueError(f"expected tokens of at least {len(plain)} characters to be legal, got at most {longest}")
    first = nonce + others + "x" * (longest - len(plain)) + string.digits
    return {
        SharedStart.FIRST: first,
        SharedStart.LAST_CHARACTER: first[:-1] + "x",
        SharedStart.OTHER_CASE: first.swapcase(),
        SharedStart.PUNCTUATION: signs + nonce[:room],
        SharedStart.BLANK: f"{signs}{nonce[:room]} ",
        SharedStart.OUTSIDE_ASCII: first.replace("e", LIKE_E, 1),
        SharedStart.SHORTEST: shortest_token(nonce, lengths),
    }
