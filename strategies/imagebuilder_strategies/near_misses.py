"""Pairs of tokens that differ and that a sloppy implementation takes for one."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from imagebuilder_spec import Contract, load_contract
from imagebuilder_strategies.labels import NearMiss

# `{}` stands for the caller's base. Many pairs begin with the bare base or share another token, so that sending them
# all starts fewer executions than two for each. The first segment of a label tells the kind of sloppiness.
_PAIRS: Mapping[str, tuple[str, str]] = {
    "case": ("{}a", "{}A"),
    "blank.leading": ("{}", " {}"),
    "blank.trailing": ("{}", "{} "),
    "blank.around": ("{}", " {} "),
    "blank.inner-doubled": ("{} x", "{}  x"),
    "blank.inner-missing": ("{}x", "{} x"),
    "whole.last-character": ("{}x", "{}y"),
    "whole.first-character": ("x{}", "y{}"),
    "whole.prefix": ("{}", "{}x"),
    "whole.suffix": ("{}", "x{}"),
    "punctuation.hyphen-missing": ("{}x", "{}-x"),
    "punctuation.hyphen-underscore": ("{}-x", "{}_x"),
    "punctuation.slash-underscore": ("{}/x", "{}_x"),
    "wildcard.glob": ("{}x", "{}*"),
    "wildcard.like": ("{}x", "{}%"),
    "decoding.plus": ("{} x", "{}+x"),
    "decoding.percent": ("{} x", "{}%20x"),
    "decoding.backslash": ("{}A", "{}\\u0041"),
    "decoding.entity": ("{}&", "{}&amp;"),
    "control.tab": ("{} x", "{}\tx"),
    "control.trailing-tab": ("{}", "{}\t"),
    "control.trailing-newline": ("{}", "{}\n"),
    "control.line-ends": ("{}\nx", "{}\r\nx"),
    "control.trailing-nul": ("{}", "{}\0"),
    "control.after-nul": ("{}\0x", "{}\0y"),
    "unicode.composed": ("{}é", "{}e\u0301"),
    "unicode.accent": ("{}e", "{}é"),
    "unicode.full-width": ("{}a", "{}\uff41"),
    "unicode.ligature": ("{}fi", "{}\ufb01"),
    "unicode.case-folding": ("{}ss", "{}ß"),
    "unicode.kelvin": ("{}k", "{}\u212a"),
    "unicode.look-alike": ("{}a", "{}\u0430"),
    "unicode.replaced": ("{}é", "{}è"),
    "unicode.mojibake": ("{}é", "{}Ã©"),
    "unicode.astral": ("{}😀", "{}😁"),
    "unicode.zero-width": ("{}", "{}\u200b"),
    "unicode.zero-width-inside": ("{}x", "{}\u200bx"),
    "unicode.byte-order-mark": ("{}", "\ufeff{}"),
    "unicode.no-break-space": ("{} x", "{}\u00a0x"),
    "unicode.ideographic-space": ("{}", "{}\u3000"),
}
_ROOM = max(len(half) - len("{}") for pair in _PAIRS.values() for half in pair)


def near_tokens(base: str, *, contract: Contract | None = None) -> tuple[NearMiss, ...]:
    """Pairs of legal, distinct tokens that contain `base` and that a sloppy comparison confuses.

    The labels' first segments are `case`, `blank`, `whole` (longest tokens that share all but one character among
    them), `punctuation`, `wildcard`, `decoding`, `control` and `unicode`; a pair's `ascii` says whether every target
    must accept both tokens. Send `first` before `second`: a wildcard matches only what is there already.

    Args:
        base: A text that was never sent before, with room for six more characters in a token.
        contract: The revision whose limits hold; the default one if not given.

    Raises:
        ValueError: If `base` is empty or leaves too little room.

    Example:
        >>> near_tokens("run-7f3a-0001")[0]
        NearMiss(label='case', first='run-7f3a-0001a', second='run-7f3a-0001A')
    """
    lengths = (contract or load_contract()).token_lengths
    longest = lengths.stop - 1
    if not max(lengths.start, 1) <= len(base) <= longest - _ROOM:
        expected = f"{max(lengths.start, 1)} to {longest - _ROOM}"
        raise ValueError(f"expected a base of {expected} characters, got {len(base)}: {base!r}")
    short = (NearMiss(label, first.format(base), second.format(base)) for label, (first, second) in _PAIRS.items())
    return *short, *_longest_pairs(base, longest)


def _longest_pairs(base: str, longest: int) -> Iterator[NearMiss]:
    """Tokens of the greatest length that share all but one character: nothing may be cut off or left out."""
    room = longest - len(base)
    yield NearMiss(f"whole.first-{longest - 1}-shared", base + "0" * (room - 1) + "1", base + "0" * (room - 1) + "2")
    yield NearMiss(f"whole.last-{longest - 1}-shared", "1" + "0" * (room - 1) + base, "2" + "0" * (room - 1) + base)
    half = room // 2
    yield NearMiss(
        "whole.middle-character",
        base + "0" * half + "1" + "0" * (room - half - 1),
        base + "0" * half + "2" + "0" * (room - half - 1),
    )


def near_uuids(uuid: UUID) -> tuple[NearMiss, ...]:
    """Pairs of distinct tokens that spell one UUID: to whoever reads tokens as UUIDs they are the same.

    Args:
        uuid: One that was never sent before.

    Example:
        >>> near_uuids(UUID("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f"))[1].second
        '0b5b54ee2a3c4f6e9d3e1f0a6c7d8e9f'
    """
    plain = str(uuid)
    return (
        NearMiss("case.uuid", plain, plain.upper()),
        NearMiss("punctuation.uuid-hyphens", plain, uuid.hex),
    )


def near_numbers(number: int) -> tuple[NearMiss, ...]:
    """Pairs of distinct tokens that spell one number: in a column of numbers they are the same.

    Args:
        number: A positive one that was never sent before, of fifteen digits at most.

    Example:
        >>> near_numbers(7003)[0].second
        '07003'
    """
    return (NearMiss("number.leading-zero", f"{number}", f"0{number}"),)
