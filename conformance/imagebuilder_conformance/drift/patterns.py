r"""Whether two ECMA-262 patterns are the same one, written otherwise.

Differences that change nothing are taken out: the form of a group that nobody refers to, needless escapes, the order in
a class, `\d` for `[0-9]`, `{1,}` for `+`; and anchors around the whole, which older service models leave out although
they mean the whole text. Patterns that still differ may nevertheless mean the same.
"""

import re
from functools import cache

_PIECES = re.compile(
    r"""
    (?P<cls>\[\^?(?:\\.|[^\]\\])*\])
    | (?P<group>\(\?:|\((?!\?))
    | (?P<times>\{\d+,?\d*\})
    | (?P<escape>\\.)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_CLASS = re.compile(r"(?P<low>\\.|[^\\])-(?P<high>\\.|[^\\])|\\.|.", re.DOTALL)
_SETS = {r"\d": ("0-9",), r"\w": ("0-9", "A-Z", "_", "a-z")}
_TIMES = {"{0,}": "*", "{1,}": "+", "{0,1}": "?", "{1}": "", "{1,1}": ""}
_SPECIAL = frozenset(r"\^$.*+?()[]{}|")


def same_pattern(one: str, other: str) -> bool:
    """Whether two patterns are equal but for what changes nothing."""
    return one == other or canonical(one) == canonical(other)


@cache
def canonical(pattern: str) -> str:
    """A text that is the same for patterns that differ in nothing but form; it is no pattern itself."""
    if re.search(r"\\[1-9k]", pattern):
        # Groups are referred to, so their form matters.
        return pattern
    return _PIECES.sub(_piece, _without_anchors(pattern))


def _without_anchors(pattern: str) -> str:
    """The pattern without a `^` before and a `$` behind it, if these hold for all of it."""
    inner = pattern[1:-1]
    anchored = pattern.startswith("^") and re.search(r"(?<!\\)(?:\\\\)*\$$", pattern)
    return inner if anchored and not _has_alternatives(inner) else pattern


def _has_alternatives(pattern: str) -> bool:
    """Whether the pattern, and not only a group of it, is one of several."""
    depth = 0
    for piece in re.findall(r"\\.|\[(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "|" and depth == 0:
            return True
    return False


def _piece(found: re.Match[str]) -> str:
    piece = found[0]
    match found.lastgroup:
        case "cls":
            return _class(piece)
        case "group":
            return "("
        case "times":
            return _TIMES.get(piece, re.sub(r"^\{(\d+),\1\}$", r"{\1}", piece))
        case _ if piece in _SETS:
            return _class(f"[{piece}]")
        case _:
            return _plain(piece, _SPECIAL)


def _class(written: str) -> str:
    negated = written.startswith("[^")
    parts: set[str] = set()
    for found in _IN_CLASS.finditer(written[2 if negated else 1 : -1]):
        if found["low"]:
            parts.add(f"{_plain(found['low'])}-{_plain(found['high'])}")
        else:
            parts.update(_SETS.get(found[0], (_plain(found[0]),)))
    # On lines of their own: beside each other, three characters could be taken for a range.
    listed = "\n".join(sorted(parts))
    return f"[{'not ' if negated else ''}{listed}]"


def _plain(piece: str, special: frozenset[str] = frozenset()) -> str:
    """A character without a needless escape: a letter or digit behind a backslash is something else."""
    needless = len(piece) == 2 and not piece[1].isalnum() and piece[1] not in special
    return piece[1] if needless else piece
