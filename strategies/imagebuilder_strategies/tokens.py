"""Legal and illegal client tokens.

A target keeps its tokens, so a token that was ever sent is spent. Every generator here can put a text of the caller's
into each token (`unique=`), which the caller makes anew for each sending.
"""

import string
from collections.abc import Iterator
from functools import partial

from hypothesis import strategies as st

from imagebuilder_spec import Contract, load_contract
from imagebuilder_strategies import alphabets
from imagebuilder_strategies.alphabets import Shape, texts
from imagebuilder_strategies.labels import Edge, InvalidToken

# Beyond what a target that counts in bytes, or in a column of a database, would hold.
_FAR_TOO_LONG = 256
_UNPRINTABLE = {
    "latin": alphabets.LATIN,
    "combining": "e\u0301o\u0308n\u0303",
    "wide": alphabets.WIDE,
    "look-alikes": alphabets.LOOKALIKES,
    "invisible": alphabets.INVISIBLE,
    "control": alphabets.CONTROL,
    "emoji-sequence": "👩\u200d🔬🇩🇪👍🏽",
}


def client_tokens(
    *, contract: Contract | None = None, unique: str = "", ascii_only: bool = True
) -> st.SearchStrategy[str]:
    """Legal client tokens, each of which contains `unique`.

    Args:
        contract: The revision whose limits hold; the default one if not given.
        unique: A text that every token contains; at most as long as a token may be.
        ascii_only: Whether tokens keep to printable ASCII. If not, most have astral, combining, invisible,
            control or look-alike characters too. Lone surrogates never appear: they are not text.

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> client_tokens(unique="run-7f3a-0001").example()  # doctest: +SKIP
        'Gk run-7f3a-0001&'
    """
    lengths = _lengths(contract, unique)
    low, high = max(lengths.start - len(unique), 0), lengths.stop - 1 - len(unique)
    shapes = [
        Shape(alphabets.PRINTABLE, low, high),
        Shape(alphabets.PUNCTUATION_AND_BLANKS, low, high),
    ]
    if not ascii_only and high:
        low = max(low, 1)
        shapes[1:] = [
            Shape(alphabets.NON_ASCII, low, high),
            Shape(alphabets.COMBINING, low, high),
            Shape(alphabets.ASTRAL, high, high),
            Shape(alphabets.WHOLE_OF_UNICODE, low, high),
        ]
    return texts(*shapes, unique=unique)


def client_token_edges(
    *, contract: Contract | None = None, unique: str = "", ascii_only: bool = True
) -> tuple[Edge[str], ...]:
    """The edges of the legal client tokens, always the same for the same `unique`, no two of them equal.

    Together they hold every printable ASCII character; with `ascii_only=False` there follow the kinds of others.

    Args:
        contract: The revision whose limits hold; the default one if not given.
        unique: A text that every token contains. Without it there are a one-character token and a blank one.
        ascii_only: Whether to keep to printable ASCII.

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> [edge.value for edge in client_token_edges(unique="run-7f3a-0001")][:2]
        ['run-7f3a-0001', 'run-7f3a-0001aaaaaaaaaaaaaaaaaaaaaaa']
    """
    lengths = _lengths(contract, unique)
    edges = [*_printable_edges(lengths, unique), *([] if ascii_only else _unprintable_edges(lengths, unique))]
    seen: dict[str, Edge[str]] = {}
    for edge in edges:
        if len(edge.value) in lengths and unique in edge.value:
            seen.setdefault(edge.value, edge)
    return tuple(seen.values())


def invalid_client_tokens(*, contract: Contract | None = None, unique: str = "") -> st.SearchStrategy[InvalidToken]:
    """Texts that are no legal client tokens: too long, or empty (the only one without `unique`).

    Args:
        contract: The revision whose limits hold; the default one if not given.
        unique: A text that every token but the empty one contains.

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> invalid_client_tokens().example()  # doctest: +SKIP
        InvalidToken(value='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', violates='token.too-long', judged=True)
    """
    lengths = _lengths(contract, unique)
    low, high = lengths.stop - len(unique), 2 * lengths.stop
    too_long = {
        "token.too-long": Shape(alphabets.PRINTABLE, low, high),
        "token.too-long.punctuation": Shape(alphabets.PUNCTUATION_AND_BLANKS, low, high),
        "token.too-long.non-ascii": Shape(alphabets.LATIN + alphabets.ASTRAL, low, low + 8),
    }
    arms = [st.sampled_from(invalid_client_token_edges(contract=contract, unique=unique))]
    for label, shape in too_long.items():
        arms.append(texts(shape, unique=unique).map(partial(_labelled, label)))
    return st.one_of(arms)


def invalid_client_token_edges(*, contract: Contract | None = None, unique: str = "") -> tuple[InvalidToken, ...]:
    """Every way in which a client token is broken, always the same for the same `unique`.

    Args:
        contract: The revision whose limits hold; the default one if not given.
        unique: A text that every token but the empty one contains.

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> [(edge.violates, len(edge.value)) for edge in invalid_client_token_edges()][:2]
        [('token.empty', 0), ('token.too-long', 37)]
    """
    lengths = _lengths(contract, unique)
    longest = lengths.stop - 1
    candidates = [("token.empty", "")] if 0 not in lengths else []
    candidates += [("token.too-short", "a" * size) for size in range(1, lengths.start) if not unique]
    candidates += [
        ("token.too-long", _pad(unique, longest + 1)),
        ("token.too-long.by-two", _pad(unique, longest + 2)),
        ("token.too-long.twice", _pad(unique, 2 * longest)),
        (f"token.too-long.{_FAR_TOO_LONG}", _pad(unique, _FAR_TOO_LONG)),
        # Legal once stripped of the blanks, which is nobody's to do.
        ("token.too-long.trailing-blanks", (unique or "a").ljust(longest + 1)),
        ("token.too-long.leading-blanks", (unique or "a").rjust(longest + 1)),
        ("token.too-long.trailing-newline", _pad(unique, longest) + "\n"),
        # Too long in code points, not in bytes only.
        ("token.too-long.latin", _pad(unique, longest + 1, "é")),
        ("token.too-long.astral", _pad(unique, longest + 1, "😀")),
        # Too long in code points and yet of few graphemes.
        ("token.too-long.zero-width", _pad(unique, longest + 1, "\u200b")),
    ]
    if len(unique) < longest:
        # Legal once composed by normalisation.
        candidates.append(("token.too-long.combining", _pad(unique, longest, "e") + "\u0301"))
    if not unique:
        candidates.append(("token.too-long.only-blanks", " " * (longest + 1)))
    seen: dict[str, InvalidToken] = {}
    for label, value in candidates:
        if len(value) not in lengths:
            seen.setdefault(value, InvalidToken(value, label))
    return tuple(seen.values())


def _lengths(contract: Contract | None, unique: str) -> range:
    lengths = (contract or load_contract()).token_lengths
    if len(unique) >= lengths.stop:
        raise ValueError(f"expected unique to be at most {lengths.stop - 1} characters, got {len(unique)}: {unique!r}")
    return lengths


def _pad(unique: str, size: int, filler: str = "a") -> str:
    return unique + filler * (size - len(unique))


def _labelled(label: str, token: str) -> InvalidToken:
    return InvalidToken(token, label)


def _printable_edges(lengths: range, unique: str) -> Iterator[Edge[str]]:
    shortest, longest = lengths.start, lengths.stop - 1
    yield Edge(_pad(unique, shortest), "token.shortest")
    yield Edge(_pad(unique, longest), "token.longest")
    yield Edge(_pad(unique, longest - 1), "token.one-below-longest")
    if not unique:
        yield Edge("0", "token.one-digit")
        yield Edge(" ", "token.one-blank")
        yield Edge(" " * longest, "token.only-blanks")
        yield Edge("9f8d7c6b-5a49-4382-9716-0a1b2c3d4e5f", "token.uuid")
    core = unique or "a-token"
    yield Edge(f" {core}", "token.leading-blank")
    yield Edge(f"{core} ", "token.trailing-blank")
    yield Edge(f"{core} x", "token.inner-blank")
    yield Edge(f"{core}  x", "token.inner-blanks")
    yield from _every_sign(longest, unique)


def _unprintable_edges(lengths: range, unique: str) -> Iterator[Edge[str]]:
    longest = lengths.stop - 1
    # As many code points as are allowed, which is too many bytes and too many UTF-16 units.
    yield Edge(_pad(unique, longest, "é"), "token.longest.latin")
    yield Edge(_pad(unique, longest, "日"), "token.longest.wide")
    yield Edge(_pad(unique, longest, "😀"), "token.longest.astral")
    yield Edge(_pad(unique, longest, "\u0301"), "token.longest.combining")
    yield Edge(f"{unique}é", "token.composed")
    yield Edge(f"{unique}e\u0301", "token.decomposed")
    yield Edge(f"{unique}\n", "token.trailing-newline")
    yield Edge(f"{unique}\0x", "token.inner-nul")
    yield from _spread(_UNPRINTABLE, longest, unique)


def _every_sign(longest: int, unique: str) -> Iterator[Edge[str]]:
    """Every printable character but the blank, the punctuation twice: before some characters and before others.

    Who takes a token to end at one of the signs takes those two for one token.
    """
    room = longest - len(unique)
    plain = string.ascii_letters + string.digits
    size = room * 2 // 3
    for number, start in enumerate(range(0, len(string.punctuation), size or 1), 1):
        signs = string.punctuation[start : start + size]
        for twin, filler in (("", "x"), (".twin", "y")):
            tail, plain = plain[: room - size], plain[room - size :]
            yield Edge(f"{unique}{signs}{tail or filler}", f"token.punctuation.{number}{twin}")
    yield from _spread({"letters-and-digits": plain}, longest, unique)


def _spread(groups: dict[str, str], longest: int, unique: str) -> Iterator[Edge[str]]:
    """One token for each group of characters, or several where one has no room for them all."""
    room = longest - len(unique)
    if not room:
        return
    for label, characters in groups.items():
        for number, start in enumerate(range(0, len(characters), room), 1):
            suffix = f".{number}" if len(characters) > room else ""
            yield Edge(unique + characters[start : start + room], f"token.{label}{suffix}")
