"""Bodies that say the same in other words, and bodies that are heavy to read."""

import json
from collections.abc import Mapping

from imagebuilder_spec import Contract
from imagebuilder_strategies.labels import Edge, MalformedBody
from imagebuilder_strategies.messages import ARN, TOKEN, legal_request

# As they are written: what a parser makes of them would be written otherwise.
_UNKNOWN: Mapping[str, str] = {
    "an unknown member": '"conformanceUnknownMember": {"x": [1]}',
    "an unknown member that is true": '"conformanceTrue": true',
    "an unknown member that is null": '"conformanceNull": null',
    "an unknown fraction": '"conformanceFraction": 1.50',
    "an unknown exponent": '"conformanceExponent": [1e5, 1E+5, 25e-1]',
    "an unknown negative zero": '"conformanceZero": [-0, -0.0]',
    "an unknown member without a name": '"": 0',
    "an unknown member with DEL": '"conformanceDelete": "\x7f"',
    "an unknown member with a line separator": '"conformanceSeparator": "\u2028"',
    "an unknown member with a noncharacter": '"conformanceNoncharacter": "\uffff"',
}


def equivalent_bodies(token: str, arn: str, *, contract: Contract | None = None) -> tuple[Edge[bytes], ...]:
    r"""One legal request in every way that JSON lets one write it, no two of the same bytes.

    Args:
        token: A legal client token; with characters outside ASCII more ways differ.
        arn: A well-formed ARN of a pipeline.
        contract: The revision that holds; the default one if not given.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> {edge.label: edge.value for edge in equivalent_bodies("a", nightly)}["body.escaped-token"][:25]
        b'{"clientToken": "\\u0061",'
    """
    request = legal_request(token, arn, contract)
    plain = json.dumps(request, ensure_ascii=False)
    quoted = f'"{ARN}": {json.dumps(arn)}'
    first = _escaped(token[0])[:-1] + json.dumps(token[1:], ensure_ascii=False)[1:]
    bodies = {
        "plain": plain,
        "compact": json.dumps(request, ensure_ascii=False, separators=(",", ":")),
        "indented": json.dumps(request, ensure_ascii=False, indent=4),
        "reordered": json.dumps({ARN: arn, TOKEN: token}, ensure_ascii=False),
        "ascii": json.dumps(request),
        "escaped-token": f'{{"{TOKEN}": {_escaped(token)}, {quoted}}}',
        "escaped-token.upper-case": f'{{"{TOKEN}": {_escaped(token, "04X")}, {quoted}}}',
        "escaped-token.first-character": plain.replace(json.dumps(token, ensure_ascii=False), first, 1),
        "escaped-arn": f'{{"{TOKEN}": {json.dumps(token)}, "{ARN}": {_escaped(arn)}}}',
        "reordered.escaped-slash": json.dumps({ARN: arn, TOKEN: token}, ensure_ascii=False).replace("/", r"\/"),
        "escaped-slash": plain.replace("/", r"\/"),
        "escaped-names": f"{{{_escaped(TOKEN)}: {json.dumps(token)}, {_escaped(ARN)}: {json.dumps(arn)}}}",
        "leading-blanks": f" \t\r\n{plain}",
        "trailing-blanks": f"{plain} \t\r\n",
        "blanks-between": f'{{\t"{TOKEN}"\n:\r{json.dumps(token)} ,\r\n"{ARN}" : {json.dumps(arn)}\n}}',
    }
    seen: dict[bytes, Edge[bytes]] = {}
    for label, text in bodies.items():
        seen.setdefault(text.encode(), Edge(text.encode(), f"body.{label}"))
    return tuple(seen.values())


def bodies_with_unknown_members(token: str, arn: str, *, contract: Contract | None = None) -> tuple[Edge[bytes], ...]:
    """A legal request with members that the operation does not know: all kinds of JSON together, then each kind apart.

    Args:
        token: A legal client token.
        arn: A well-formed ARN of a pipeline.
        contract: The revision that holds; the default one if not given.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> [edge.label for edge in bodies_with_unknown_members("a", nightly)][:2]
        ['unknown members', 'an unknown member']
    """
    plain = json.dumps(legal_request(token, arn, contract))[:-1]
    together = Edge(f"{plain}, {', '.join(_UNKNOWN.values())}}}".encode(), "unknown members")
    return together, *(Edge(f"{plain}, {member}}}".encode(), label) for label, member in _UNKNOWN.items())


def heavy_bodies(
    token: str, arn: str, *, contract: Contract | None = None, depth: int = 100_000, size: int = 1_000_000
) -> tuple[MalformedBody, ...]:
    """Bodies that are nested deeply (`body.deep…`) or large (`body.large…`).

    Those with `judged=True` break the contract, so that any client error is a fair answer; the others hold a legal
    request in great bulk, which a target may as well accept.

    Args:
        token: A legal client token.
        arn: A well-formed ARN of a pipeline.
        contract: The revision that holds; the default one if not given.
        depth: How many levels are nested in each other.
        size: How many bytes a large body has at least. By default it stays below 1 MiB in all, which is as much as
            nginx lets through.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> heavy_bodies("run-7f3a-0001", nightly, depth=3)[0]
        MalformedBody(value=b'[[[]]]', violates='body.deep.arrays', judged=True)
    """
    request = legal_request(token, arn, contract)
    plain = json.dumps(request)
    arrays = "[" * depth + "]" * depth
    objects = '{"x":' * depth + "1" + "}" * depth
    broken = {
        "deep.arrays": arrays,
        "deep.arrays-open": "[" * depth,
        "deep.objects": objects,
        "deep.objects-open": '{"x":' * depth,
        "deep.token": f'{{"{TOKEN}": {arrays}, "{ARN}": {json.dumps(arn)}}}',
        "large.token": json.dumps(request | {TOKEN: token + "a" * size}),
        "large.arn": json.dumps(request | {ARN: arn + "A" * size}),
        "large.blanks": " " * size,
        "large.string": json.dumps("a" * size),
        "large.array": "[" + "1," * (size // 2) + "1]",
        "large.not-json": "a" * size,
        "large.number": "1" * size,
    }
    legal = {
        "deep.unknown-member": f'{plain[:-1]}, "x": {arrays}}}',
        "large.unknown-member": json.dumps(request | {"x": "a" * size}),
        "large.leading-blanks": " " * size + plain,
        "large.name": json.dumps(request | {ARN: arn + "a" * size}),
    }
    return (
        *(MalformedBody(text.encode(), f"body.{label}") for label, text in broken.items()),
        *(MalformedBody(text.encode(), f"body.{label}", judged=False) for label, text in legal.items()),
    )


def _escaped(text: str, form: str = "04x") -> str:
    """The text as a JSON string in which every UTF-16 unit is an escape."""
    units = text.encode("utf-16-be")
    pairs = (int.from_bytes(units[start : start + 2], "big") for start in range(0, len(units), 2))
    return '"' + "".join(rf"\u{unit:{form}}" for unit in pairs) + '"'
