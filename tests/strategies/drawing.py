"""Many draws at little cost, and oracles that share nothing with the strategies but the contract."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import regress
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from imagebuilder_spec import Contract, load_contract

T = TypeVar("T")

NIGHTLY = "arn:aws:imagebuilder:eu-west-1:123456789012:image-pipeline/nightly-build_2"
UNIQUE = "run-7f3a-0001"
_PER_RUN = 10
# More, and an example would outgrow what Hypothesis lets one consume.
_PER_EXAMPLE = 20


def drawn(strategy: st.SearchStrategy[T], count: int = 10_000) -> list[T]:
    """Draws many in each of many short runs: long ones spend themselves on mutants of what they drew before."""
    values: list[T] = []
    for number in range(max(count // (_PER_RUN * _PER_EXAMPLE), 1)):

        @seed(number)
        @settings(
            max_examples=_PER_RUN,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.tuples(*[strategy] * _PER_EXAMPLE))
        def draw(example: tuple[T, ...]) -> None:
            values.extend(example)

        draw()
    assert len(values) >= count
    return values


def revision(*, longest: int = 36, account: str = "(?:[0-9]{12}|aws)", shortest: int = 1) -> Contract:
    """The documented contract with other limits."""
    contract = load_contract()
    properties = contract.request_schema["properties"]
    token = properties["clientToken"] | {"minLength": shortest, "maxLength": longest}
    pattern = properties["imagePipelineArn"]["pattern"].replace("(?:[0-9]{12}|aws)", account)
    arn = properties["imagePipelineArn"] | {"pattern": pattern}
    schema = {**contract.request_schema, "properties": {"clientToken": token, "imagePipelineArn": arn}}
    return replace(contract, revision="other", request_schema=schema)


class Oracle:
    """The request schema, read by hand, with its patterns in an ECMA-262 engine."""

    def __init__(self, contract: Contract | None = None) -> None:
        contract = contract or load_contract()
        self.properties: Mapping[str, Any] = contract.request_schema["properties"]
        self.required: list[str] = contract.request_schema["required"]
        self._arn = regress.Regex(self.properties["imagePipelineArn"]["pattern"], "u")
        self._image = regress.Regex(contract.response_schema["properties"]["imageBuildVersionArn"]["pattern"], "u")

    def legal_token(self, token: object) -> bool:
        rules = self.properties["clientToken"]
        return isinstance(token, str) and rules["minLength"] <= len(token) <= rules["maxLength"] and is_text(token)

    def legal_arn(self, arn: object) -> bool:
        return isinstance(arn, str) and self._arn.find(arn) is not None and is_text(arn)

    def legal_image(self, arn: str) -> bool:
        return self._image.find(arn) is not None and is_text(arn)

    def legal_request(self, request: Mapping[str, Any]) -> bool:
        return self.legal_token(request.get("clientToken")) and self.legal_arn(request.get("imagePipelineArn"))


def is_text(text: str) -> bool:
    """Whether it can be sent at all: no lone surrogates."""
    return not any(0xD800 <= ord(character) < 0xE000 for character in text)


def strictly_read(body: bytes) -> Any:
    """Reads JSON as RFC 8259 has it, duplicate names refused; raises ValueError for all else."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("duplicate names")
        return dict(pairs)

    def constant(word: str) -> None:
        raise ValueError(word)

    return json.loads(body.decode("utf-8"), object_pairs_hook=members, parse_constant=constant)
