"""The characters that the strategies draw from: short lists instead of Hypothesis's Unicode table.

Hypothesis builds that table on first use, which takes about a second and leaves a file behind. `st.text` needs it
even for an explicit alphabet; `texts` does without.
"""

import string

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

# Zeros of decimal digits (Unicode category Nd) outside ASCII; the nine that follow each are digits too.
FOREIGN_ZEROS = "\u0660\u06f0\u0966\u09e6\u0e50\uff10\U0001d7ce"


def texts(alphabet: str, min_size: int = 0, max_size: int = 36) -> st.SearchStrategy[str]:
    """Texts over an alphabet of at most 256 characters; lengths are in code points.

    Example:
        >>> texts("ab", 3, 3).example()  # doctest: +SKIP
        'aab'
    """

    def read(drawn: bytes) -> str:
        return "".join([alphabet[byte % len(alphabet)] for byte in drawn])

    # Lengths are drawn evenly, because the longest texts are as telling as the short ones.
    short = st.binary(min_size=min_size, max_size=max_size)
    even = st.integers(min_size, max_size).flatmap(lambda size: st.binary(min_size=size, max_size=size))
    return (short | even).map(read)


def any_texts(min_size: int, max_size: int) -> st.SearchStrategy[str]:
    r"""Texts over the whole of Unicode but surrogates, mostly of characters that nobody has assigned.

    Example:
        >>> any_texts(1, 2).example()  # doctest: +SKIP
        '\U000b8d6f'
    """

    def read(drawn: bytes) -> str:
        points = (int.from_bytes(drawn[start : start + 3], "big") % 0x110000 for start in range(0, len(drawn), 3))
        # A surrogate is no character by itself; the private characters that start at U+E000 stand in for them.
        return "".join([chr(point + 0x800 if 0xD800 <= point < 0xE000 else point) for point in points])

    return st.integers(min_size, max_size).flatmap(lambda n: st.binary(min_size=3 * n, max_size=3 * n)).map(read)


def foreign_digits(digits: str, zero: str) -> str:
    """The same number in the digits of another script, which Python's `int` and `re` still read as a number.

    Example:
        >>> int(foreign_digits("12", FOREIGN_ZEROS[0]))
        12
    """
    return "".join(chr(ord(zero) + int(digit)) for digit in digits)
