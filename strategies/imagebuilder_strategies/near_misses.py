"""Pairs of tokens that differ and that a sloppy implementation takes for one."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from imagebuilder_spec import Contract, load_contract
from imagebuilder_strategies.labels import NearMiss
from imagebuilder_strategies.pair_classes import PairClass, pair_classes


def near_tokens(base: str, *, contract: Contract | None = None, thorough: bool = True) -> tuple[NearMiss, ...]:
    """Pairs of legal, distinct tokens that contain `base` and that a sloppy comparison confuses.

    The labels' first segments are `case`, `blank`, `wildcard`, `decoding`, `punctuation`, `path`, `hash`, `unicode`,
    `control` and `whole` (longest tokens that share all but one character); a pair's `ascii` says whether every target
    must accept both tokens. Many pairs share a token. Send `first` before `second`: a wildcard matches only what is
    there already.

    Args:
        base: A text that was never sent before, with room for eleven more characters in a token.
        contract: The revision whose limits hold; the default one if not given.
        thorough: Whether to add the pairs that few stores fold, or that are folded where another pair is.

    Raises:
        ValueError: If `base` is empty or leaves too little room.

    Examples:
        >>> near_tokens("run-7f3a-0001")[0]
        NearMiss(label='case', first='run-7f3a-0001a', second='run-7f3a-0001A')
    """
    classes = [each for each in pair_classes() if not each.is_number]
    lengths = (contract or load_contract()).token_lengths
    longest, room = lengths.stop - 1, max(each.room for each in classes)
    if not max(lengths.start, 1) <= len(base) <= longest - room:
        expected = f"{max(lengths.start, 1)} to {longest - room}"
        raise ValueError(f"expected a base of {expected} characters, got {len(base)}: {base!r}")
    return *_pairs(classes, base, thorough=thorough), *_longest_pairs(base, longest)


def _pairs(classes: Iterable[PairClass], text: str, *, thorough: bool) -> Iterator[NearMiss]:
    return (each.pair(text) for each in classes if thorough or each.every_run)


def _longest_pairs(base: str, longest: int) -> Iterator[NearMiss]:
    """Tokens of the greatest length that share all but one character: nothing may be cut off or left out."""
    # Between the base and the end; the base itself is not to differ.
    middle = (1 + len(base) + longest - 1) // 2
    token = f"1{base}".ljust(middle, "0") + "1"
    token = token.ljust(longest - 1, "0") + "1"
    yield NearMiss(f"whole.first-{longest - 1}-shared", token, f"{token[:-1]}2")
    yield NearMiss(f"whole.last-{longest - 1}-shared", token, f"2{token[1:]}")
    yield NearMiss("whole.middle-character", token, f"{token[:middle]}2{token[middle + 1 :]}")
    yield NearMiss("whole.prefix", token, token[:-1])
    yield NearMiss("whole.suffix", token, token[1:])


def near_uuids(uuid: UUID) -> tuple[NearMiss, ...]:
    """Pairs of distinct tokens that spell one UUID: to whoever reads tokens as UUIDs they are the same.

    Args:
        uuid: One that was never sent before.

    Examples:
        >>> near_uuids(UUID("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f"))[1].second
        '0b5b54ee2a3c4f6e9d3e1f0a6c7d8e9f'
    """
    plain = str(uuid)
    return (
        NearMiss("case.uuid", plain, plain.upper()),
        NearMiss("punctuation.uuid-hyphens", plain, uuid.hex),
    )


def near_numbers(number: int, *, thorough: bool = True) -> tuple[NearMiss, ...]:
    """Pairs of distinct tokens that spell one number: in a column of numbers they are the same.

    Args:
        number: A positive one that was never sent before, of fifteen digits at most; with fewer the longest tokens
            are told apart by numbers of double precision too.
        thorough: Whether to add the pairs that are folded where another one is.

    Examples:
        >>> near_numbers(7003)[0].second
        '07003'
    """
    return tuple(_pairs((each for each in pair_classes() if each.is_number), f"{number}", thorough=thorough))
