"""The characters that the strategies draw from: short lists instead of Hypothesis's Unicode table.

Hypothesis builds that table on first use, which takes about a second and leaves a file behind. `st.text` needs it
even for an explicit alphabet; `texts` does without.
"""

import string
from typing import NamedTuple

from hypothesis import strategies as st

# The first character of an alphabet is what examples shrink to.
PRINTABLE = string.ascii_lowercase + string.ascii_uppercase + string.digits + string.punctuation + " "
PUNCTUATION_AND_BLANKS = "- _./:;,+*?!=&%#@$^~|'\"`\\<>()[]{}"
LATIN = "éèüßñçøåÉÜ¿±µÿ"
COMBINING = "e\u0301o\u0308n\u0303a\u030a\u0327\u20dd\u093f"
ASTRAL = "😀😁🏽🧪𝒳𐍈𠀋\U000e0101\U0010fffd"
WIDE = "\uff41\uff21\uff11\uff10\uff0d\uff3f日本語한글ひｶ"
LOOKALIKES = (
    "\u0430\u0435\u043e\u0441\u0455\u0456\u0410\u0415\u041e"
    "\u0555\u039f\u03bf\u2010\u2011\u2013\u2014\u0131\u0130\u017f\u212a"
)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u00a0\u2003\u3000\u2028\u2029"
CONTROL = "".join(map(chr, [*range(0x20), 0x7F, 0x80, 0x85, 0x9F]))
NON_ASCII = LATIN + COMBINING + ASTRAL + WIDE + LOOKALIKES + INVISIBLE + CONTROL
# What an empty alphabet stands for: any character but surrogates, most of them assigned to nothing.
WHOLE_OF_UNICODE = ""

# Longer texts repeat themselves, because Hypothesis pays for each byte that it draws.
_MOST_BYTES = 36
# How many of the least lengths count as short.
_SHORT = 8

# Zeros of decimal digits (Unicode category Nd) outside ASCII; the nine that follow each are digits too.
FOREIGN_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10\U0001d7ce"


class Shape(NamedTuple):
    """Texts of certain lengths over an alphabet of at most 256 characters; an empty one is all of Unicode."""

    alphabet: str
    least: int
    most: int


def texts(*shapes: Shape, unique: str = "") -> st.SearchStrategy[str]:
    """Texts of one of the shapes, half of them short; `unique` goes into each.

    A text takes one choice of Hypothesis's, not one for each character: that makes a draw ten times as fast.

    Examples:
        >>> texts(Shape("ab", 3, 3), unique="-").example()  # doctest: +SKIP
        'aa-b'
    """
    # What the first four bytes say: which shape, how long (two bytes), where the unique text goes.
    header = 4
    needed = max(shape.most * (1 if shape.alphabet else 3) for shape in shapes)
    drawn_bytes = header + min(needed, _MOST_BYTES)
    repeats = -(-needed // _MOST_BYTES)

    def read(drawn: bytes) -> str:
        alphabet, least, most = shapes[drawn[0] % len(shapes)]
        size = _size(int.from_bytes(drawn[1:3], "big"), least, most)
        source = drawn[header:] * repeats
        if alphabet:
            text = "".join([alphabet[byte % len(alphabet)] for byte in source[:size]])
        else:
            text = _any_text(source[: 3 * size])
        cut = drawn[3] % (len(text) + 1)
        return text[:cut] + unique + text[cut:]

    return st.binary(min_size=drawn_bytes, max_size=drawn_bytes).map(read)


def _size(drawn: int, least: int, most: int) -> int:
    """A length from two bytes: half of them short, an eighth the greatest, the others of any length alike.

    It grows with what is drawn, so that examples shrink to short ones.
    """
    short = min(most - least + 1, _SHORT)
    if drawn < 0x8000:
        return least + drawn * short // 0x8000
    if drawn >= 0xE000:
        return most
    return min(least + short + (drawn - 0x8000) * (most - least + 1 - short) // 0x6000, most)


def _any_text(drawn: bytes) -> str:
    points = (int.from_bytes(drawn[start : start + 3], "big") % 0x110000 for start in range(0, len(drawn), 3))
    # A surrogate is no character by itself; the private characters that start at U+E000 stand in for them.
    return "".join([chr(point + 0x800 if 0xD800 <= point < 0xE000 else point) for point in points])


def foreign_digits(digits: str, zero: str) -> str:
    """The same number in the digits of another script, which Python's `int` and `re` still read as a number.

    Examples:
        >>> int(foreign_digits("12", FOREIGN_ZEROS[0]))
        12
    """
    return "".join(chr(ord(zero) + int(digit)) for digit in digits)
