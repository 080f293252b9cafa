"""Legal and illegal tags of a request, in the revisions of the contract whose requests have them."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as st

from imagebuilder_spec import Contract, TagLimits, compile_pattern
from imagebuilder_strategies.alphabets import NON_ASCII, PRINTABLE, Shape, texts
from imagebuilder_strategies.labels import Edge, InvalidTags, NearTags
from imagebuilder_strategies.weights import weighted

# The prefix that AWS keeps for itself; whether a key may begin with it is for the pattern to say.
_RESERVED = "aws:"
# How many tags a drawn map has at most; the edges go up to the limit.
_MOST_DRAWN = 6
_TOO_MANY = "tags.too-many"
_NO_STRINGS: Mapping[str, Any] = {
    "number": 7,
    "boolean": True,
    "array": ["value"],
    "object": {"Value": "value"},
}
# What else a key may hold in other services, or after decoding, or in somebody's head.
_FOREIGN_KEYS: Mapping[str, str] = {
    "asterisk": "cost*",
    "comma": "cost,centre",
    "quote": "cost'centre",
    "brackets": "cost[0]",
    "hash": "cost#1",
    "percent": "cost%20centre",
    "backslash": "cost\\centre",
    "accent": "schlüssel",
    "wide": "費用",
    "emoji": "cost😀",
    "trailing-nul": "cost\0",
    "zero-width": "cost\u200bcentre",
}


def tags(*, contract: Contract) -> st.SearchStrategy[dict[str, str]]:
    """Legal tags, of printable ASCII characters: one to some. The edges have the greatest number of them.

    Args:
        contract: A revision whose requests have tags.

    Raises:
        ValueError: If the revision's requests have none.

    Examples:
        >>> from imagebuilder_spec import load_contract
        >>> tags(contract=load_contract("current")).example()  # doctest: +SKIP
        {'a': '', 'Nb': 'x-y'}
    """
    limits = _limits(contract)
    return st.dictionaries(
        _keys(limits),
        texts(Shape(PRINTABLE, limits.value_lengths.start, limits.value_lengths.stop - 1)),
        min_size=limits.entries.start,
        max_size=min(_MOST_DRAWN, limits.entries.stop - 1),
    )


def tag_edges(*, contract: Contract, ascii_only: bool = True) -> tuple[Edge[dict[str, str]], ...]:
    """The edges of the legal tags, always the same; no two have a key in common, so several can be put together.

    The labels begin with `tags.one`, `tags.most`, `tags.key` or `tags.value`.

    Args:
        contract: A revision whose requests have tags.
        ascii_only: Whether values keep to ASCII. If not, there follow the longest values of other characters.

    Raises:
        ValueError: If the revision's requests have none.

    Examples:
        >>> from imagebuilder_spec import load_contract
        >>> tag_edges(contract=load_contract("current"))[0]
        Edge(value={'one': 'value'}, label='tags.one')
    """
    limits = _limits(contract)
    longest = limits.value_lengths.stop - 1
    edges = [
        Edge({"one": "value"}, "tags.one"),
        Edge(_many(limits.entries.stop - 1), "tags.most"),
        Edge({"k" * max(limits.key_lengths.start, 1): "value"}, "tags.key.shortest"),
        Edge({"k" * (limits.key_lengths.stop - 1): "value"}, "tags.key.longest"),
        Edge(_every_character(limits), "tags.key.characters"),
        Edge({"empty": ""}, "tags.value.empty"),
        Edge({"longest": "v" * longest}, "tags.value.longest"),
    ]
    if not ascii_only:
        edges.append(Edge({"latin": "é" * longest}, "tags.value.longest.latin"))
        edges.append(Edge({"astral": "😀" * longest}, "tags.value.longest.astral"))
    return tuple(edge for edge in edges if all(is_key(key, limits) for key in edge.value))


def invalid_tags(*, contract: Contract) -> st.SearchStrategy[InvalidTags]:
    """Tags that are not legal: too many or none, or one of them with a bad key or value.

    Args:
        contract: A revision whose requests have tags.

    Raises:
        ValueError: If the revision's requests have none.

    Examples:
        >>> from imagebuilder_spec import load_contract
        >>> invalid_tags(contract=load_contract("current")).example()  # doctest: +SKIP
        InvalidTags(value={'aws:a': 'a'}, violates='tags.key.reserved-prefix', judged=True)
    """
    limits = _limits(contract)
    keys, others = limits.key_lengths, tags(contract=contract)
    values = texts(Shape(PRINTABLE, limits.value_lengths.start, 16))
    foreign = st.sampled_from([c for c in PRINTABLE + NON_ASCII if not is_key(c, limits)])
    bad_keys = {
        "too-long": texts(Shape(_alphabet(limits), keys.stop, 2 * keys.stop)),
        "character": st.builds(_spoiled, _keys(limits), foreign, st.integers(0, 255)),
    }
    if not is_key(_RESERVED, limits):
        bad_keys["reserved-prefix"] = texts(Shape(_alphabet(limits), 0, 16)).map(_RESERVED.__add__)
    bad_values = {
        "too-long": texts(Shape(PRINTABLE, limits.value_lengths.stop, 2 * limits.value_lengths.stop)),
        "not-a-string": st.integers() | st.booleans() | st.lists(values, max_size=2),
    }
    arms = [
        *(st.builds(partial(_with, f"tags.key.{label}"), others, bad, values) for label, bad in bad_keys.items()),
        *(
            st.builds(partial(_with, f"tags.value.{label}"), others, _keys(limits), v)
            for label, v in bad_values.items()
        ),
        st.integers(limits.entries.stop, 2 * limits.entries.stop)
        .map(_many)
        .map(partial(InvalidTags, violates=_TOO_MANY)),
    ]
    edges = st.sampled_from(invalid_tag_edges(contract=contract))
    return weighted((2 * len(arms), edges), *((1, arm) for arm in arms)).filter(
        lambda drawn: not is_legal(drawn.value, limits)
    )


def invalid_tag_edges(*, contract: Contract) -> tuple[InvalidTags, ...]:
    """Every way in which the map of tags, a key or a value is broken, always the same.

    Tags that are no map at all are among the broken requests.

    Args:
        contract: A revision whose requests have tags.

    Raises:
        ValueError: If the revision's requests have none.

    Examples:
        >>> from imagebuilder_spec import load_contract
        >>> [edge.violates for edge in invalid_tag_edges(contract=load_contract("current"))][:3]
        ['tags.empty', 'tags.too-many', 'tags.too-many.twice']
    """
    limits = _limits(contract)
    broken = [*_broken_maps(limits), *_broken_keys(limits), *_broken_values(limits)]
    return tuple(each for each in broken if not is_legal(each.value, limits))


def near_tags(*, contract: Contract) -> tuple[NearTags, ...]:
    """Pairs of legal tags that differ and that a sloppy comparison takes for one; the first is always the same.

    Args:
        contract: A revision whose requests have tags.

    Raises:
        ValueError: If the revision's requests have none.

    Examples:
        >>> from imagebuilder_spec import load_contract
        >>> [pair.label for pair in near_tags(contract=load_contract("current"))][:2]
        ['key.case', 'key.last-character']
    """
    limits = _limits(contract)
    key, value = "k" * (limits.key_lengths.stop - 1), "v" * (limits.value_lengths.stop - 1)
    first = {"Name": "Nightly", "team": "builders", "note": "", "ab": "c", "list": "1 b=2", key: "", "long": value}
    changes: Mapping[str, Mapping[str, str | None]] = {
        "key.case": {"Name": None, "name": "Nightly"},
        "key.last-character": {key: None, f"{key[:-1]}x": ""},
        "value.case": {"Name": "nightly"},
        "value.last-character": {"long": f"{value[:-1]}x"},
        "value.first-character": {"long": f"x{value[1:]}"},
        "value.trailing-blank": {"Name": "Nightly "},
        "values.swapped": {"Name": "builders", "team": "Nightly"},
        "empty-value.left-out": {"note": None},
        "boundary.moved": {"ab": None, "a": "bc"},
        "joined": {"list": "1", "b": "2"},
    }
    return tuple(NearTags(label, first, _changed(first, change)) for label, change in changes.items())


def is_key(key: str, limits: TagLimits) -> bool:
    """Whether a text is a legal key."""
    return len(key) in limits.key_lengths and compile_pattern(limits.key_pattern).search(key) is not None


def is_legal(value: Any, limits: TagLimits) -> bool:
    """Whether a JSON value is a legal map of tags."""
    return (
        isinstance(value, dict)
        and len(value) in limits.entries
        and all(is_key(key, limits) for key in value)
        and all(isinstance(text, str) and len(text) in limits.value_lengths for text in value.values())
    )


def _limits(contract: Contract) -> TagLimits:
    if contract.tags is None:
        raise ValueError(f"expected a revision whose requests have tags, got {contract.revision!r}")
    return contract.tags


def _alphabet(limits: TagLimits) -> str:
    return "".join(character for character in PRINTABLE if is_key(character, limits))


def _keys(limits: TagLimits) -> st.SearchStrategy[str]:
    lengths = limits.key_lengths
    return texts(Shape(_alphabet(limits), lengths.start, lengths.stop - 1)).filter(lambda key: is_key(key, limits))


def _every_character(limits: TagLimits) -> dict[str, str]:
    """Keys that hold every character of the alphabet among them; the letter in front keeps off the reserved prefix."""
    alphabet, room = _alphabet(limits), limits.key_lengths.stop - 2
    return {f"x{alphabet[start : start + room]}": "value" for start in range(0, len(alphabet), room)}


def _many(count: int) -> dict[str, str]:
    return {f"key-{number}": "value" for number in range(1, count + 1)}


def _broken_maps(limits: TagLimits) -> Iterator[InvalidTags]:
    yield InvalidTags({}, "tags.empty")
    yield InvalidTags(_many(limits.entries.stop), _TOO_MANY)
    yield InvalidTags(_many(2 * (limits.entries.stop - 1)), f"{_TOO_MANY}.twice")
    # How other services of AWS have tags.
    yield InvalidTags([{"Key": "key", "Value": "value"}], "tags.type.array.of-pairs")


def _broken_keys(limits: TagLimits) -> Iterator[InvalidTags]:
    longest = limits.key_lengths.stop - 1
    keys = {
        "empty": "",
        "too-long": "k" * (longest + 1),
        "too-long.twice": "k" * 2 * longest,
        "too-long.trailing-blank": "k" * longest + " ",
        "reserved-prefix": f"{_RESERVED}key",
        "reserved-prefix.alone": _RESERVED,
        **{f"character.{label}": key for label, key in _FOREIGN_KEYS.items()},
    }
    for label, key in keys.items():
        yield InvalidTags({key: "value"}, f"tags.key.{label}")
    yield InvalidTags({"good": "value", f"{_RESERVED}key": "value"}, "tags.key.reserved-prefix.second")


def _broken_values(limits: TagLimits) -> Iterator[InvalidTags]:
    longest = limits.value_lengths.stop - 1
    values = {
        "too-long": "v" * (longest + 1),
        "too-long.twice": "v" * 2 * longest,
        "too-long.trailing-blank": "v" * longest + " ",
        "too-long.latin": "é" * (longest + 1),
        "too-long.astral": "😀" * (longest + 1),
        **{f"not-a-string.{label}": value for label, value in _NO_STRINGS.items()},
    }
    for label, value in values.items():
        yield InvalidTags({"key": value}, f"tags.value.{label}")
    yield InvalidTags({"good": "value", "key": "v" * (longest + 1)}, "tags.value.too-long.second")
    # Smithy leaves it to the server whether such an entry is dropped.
    yield InvalidTags({"key": None}, "tags.value.null", judged=False)


def _with(violates: str, others: dict[str, str], key: str, value: Any) -> InvalidTags:
    """Tags of which the last is broken; as many of the others as leave room for it."""
    kept = dict([*others.items()][: _MOST_DRAWN - 1])
    kept.pop(key, None)
    return InvalidTags(kept | {key: value}, violates)


def _spoiled(key: str, character: str, place: int) -> str:
    cut = place % len(key)
    return key[:cut] + character + key[cut + 1 :]


def _changed(first: Mapping[str, str], change: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in {**first, **change}.items() if value is not None}
