"""The bodies that validators are asked about: the strategies' edges, with what the contract says of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagebuilder_spec import Contract, load_contract, validator_for
from imagebuilder_spec.exporting import json_schema_document
from imagebuilder_strategies import (
    client_token_edges,
    invalid_request_edges,
    pipeline_arn_edges,
    request_edges,
    tag_edges,
    unknown_pipeline_arn_edges,
)

TOKEN, ARN = "token", "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/first"
PARTS = ("request", "response", "error")
_ANSWER = {
    "clientToken": TOKEN,
    "imageBuildVersionArn": "arn:aws:imagebuilder:us-east-1:123456789012:image/first/1.0.0/1",
    "requestId": "1",
}


@dataclass(frozen=True)
class Example:
    """A body by the label of its edge, and whether the contract accepts it."""

    label: str
    body: dict[str, Any]
    accepted: bool

    @property
    def is_of_arn(self) -> bool:
        """Whether it is legal but perhaps for the text of its ARN."""
        arn = self.body.get("imagePipelineArn")
        return isinstance(arn, str) and self.body == {"clientToken": TOKEN, "imagePipelineArn": arn}


@dataclass(frozen=True)
class Question:
    """An exported schema, and the bodies that it is to judge."""

    revision: str
    part: str
    schema: Mapping[str, Any]
    examples: tuple[Example, ...]


def question(revision: str, part: str) -> Question:
    """The export of a part of a revision, and all examples of it."""
    contract = load_contract(revision)
    return Question(revision, part, json_schema_document(contract, part), examples(contract, part))


def examples(contract: Contract, part: str) -> tuple[Example, ...]:
    """All examples of a part of a revision's contract; no two have the same label."""
    # What the contract says is asked of its own schema, and not of what was exported.
    own = {"request": contract.request_schema, "response": contract.response_schema}
    schema = own.get(part) or json_schema_document(contract, part)
    is_valid = validator_for(schema).is_valid
    bodies = dict({"request": _requests, "response": _responses, "error": _errors}[part](contract))
    return tuple(Example(label, body, is_valid(body)) for label, body in bodies.items())


def _requests(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    plain = {"clientToken": TOKEN, "imagePipelineArn": ARN}
    for token in client_token_edges(contract=contract, ascii_only=False):
        yield token.label, plain | {"clientToken": token.value}
    for arn in (*pipeline_arn_edges(ARN, contract=contract), *unknown_pipeline_arn_edges(ARN, contract=contract)):
        yield arn.label, plain | {"imagePipelineArn": arn.value}
    for request in request_edges(TOKEN, ARN, contract=contract):
        yield request.label, request.value
    for tags in tag_edges(contract=contract) if contract.tags is not None else ():
        yield tags.label, plain | {"tags": tags.value}
    for broken in invalid_request_edges(TOKEN, ARN, contract=contract):
        yield broken.violates, broken.value


def _responses(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    arn, longest = _ANSWER["imageBuildVersionArn"], contract.token_lengths[-1]
    yield "response.plain", _ANSWER
    yield "response.unknown-member", _ANSWER | {"unknown": 1}
    for member in _ANSWER:
        yield f"response.{member}.missing", {name: value for name, value in _ANSWER.items() if name != member}
        yield f"response.{member}.empty", _ANSWER | {member: ""}
        yield f"response.{member}.null", _ANSWER | {member: None}
        yield f"response.{member}.number", _ANSWER | {member: 1}
    yield "response.clientToken.longest", _ANSWER | {"clientToken": "x" * longest}
    yield "response.clientToken.longest-astral", _ANSWER | {"clientToken": "😀" * longest}
    yield "response.clientToken.too-long", _ANSWER | {"clientToken": "x" * (longest + 1)}
    yield "response.requestId.too-long", _ANSWER | {"requestId": "x" * 1025}
    for label, text in {
        "trailing-newline": f"{arn}\n",
        "trailing-nul": f"{arn}\0",
        "of-pipeline": ARN,
        "version.two-parts": arn.replace("1.0.0", "1.0"),
        "version.letter": arn.replace("1.0.0", "1.0.x"),
        "build.missing": arn.rpartition("/")[0],
    }.items():
        yield f"response.imageBuildVersionArn.{label}", _ANSWER | {"imageBuildVersionArn": text}


def _errors(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    code = min(contract.errors.declared)
    yield "error.message", {"message": "none"}
    yield "error.message.capital", {"Message": "none"}
    yield "error.message.missing", {}
    yield "error.message.number", {"message": 1}
    for member in ("__type", "code", "Code"):
        for label, text in {
            "plain": code,
            "namespace": f"com.amazonaws.imagebuilder#{code}",
            "address": f"{code}:http://internal.amazon.com/",
            "unknown": "NoSuchException",
            "trailing-newline": f"{code}\n",
            "trailing-nul": f"{code}\0",
        }.items():
            yield f"error.{member}.{label}", {"message": "none", member: text}
