"""A target that makes infrastructure configurations, recipes and pipelines, and starts them as the reference target."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline

# Another account and region than the reference target's own pipelines: the run has to take them from the answers.
SCOPE = "arn:aws:imagebuilder:us-east-1:210987654321"
_KINDS = {
    "InfrastructureConfiguration": ("infrastructure-configuration", "infrastructureConfiguration", "SummaryList"),
    "ImageRecipe": ("image-recipe", "imageRecipe", "SummaryList"),
    "ImagePipeline": ("image-pipeline", "imagePipeline", "List"),
}
_CALL = re.compile(rf"/((Create|Delete|List)({'|'.join(_KINDS)})s?)")
_RESTS_ON = ("infrastructureConfigurationArn", "imageRecipeArn")

Fault = Callable[[str], tuple[int, str] | None]
"""What an operation is answered in place of its own answer: status and code; None: its own."""


@dataclass
class Plane:
    """What there is, and what was asked; `fault` is asked before each call, `after` once it was done."""

    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    fault: Fault = lambda _: None
    after: Fault = lambda _: None
    scope: str = SCOPE
    # Whether a recipe can't go while images are there, as AWS is assumed to have it.
    rests_on_images: bool = False

    def names(self, kind: str = "") -> list[str]:
        return [each["name"] for arn, each in self.resources.items() if f":{kind}" in arn]


class MakesPipelines(Behaviour):
    """`plane` is the one of the target; a test puts its own in its place before the server is made."""

    plane: ClassVar[Plane]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.store.pipelines.clear()

    async def answer(self, call: Call) -> Answer:
        found = _CALL.fullmatch(call.path)
        if found is None:
            return await super().answer(call)
        operation, verb, noun = found.groups()
        self.plane.asked.append(operation)
        self.authenticate(call)
        fault = self.plane.fault(operation)
        if fault is None:
            status, document = {"Create": self._create, "Delete": self._delete, "List": self._list}[verb](call, noun)
            fault = self.plane.after(operation) if status == 200 else (status, str(document))
        if fault is not None:
            return _refusal(*fault)
        return Answer(200, json.dumps({"requestId": call.request_id, **document}).encode(), _HEADERS)

    def _create(self, call: Call, noun: str) -> tuple[int, Any]:
        kind, member, _ = _KINDS[noun]
        members = json.loads(call.body)
        _expect(noun, members)
        for name in set(_RESTS_ON) & members.keys():
            if members[name] not in self.plane.resources:
                return 404, "ResourceNotFoundException"
        arn = f"{self.plane.scope}:{kind}/{members['name']}{'/1.0.0' if kind == 'image-recipe' else ''}"
        known = self.plane.tokens.setdefault(members["clientToken"], arn)
        if known != arn or (arn in self.plane.resources and self.plane.resources[arn] != members):
            return 400, "ResourceAlreadyExistsException"
        self.plane.resources[arn] = members
        if kind == "image-pipeline":
            self.store.pipelines.setdefault(arn, Pipeline(arn))
        return 200, {f"{member}Arn": arn}

    def _delete(self, call: Call, noun: str) -> tuple[int, Any]:
        _, member, _ = _KINDS[noun]
        arn = parse_qs(call.query)[f"{member}Arn"][0]
        if arn not in self.plane.resources:
            return 404, "ResourceNotFoundException"
        images = self.plane.rests_on_images and noun == "ImageRecipe" and self.store.images
        if images or any(arn in (each.get(name) for name in _RESTS_ON) for each in self.plane.resources.values()):
            return 400, "ResourceDependencyException"
        del self.plane.resources[arn]
        self.store.pipelines.pop(arn, None)
        return 200, {f"{member}Arn": arn}

    def _list(self, _: Call, noun: str) -> tuple[int, Any]:
        kind, member, suffix = _KINDS[noun]
        there = [{"arn": arn, "name": each["name"]} for arn, each in self.plane.resources.items() if f":{kind}/" in arn]
        return 200, {f"{member}{suffix}": there}


_HEADERS = {"content-type": "application/json"}


def _refusal(status: int, code: str) -> Answer:
    headers = {**_HEADERS, "x-amzn-errortype": code} if code else _HEADERS
    return Answer(status, b'{"message": "As the test has it."}', headers)


def _expect(noun: str, members: Mapping[str, Any]) -> None:
    """The members that the model requires, those of older models too."""
    required = {
        "InfrastructureConfiguration": {"name", "instanceProfileName", "clientToken"},
        "ImageRecipe": {"name", "semanticVersion", "parentImage", "components", "clientToken"},
        "ImagePipeline": {"name", "imageRecipeArn", "infrastructureConfigurationArn", "clientToken"},
    }[noun]
    assert required <= members.keys(), members


def always(operation: str, status: int, code: str) -> Fault:
    """A fault of one operation, for ever."""
    return lambda asked: (status, code) if asked == operation else None


def for_seconds(operation: str, seconds: float, status: int, code: str) -> Fault:
    """A fault of one operation, for so long since it was asked for first."""
    first: list[float] = []

    def fault(asked: str) -> tuple[int, str] | None:
        if asked != operation:
            return None
        first.append(time.monotonic())
        return (status, code) if first[-1] - first[0] < seconds else None

    return fault


def planes() -> Iterator[Plane]:
    """A plane of its own for a test."""
    MakesPipelines.plane = Plane()
    yield MakesPipelines.plane
    del MakesPipelines.plane
