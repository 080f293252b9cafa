"""Malformed bodies: the enumerated edges and the strategy."""

import json
import string
from typing import Any

from hypothesis import strategies as st

from imagebuilder_spec import Contract
from imagebuilder_strategies import body_breaks
from imagebuilder_strategies.alphabets import PRINTABLE, Shape, texts
from imagebuilder_strategies.essentials import ESSENTIAL_BODY_BREAKS
from imagebuilder_strategies.labels import MalformedBody
from imagebuilder_strategies.messages import ARN, TOKEN, legal_request, requests
from imagebuilder_strategies.weights import weighted

_PUNCTUATION = ("{", '"', '"', ":", '"', '"', ",", '"', '"', ":", '"', '"', "}")
_NOT_BLANK = PRINTABLE.replace(" ", "")


def malformed_body_edges(
    token: str, arn: str, *, contract: Contract | None = None, thorough: bool = True
) -> tuple[MalformedBody, ...]:
    """Every way in which the body of a legal request is spoiled so that it is no JSON object.

    The labels begin with `body.`; after it `empty` and `blank` stand for no body, `top-level` for JSON that is not an
    object, all the rest for what is not JSON. Those with `judged=False` are to be recorded only: the tests of the
    protocol do not send their like, and RFC 8259 lets a parser accept them.

    Args:
        token: A legal client token.
        arn: A well-formed ARN; best that of a pipeline which the target knows, so that whoever reads a request out
            of the body starts it.
        contract: The revision that holds; the default one if not given.
        thorough: Whether to give all, rather than one for each family.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> {edge.violates: edge.value for edge in malformed_body_edges("a", nightly)}["body.truncated.name"]
        b'{"clientToken": "a", "image'
    """
    legal_request(token, arn, contract)
    return tuple(_spoiled(token, arn, label) for label in _LABELS if thorough or label in ESSENTIAL_BODY_BREAKS)


def malformed_bodies(
    *, contract: Contract | None = None, unique: str = "", arn: str | None = None
) -> st.SearchStrategy[MalformedBody]:
    """Bodies that are no JSON object, most of them made from a legal request.

    Args:
        contract: The revision that holds; the default one if not given.
        unique: A text that every request's token contains.
        arn: The pipeline of every request; ARNs are drawn if not given.

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> malformed_bodies().example()  # doctest: +SKIP
        MalformedBody(value=b'{"clientToken": "a"', violates='body.truncated', judged=True)
    """
    bases = requests(contract=contract, unique=unique, arn=arn)
    places = st.integers(0, 255)
    # Two values in a row are another matter.
    junk = texts(Shape(_NOT_BLANK, 1, 12)).map(str.encode).filter(_is_no_json)
    controls = st.sampled_from([chr(code) for code in range(0x20)])
    table = st.builds(lambda base, label: _spoiled(base[TOKEN], base[ARN], label), bases, st.sampled_from(_LABELS))
    generated = [
        st.builds(_truncated, bases, places),
        st.builds(_without_punctuation, bases, st.integers(0, len(_PUNCTUATION) - 3)),
        st.builds(lambda base, text: MalformedBody(_dump(base) + text, "body.trailing-junk"), bases, junk),
        st.builds(lambda base, text: MalformedBody(text + _dump(base), "body.leading-junk"), bases, junk),
        st.builds(_with_control_character, bases, places, controls),
        st.builds(_with_stray_byte, bases, places, st.integers(0x80, 0xFF)),
        st.builds(lambda base, value: _top_level([base, value]), bases, _scalars()),
        _scalars().map(_top_level),
        texts(Shape(string.ascii_letters + " _-=&;", 1, 40)).map(str.encode).filter(_is_no_json).map(_prose),
    ]
    # The table has the most to show.
    return weighted((5, table), *((1, arm) for arm in generated))


_TEMPLATES = {**body_breaks.TEMPLATES, **body_breaks.DISPUTED_TEMPLATES}
_FUNCTIONS = {**body_breaks.BYTES, **body_breaks.DISPUTED_BYTES}
_DISPUTED = {*body_breaks.DISPUTED_TEMPLATES, *body_breaks.DISPUTED_BYTES}
_LABELS = (*_TEMPLATES, *_FUNCTIONS)


def _spoiled(token: str, arn: str, label: str) -> MalformedBody:
    body = body_breaks.fill(_TEMPLATES[label], token, arn) if label in _TEMPLATES else _FUNCTIONS[label](token, arn)
    return MalformedBody(body, f"body.{label}", judged=label not in _DISPUTED)


def _dump(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode()


def _truncated(request: dict[str, Any], place: int) -> MalformedBody:
    body = _dump(request)
    return MalformedBody(body[: 1 + place % (len(body) - 1)], "body.truncated")


def _without_punctuation(request: dict[str, Any], omitted: int) -> MalformedBody:
    # Without the last quote or the brace behind it the body is cut short, which is another break.
    words = ["", TOKEN, "", "", request[TOKEN], "", "", ARN, "", "", request[ARN], "", ""]
    kept = [mark if place != omitted else "" for place, mark in enumerate(_PUNCTUATION)]
    pieces = [mark + json.dumps(word)[1:-1] for mark, word in zip(kept, words, strict=True)]
    return MalformedBody("".join(pieces).encode(), "body.missing-punctuation", judged=False)


def _with_control_character(request: dict[str, Any], place: int, control: str) -> MalformedBody:
    token = request[TOKEN]
    cut = place % (len(token) + 1)
    escaped = json.dumps(token[:cut])[:-1] + control + json.dumps(token[cut:])[1:]
    body = f'{{"{TOKEN}": {escaped}, "{ARN}": {json.dumps(request[ARN])}}}'
    return MalformedBody(body.encode(), "body.control-character", judged=False)


def _with_stray_byte(request: dict[str, Any], place: int, byte: int) -> MalformedBody:
    body = _dump(request)
    cut = place % (len(body) + 1)
    return MalformedBody(body[:cut] + bytes([byte]) + body[cut:], "body.utf-8.stray-byte", judged=False)


def _scalars() -> st.SearchStrategy[Any]:
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    return numbers | texts(Shape(PRINTABLE, 0, 40)) | st.sampled_from([None, True, False])


def _top_level(value: object) -> MalformedBody:
    kinds = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
    return MalformedBody(json.dumps(value).encode(), f"body.top-level.{kinds[type(value)]}")


def _is_no_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return bool(body.strip())
    return False


def _prose(body: bytes) -> MalformedBody:
    return MalformedBody(body, "body.word.bare", judged=False)
