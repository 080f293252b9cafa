"""Texts that tell two patterns apart.

From a pattern come the texts that take each of its choices once: every alternative, every character of a class, one
repetition more or fewer. They are tried on both patterns, so what is found is certain; what is not found may be there.
"""

import re
import string
from collections.abc import Iterable, Iterator

from imagebuilder_spec import compile_pattern

_TOKENS = re.compile(
    r"""
    (?P<open>\((?:\?(?:<?[=!]|:|<\w+>))?)
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<times>[*+?]|\{\d+,?\d*\})\??
    | (?P<anchor>[\^$])
    | (?P<atom>\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\.|\[\^?(?:\\.|[^\]\\])*\]|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CHARACTERS = string.ascii_lowercase + string.digits + string.ascii_uppercase + string.punctuation + " \t\né😀"
_MOST_REPEATED = 300


def example_between(inside: str, outside: str) -> str | None:
    """The shortest text found that one ECMA-262 pattern matches and the other does not, or None."""
    try:
        matched, unmatched = compile_pattern(inside), compile_pattern(outside)
        texts = {*texts_of(inside), *texts_of(outside)}
    except (re.error, OverflowError, RecursionError):
        return None
    # Only one of them may be anchored.
    texts |= {longer for text in texts for longer in (f"a{text}", f"{text}a")}
    telling = (text for text in texts if matched.search(text) and not unmatched.search(text))
    return min(telling, key=lambda text: (len(text), text), default=None)


def texts_of(pattern: str) -> list[str]:
    """The texts that take each choice of a pattern once; look-arounds are not looked at, so some may not match."""
    return _alternatives(_TOKENS.finditer(pattern))


def _alternatives(tokens: Iterator[re.Match[str]]) -> list[str]:
    """The texts of what stands up to the end of the group."""
    texts: list[str] = []
    sequence: list[list[str]] = []
    for token in tokens:
        match token.lastgroup:
            case "close":
                break
            case "bar":
                texts += _sequence(sequence)
                sequence = []
            case "open":
                inner = _alternatives(tokens)
                sequence.append(["", *inner] if token["open"].endswith(("=", "!")) else inner)
            case "times" if sequence:
                sequence[-1] = list(_repeated(sequence[-1], *_bounds(token["times"])))
            case "atom":
                sequence.append(_characters(token["atom"]))
    return texts + _sequence(sequence)


def _sequence(parts: Iterable[list[str]]) -> list[str]:
    """The first texts of all parts in a row, then that with one part varied."""
    parts = [part or [""] for part in parts]
    firsts = [part[0] for part in parts]
    varied = (
        "".join([*firsts[:index], text, *firsts[index + 1 :]]) for index, part in enumerate(parts) for text in part[1:]
    )
    return ["".join(firsts), *varied]


def _repeated(texts: list[str], least: int, most: int | None) -> Iterator[str]:
    first, *others = texts or [""]
    yield first * least
    yield from (first * (least - 1) + other for other in others)
    counts = {least + 1, *(() if most is None else (most, most + 1))}
    yield from (first * count for count in sorted(counts) if count <= _MOST_REPEATED)


def _bounds(times: str) -> tuple[int, int | None]:
    if times in {"*", "+", "?"}:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[times]
    least, comma, most = times.strip("{}").partition(",")
    return min(int(least), _MOST_REPEATED), int(most) if most else None if comma else int(least)


def _characters(atom: str) -> list[str]:
    compiled = compile_pattern(atom)
    return [char for char in _CHARACTERS if compiled.fullmatch(char)]
