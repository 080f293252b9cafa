"""Requests made fresh: other tokens in the same shape, and, of recorded ones, the pipelines of another target.

A target keeps its tokens, so a request sent again as it was would be a replay of itself. Each token of a run holds
the run's nonce; another nonce in its place makes the token fresh, and leaves what the case is about: its length, its
case, what stands around it, and which tokens are the same. A token that is a UUID gets another UUID in its spelling,
and any other one without the nonce stays as it is: `alike` gives one of its form.
"""

import random
import re
import string
from collections import defaultdict
from collections.abc import Iterable
from uuid import uuid4

from imagebuilder_conformance.target import arn_scope

_RANDOM = random.SystemRandom()
# A character as it may stand in a body: plain, or as an escape of JSON.
_CHARACTER = re.compile(rb"\\u00([0-9a-fA-F]{2})|([0-9A-Za-z])")
# Between two characters there may be what UTF-16 and UTF-32 put there.
_BETWEEN = rb"\x00{0,3}"
_COLONS = 5
# As a whole text only: the name of a pipeline may hold one too.
_UUID = re.compile(
    rb'(?<![^"])[0-9a-f]{8}(?P<hyphen>-?)[0-9a-f]{4}(?P=hyphen)[0-9a-f]{4}(?P=hyphen)[0-9a-f]{4}(?P=hyphen)[0-9a-f]{12}(?![^"])',
    re.IGNORECASE,
)
_KINDS = (string.ascii_lowercase, string.digits)


class Renewal:
    """One way to make the texts of a run fresh; the same text always comes out the same.

    Args:
        nonces: The nonces of the run.
        pipelines: Pairs of a recorded pipeline and the one to name in its place.
    """

    def __init__(self, nonces: Iterable[str], pipelines: Iterable[tuple[str, str]] = ()) -> None:
        self._nonces = [(_pattern(nonce), _another(nonce)) for nonce in nonces if nonce.isascii() and nonce.isalnum()]
        moved = [(old, new) for old, new in pipelines if old != new and old.count(":") == new.count(":") == _COLONS]
        self._names = {
            old.encode(): new.encode() for old, new in [*moved, *((_scope(old), _scope(new)) for old, new in moved)]
        }
        self._uuids: defaultdict[bytes, str] = defaultdict(lambda: uuid4().hex)
        self._name = re.compile(b"|".join(re.escape(name) for name in self._names)) if self._names else None

    def data(self, data: bytes) -> bytes:
        """The bytes, made fresh."""
        if self._name is not None:
            data = self._name.sub(lambda found: self._names[found[0]], data)
        for pattern, nonce in self._nonces:
            data = pattern.sub(lambda found, nonce=nonce: _written_alike(found[0], nonce), data)  # type: ignore[misc]  # mypy can't infer a lambda with a default
        return _UUID.sub(self._another_uuid, data)

    def text(self, text: str) -> str:
        """The text, made fresh."""
        return self.data(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def _another_uuid(self, found: re.Match[bytes]) -> bytes:
        """Another UUID in the spelling of this one; the same one for each spelling."""
        old = found[0]
        fresh = iter(self._uuids[old.replace(b"-", b"").lower()])
        spelt = "".join("-" if each == ord("-") else next(fresh) for each in old)
        return (spelt.upper() if old.isupper() else spelt).encode()


def alike(token: str, lengths: range) -> str:
    """Another token of the form of one that is too short to hold a nonce; a run before may have used it.

    Its characters come in another order, but for blanks around them; of one character there is another of its kind, or
    more or fewer of it.
    """
    inside = token.strip()
    if inside not in {"", token}:
        before, after = token.split(inside, 1)
        around = len(before) + len(after)
        return before + alike(inside, range(max(lengths.start - around, 0), lengths.stop - around)) + after
    characters = sorted(set(token))
    if len(characters) > 1:
        orders = ("".join(_RANDOM.sample(token, len(token))) for _ in iter(int, 1))
        return next(order for order in orders if order != token)
    [character] = characters
    # Not 0, which is a fixed word of the contract: it is sent after its control only.
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits[1:], string.punctuation)
    kind = next((each for each in kinds if character in each), None)
    if kind is not None:
        return _RANDOM.choice(kind.replace(character, "")) * len(token)
    return character * _RANDOM.choice([length for length in lengths if 0 < length != len(token)])


def _pattern(nonce: str) -> re.Pattern[bytes]:
    """The nonce in either case and however JSON may write it."""
    return re.compile(_BETWEEN.join(_spellings(character) for character in nonce))


def _spellings(character: str) -> bytes:
    cases = sorted({character.lower(), character.upper()})
    codes = "|".join(f"{ord(case):02x}" for case in cases)
    return rf"(?:[{''.join(cases)}]|\\u00(?i:{codes}))".encode()


def _another(nonce: str) -> str:
    """Another nonce of the same shape."""
    return "".join(_RANDOM.choice(next(kind for kind in _KINDS if each.lower() in kind)) for each in nonce)


def _written_alike(old: bytes, nonce: str) -> bytes:
    """The new nonce, each character in the case and in the spelling of the one whose place it takes."""
    fresh = iter(nonce)

    def respell(found: re.Match[bytes]) -> bytes:
        escape, plain = found.groups()
        before = plain or bytes([int(escape, 16)])
        character = next(fresh).upper() if before.isupper() else next(fresh)
        if plain:
            return character.encode()
        return rf"\u{ord(character):04{'X' if escape.isupper() else 'x'}}".encode()

    return _CHARACTER.sub(respell, old)


def _scope(arn: str) -> str:
    """The beginning of an ARN, up to and with its account."""
    partition, region, account = arn_scope(arn)
    return f"arn:{partition}:imagebuilder:{region}:{account}:"
