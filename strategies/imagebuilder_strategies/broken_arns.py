"""Malformed ARNs of pipelines: the enumerated edges and the strategy."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hypothesis import strategies as st

from imagebuilder_spec import Contract, load_contract
from imagebuilder_strategies.alphabets import (
    CONTROL,
    FOREIGN_ZEROS,
    INVISIBLE,
    NON_ASCII,
    PRINTABLE,
    Shape,
    foreign_digits,
    texts,
)
from imagebuilder_strategies.arn_breaks import arn_breaks, component_label
from imagebuilder_strategies.arn_shape import Arn, ArnShape, arn_shape
from imagebuilder_strategies.arns import pipeline_arns
from imagebuilder_strategies.essentials import ESSENTIAL_ARN_BREAKS
from imagebuilder_strategies.labels import InvalidArn
from imagebuilder_strategies.weights import weighted

# The components that consist of letters to fold.
_LETTERED = ("scheme", "partition", "service", "kind", "name")
# How often each generator comes for one coming of each break of the table.
_GENERATED = 3


def invalid_pipeline_arn_edges(
    arn: str, *, contract: Contract | None = None, thorough: bool = True
) -> tuple[InvalidArn, ...]:
    """Every break of the table applied to a well-formed ARN, without those that do not bite on it.

    Args:
        arn: A well-formed ARN; best that of a pipeline which the target knows, so that a parser which repairs what
            it reads would find the pipeline.
        contract: The revision whose pattern holds; the default one if not given.
        thorough: Whether to give all, rather than one for each mistake that is often made.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> {edge.violates: edge.value for edge in invalid_pipeline_arn_edges(nightly)}["arn.account.eleven-digits"]
        'arn:aws:imagebuilder:eu-west-1:12345678901:image-pipeline/nightly'
    """
    shape = arn_shape((contract or load_contract()).pipeline_arn_pattern)
    if not shape.allows(arn):
        raise ValueError(f"expected a well-formed ARN ({shape.pattern}), got {arn!r}")
    base = Arn.parse(arn)
    seen: dict[str, InvalidArn] = {}
    for label, change in arn_breaks(shape.account_digits).items():
        text = change(base)
        if (thorough or label in ESSENTIAL_ARN_BREAKS) and not shape.allows(text):
            seen.setdefault(text, InvalidArn(text, label))
    return tuple(seen.values())


def invalid_pipeline_arns(*, contract: Contract | None = None, arn: str | None = None) -> st.SearchStrategy[InvalidArn]:
    """Malformed ARNs of pipelines, each broken in one way.

    Args:
        contract: The revision whose pattern holds; the default one if not given.
        arn: A well-formed ARN that all are made from; others are drawn if not given.

    Raises:
        ValueError: If `arn` is not well-formed.

    Examples:
        >>> invalid_pipeline_arns().example()  # doctest: +SKIP
        InvalidArn(value='arn:aws:ec2:r:000000000000:image-pipeline/a', violates='arn.service.other', judged=True)
    """
    shape = arn_shape((contract or load_contract()).pipeline_arn_pattern)
    if arn is not None and not shape.allows(arn):
        raise ValueError(f"expected a well-formed ARN ({shape.pattern}), got {arn!r}")
    bases = (st.just(arn) if arn is not None else pipeline_arns(contract=contract)).map(Arn.parse)
    table = arn_breaks(shape.account_digits)

    def apply(label: str, base: Arn) -> InvalidArn:
        return InvalidArn(table[label](base), label)

    # The table has the most to show. Each break is an arm of its own: of one ARN Hypothesis draws none of them twice,
    # so that some hundred draws bring them all.
    tabled = [(1, bases.map(partial(apply, label))) for label in table]
    generated = [(_GENERATED, arm) for arm in _generated(shape, bases)]
    return weighted(*tabled, *generated).filter(lambda drawn: not shape.allows(drawn.value))


def _generated(shape: ArnShape, bases: st.SearchStrategy[Arn]) -> list[st.SearchStrategy[InvalidArn]]:
    """What a table cannot hold: breaks at any place and with any character."""
    positions = st.integers(0, 63)
    masks = st.integers(1, 2**63 - 1)
    characters = st.sampled_from(PRINTABLE + NON_ASCII)
    foreign = "".join(character for character in PRINTABLE + NON_ASCII if not shape.allows_component("name", character))
    return [
        st.builds(_inserted, bases, st.sampled_from((*_LETTERED, "account")), positions, characters),
        st.builds(_omitted, bases, st.sampled_from((*_LETTERED[:-1], "account")), positions),
        st.builds(_mixed_case, bases, st.sampled_from(_LETTERED), masks),
        st.builds(_foreign_digits, bases, st.sampled_from(FOREIGN_ZEROS), masks),
        st.builds(_other_length, bases, texts(Shape("0123456789", 1, 3 * shape.account_digits))),
        st.builds(_led, bases, texts(Shape(PRINTABLE + INVISIBLE + CONTROL, 1, 12))),
        st.builds(_trailed, bases, st.sampled_from(foreign), texts(Shape(PRINTABLE + INVISIBLE + CONTROL, 0, 12))),
        texts(Shape(PRINTABLE + CONTROL, 0, 80)).map(lambda text: InvalidArn(text, "arn.not-an-arn")),
    ]


def _inserted(base: Arn, component: str, position: int, character: str) -> InvalidArn:
    text = getattr(base, component)
    cut = position % (len(text) + 1)
    return _replaced(base, component, text[:cut] + character + text[cut:], "character-inserted")


def _omitted(base: Arn, component: str, position: int) -> InvalidArn:
    text = getattr(base, component)
    cut = position % len(text)
    return _replaced(base, component, text[:cut] + text[cut + 1 :], "character-missing")


def _mixed_case(base: Arn, component: str, mask: int) -> InvalidArn:
    return _replaced(base, component, _masked(getattr(base, component), mask, str.swapcase), "mixed-case")


def _foreign_digits(base: Arn, zero: str, mask: int) -> InvalidArn:
    def foreign(character: str) -> str:
        return foreign_digits(character, zero) if character.isdecimal() else character

    return _replaced(base, "account", _masked(base.account, mask, foreign), "foreign-digits")


def _other_length(base: Arn, digits: str) -> InvalidArn:
    return _replaced(base, "account", digits, "other-length")


def _led(base: Arn, text: str) -> InvalidArn:
    return InvalidArn(f"{text}{base}", "arn.scheme.leading-text")


def _trailed(base: Arn, character: str, text: str) -> InvalidArn:
    return InvalidArn(f"{base}{character}{text}", "arn.name.trailing-text")


def _masked(text: str, mask: int, change: Callable[[str], str]) -> str:
    return "".join(change(character) if mask >> place & 1 else character for place, character in enumerate(text))


def _replaced(base: Arn, component: str, text: str, label: str) -> InvalidArn:
    return InvalidArn(str(replace(base, **{component: text})), f"arn.{component_label(component)}.{label}")
