"""An answer without what differs from call to call: tokens, ids, dates, accounts, numbers of builds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.client.partial import known_or_none
from imagebuilder_spec import Contract

ASPECTS = ("status", "code", "message", "members", "image", "token", "request id", "headers", "content type")
"""What is compared of an answer, in the order in which it is shown."""

# In this order: an ARN before the account inside it, an id before the number that it begins with.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"arn:aws[^\s'\",]*"), "<arn>"),
    (re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"), "<id>"),
    (re.compile(r"\d{4}-?\d\d-?\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b\d{12}\b"), "<account>"),
    (re.compile(r"\d+"), "<number>"),
)


@dataclass(frozen=True, slots=True)
class NormalAnswer:
    """What an answer said. `aspects` lacks those that were not recorded; each is a text for people."""

    aspects: Mapping[str, str]

    def __str__(self) -> str:
        """The answer in a few words."""
        return " ".join(self.aspects[name] for name in ("status", "code") if self.aspects.get(name)) or "an answer"


@dataclass(slots=True)
class Normaliser:
    """Makes answers comparable; knows the images of each token, so exchanges must come in the order of their times."""

    contract: Contract
    _images: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    _request_ids: dict[str, str] = field(default_factory=dict)

    def normal(self, exchange: Exchange) -> NormalAnswer:
        """The answer of an exchange; a fault of the transport counts as one."""
        answer = exchange.answer
        if answer is None:
            return NormalAnswer({"status": str(exchange.fault)})
        read = {
            "status": lambda: str(answer.status),
            "code": lambda: answer.code or "none",
            "message": lambda: self._message(answer, exchange),
            "members": lambda: _members(answer),
            "image": lambda: self._image(exchange),
            "token": lambda: _echo(answer, exchange),
            "request id": lambda: self._request_id(answer),
            "headers": lambda: ", ".join(sorted({name.lower() for name, _ in answer.headers})),
            "content type": lambda: answer.header("content-type") or "none",
        }
        known = {name: known_or_none(read[name]) for name in ASPECTS}
        return NormalAnswer({name: value for name, value in known.items() if value is not None})

    def _message(self, answer: Answer, exchange: Exchange) -> str:
        """The shape of the message: the same words, with what is of this call left out."""
        message = answer.message
        if not message:
            return "none"
        for value in (exchange.request.pipeline, exchange.request.token):
            if value:
                message = message.replace(value, "<value>")
        for pattern, name in _PATTERNS:
            message = pattern.sub(name, message)
        return message

    def _image(self, exchange: Exchange) -> str:
        """Whose image it is, as its ARN says nothing to another target."""
        image = exchange.image
        if image is None:
            return "none"
        asked = exchange.request.token or "", exchange.request.pipeline or ""
        owner = self._owners.setdefault(image, asked)
        if owner[0] != asked[0]:
            return "of another token"
        images = self._images.setdefault(asked, [])
        if image not in images:
            images.append(image)
        return "its own" if images.index(image) == 0 else "another one"

    def _request_id(self, answer: Answer) -> str:
        """Whether another execution had it."""
        image, request_id = answer.image, answer.request_id
        if image is None or request_id is None:
            return "none"
        return "its own" if self._request_ids.setdefault(request_id, image) == image else "of another execution"


def _members(answer: Answer) -> str:
    """The names and types of the members; an error's code, which is compared by itself, left out."""
    members = answer.members
    if members is None:
        return "no JSON object"
    named = {name: _type(members.get(name)) for name in list(members) if name not in ("__type", "code", "Code")}
    return ", ".join(f"{name} ({kind})" for name, kind in sorted(named.items())) or "none"


def _type(value: Any) -> str:
    names = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _echo(answer: Answer, exchange: Exchange) -> str:
    if not answer.is_success:
        return "none"
    members = answer.members or {}
    return "as sent" if members.get("clientToken") == exchange.request.token else "not as sent"
