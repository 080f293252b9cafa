"""Legal and illegal requests as JSON objects."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from imagebuilder_spec import Contract, load_contract, validator_for
from imagebuilder_strategies.alphabets import PRINTABLE, Shape, texts
from imagebuilder_strategies.arns import pipeline_arns
from imagebuilder_strategies.broken_arns import invalid_pipeline_arn_edges, invalid_pipeline_arns
from imagebuilder_strategies.labels import Edge, InvalidRequest, InvalidTags
from imagebuilder_strategies.tags import invalid_tag_edges, invalid_tags, tags
from imagebuilder_strategies.tokens import client_tokens, invalid_client_token_edges, invalid_client_tokens

TOKEN, ARN, TAGS = "clientToken", "imagePipelineArn", "tags"
_STEMS = {TOKEN: "token", ARN: "arn"}
_JSON_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}
_EXTRA_MEMBERS: Mapping[str, Any] = {
    "string": "x",
    "null": None,
    "number": 1.5,
    "boolean": True,
    "array": ["x", {"y": []}],
    "object": {"clientToken": "x"},
}
# Members that mean nothing here, though they do to some libraries; the last three only look like members that do.
_EXTRA_NAMES = ("unknown", "", "__proto__", "__type", "dryRun", "client_token", "ClientToken", "imagepipelinearn")


def requests(
    *,
    contract: Contract | None = None,
    unique: str = "",
    arn: str | None = None,
    ascii_only: bool = True,
    extra_members: bool = False,
) -> st.SearchStrategy[dict[str, Any]]:
    """Legal requests, their members in either order; some have tags, in a revision that knows them.

    Args:
        contract: The revision that holds; the default one if not given.
        unique: A text that every token contains.
        arn: The pipeline of every request; ARNs are drawn if not given.
        ascii_only: Whether tokens keep to printable ASCII.
        extra_members: Whether requests may have members that the operation does not know (and should ignore).

    Raises:
        ValueError: If `unique` is longer than a token may be.

    Examples:
        >>> requests(unique="run-7f3a-0001").example()  # doctest: +SKIP
        {'clientToken': 'run-7f3a-0001', 'imagePipelineArn': 'arn:aws:imagebuilder:r:aws:image-pipeline/a'}
    """
    tokens = client_tokens(contract=contract, unique=unique, ascii_only=ascii_only)
    arns = st.just(arn) if arn is not None else pipeline_arns(contract=contract)
    extras: st.SearchStrategy[dict[str, Any]] = st.just({})
    if extra_members:
        extras = st.dictionaries(st.sampled_from(_EXTRA_NAMES), st.sampled_from([*_EXTRA_MEMBERS.values()]), max_size=3)
    optional: st.SearchStrategy[dict[str, Any]] = st.just({})
    if contract is not None and contract.tags is not None:
        optional |= st.fixed_dictionaries({TAGS: tags(contract=contract)})
    return st.builds(_request, tokens, arns, st.builds(dict.__or__, extras, optional), st.booleans())


def request_edges(token: str, arn: str, *, contract: Contract | None = None) -> tuple[Edge[dict[str, Any]], ...]:
    """The same legal request as it stands, reordered, and with one unknown member of each kind.

    Args:
        token: A legal client token.
        arn: A well-formed ARN of a pipeline.
        contract: The revision that holds; the default one if not given.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> [edge.label for edge in request_edges("run-7f3a-0001", nightly)][:3]
        ['request.plain', 'request.reordered', 'request.unknown.string']
    """
    plain = legal_request(token, arn, contract)
    edges = [Edge(plain, "request.plain"), Edge({ARN: arn, TOKEN: token}, "request.reordered")]
    edges += [Edge(plain | {"unknown": value}, f"request.unknown.{kind}") for kind, value in _EXTRA_MEMBERS.items()]
    edges += [Edge(plain | {name: "x"}, f"request.unknown.named-{name or 'nothing'}") for name in _EXTRA_NAMES[1:]]
    return tuple(edges)


def invalid_requests(
    *, contract: Contract | None = None, unique: str = "", arn: str | None = None
) -> st.SearchStrategy[InvalidRequest]:
    """Requests that break the schema in one way: a member missing, null, of a wrong type, or with a bad value.

    Args:
        contract: The revision that holds; the default one if not given.
        unique: A text that every token contains, but where the token itself is what is broken beyond that.
        arn: The pipeline of every request whose ARN is sound, and what broken ARNs are made from.

    Raises:
        ValueError: If `unique` is longer than a token may be, or `arn` is not well-formed.

    Examples:
        >>> invalid_requests(unique="run-7f3a-0001").example()  # doctest: +SKIP
        InvalidRequest(value={'clientToken': 'run-7f3a-0001'}, violates='arn.missing', judged=True)
    """
    contract = contract or load_contract()
    schema = contract.request_schema
    bases = requests(contract=contract, unique=unique, arn=arn)
    tokens = client_tokens(contract=contract, unique=unique)
    arns = st.just(arn) if arn is not None else pipeline_arns(contract=contract)
    broken_tokens = invalid_client_tokens(contract=contract, unique=unique)
    broken_arns = invalid_pipeline_arns(contract=contract, arn=arn)

    def choose(base: dict[str, Any], number: int) -> InvalidRequest:
        breaks = list(_structural(base, schema))
        return breaks[number % len(breaks)]

    broken_tags: list[st.SearchStrategy[InvalidRequest]] = []
    if contract.tags is not None:
        broken_tags.append(st.builds(_with_tags, bases, invalid_tags(contract=contract)))
    return st.one_of(
        *broken_tags,
        st.builds(choose, bases, st.integers(0, 255)),
        st.builds(
            lambda token, arn: InvalidRequest({TOKEN: token.value, ARN: arn}, token.violates), broken_tokens, arns
        ),
        st.builds(lambda token, arn: InvalidRequest({TOKEN: token, ARN: arn.value}, arn.violates), tokens, broken_arns),
        st.builds(_mistyped, bases, st.sampled_from((TOKEN, ARN)), _not_strings()),
    )


def invalid_request_edges(
    token: str, arn: str, *, contract: Contract | None = None, thorough: bool = True
) -> tuple[InvalidRequest, ...]:
    """Every way in which a request breaks the schema, made from a legal one.

    Labels begin with `token.`, `arn.` or `tags.` for the member that is broken, else with `request.`.

    Args:
        token: A legal client token; the broken ones but the empty one contain it.
        arn: A well-formed ARN; best that of a pipeline which the target knows.
        contract: The revision that holds; the default one if not given.
        thorough: Whether to give every broken ARN, rather than one for each mistake that is often made.

    Raises:
        ValueError: If the token or the ARN is not legal.

    Examples:
        >>> nightly = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly"
        >>> {edge.violates: edge.value for edge in invalid_request_edges("run-7f3a-0001", nightly)}["arn.missing"]
        {'clientToken': 'run-7f3a-0001'}
    """
    contract = contract or load_contract()
    base = legal_request(token, arn, contract)
    tokens = invalid_client_token_edges(contract=contract, unique=token)
    arns = invalid_pipeline_arn_edges(arn, contract=contract, thorough=thorough)
    maps = invalid_tag_edges(contract=contract) if contract.tags is not None else ()
    return (
        *_structural(base, contract.request_schema),
        *(InvalidRequest(base | {TOKEN: broken.value}, broken.violates) for broken in tokens),
        *(InvalidRequest(base | {ARN: broken.value}, broken.violates) for broken in arns),
        *(_with_tags(base, broken) for broken in maps),
    )


def legal_request(token: str, arn: str, contract: Contract | None) -> dict[str, Any]:
    """The request of a token and an ARN; raises `ValueError` if the contract refuses it."""
    request = {TOKEN: token, ARN: arn}
    errors = [
        error.message for error in validator_for((contract or load_contract()).request_schema).iter_errors(request)
    ]
    if errors:
        raise ValueError(f"expected a legal request to make broken ones from: {errors[0]}")
    return request


def _request(token: str, arn: str, extras: dict[str, Any], reordered: bool) -> dict[str, Any]:  # noqa: FBT001 - drawn
    return extras | {ARN: arn, TOKEN: token} if reordered else {TOKEN: token, ARN: arn} | extras


def _with_tags(base: dict[str, Any], broken: InvalidTags) -> InvalidRequest:
    return InvalidRequest(base | {TAGS: broken.value}, broken.violates, broken.judged)


def _structural(base: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[InvalidRequest]:
    """What is broken about members as such; `base` is not changed."""
    yield InvalidRequest({}, "request.no-members")
    yield InvalidRequest(dict.fromkeys(base), "request.null-members")
    yield InvalidRequest({"request": base}, "request.wrapped")
    if not base[TOKEN].startswith("arn:"):
        yield InvalidRequest({TOKEN: base[ARN], ARN: base[TOKEN]}, "request.members-swapped")
    for member, rules in schema["properties"].items():
        stem = _STEMS.get(member) or re.sub(r"(?=[A-Z])", "-", member).lower()
        if member in schema["required"]:
            rest = {name: value for name, value in base.items() if name != member}
            yield InvalidRequest(rest, f"{stem}.missing")
            yield InvalidRequest(base | {member: None}, f"{stem}.null")
            for label, name in _misnomers(member).items():
                # JSON's names are case-sensitive, but there are libraries that forgive.
                yield InvalidRequest(rest | {name: base[member]}, f"{stem}.missing.{label}", judged=False)
        for label, value in _of_every_type(base.get(member, "x")).items():
            if _JSON_TYPES[type(value)] not in (rules["type"], "null"):
                yield InvalidRequest(base | {member: value}, f"{stem}.type.{label}")


def _misnomers(member: str) -> dict[str, str]:
    return {
        "pascal-case": member[0].upper() + member[1:],
        "lower-case": member.lower(),
        "snake-case": re.sub(r"(?=[A-Z])", "_", member).lower(),
    }


def _of_every_type(value: object) -> dict[str, Any]:
    return {
        "string": "x",
        "number": 7,
        "number.zero": 0,
        "number.negative": -1,
        "number.fraction": 1.5,
        "number.large": 10**20,
        "boolean.true": True,
        "boolean.false": False,
        "array": [value],
        "array.empty": [],
        "array.nested": [[value]],
        "array.of-characters": list(str(value)),
        "object": {"value": value},
        "object.empty": {},
    }


def _not_strings() -> st.SearchStrategy[Any]:
    short = texts(Shape(PRINTABLE, 0, 12))
    scalars = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
    leaves = scalars | st.none() | short
    return scalars | st.lists(leaves, max_size=3) | st.dictionaries(short, leaves, max_size=3)


def _mistyped(base: dict[str, Any], member: str, value: object) -> InvalidRequest:
    return InvalidRequest(base | {member: value}, f"{_STEMS[member]}.type.{_JSON_TYPES[type(value)]}")
