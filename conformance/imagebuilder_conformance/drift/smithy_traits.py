"""The traits of Smithy that matter here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from imagebuilder_conformance.drift.nodes import Node, UnreadableModelError, text_of

_API = "smithy.api#"
_SIGV4 = "aws.auth#sigv4"
# As botocore's models call them.
_PROTOCOLS: Mapping[str, str] = {
    "aws.protocols#awsJson1_0": "json",
    "aws.protocols#awsJson1_1": "json",
    "aws.protocols#awsQuery": "query",
    "aws.protocols#ec2Query": "ec2",
    "aws.protocols#restJson1": "rest-json",
    "aws.protocols#restXml": "rest-xml",
    "smithy.protocols#rpcv2Cbor": "smithy-rpc-v2-cbor",
}
_PLACES: Mapping[str, str] = {
    "httpHeader": "header",
    "httpPrefixHeaders": "headers beginning with",
    "httpQuery": "query parameter",
}
_UNNAMED_PLACES: Mapping[str, str] = {"httpLabel": "path label", "httpQueryParams": "query parameters"}


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of a shape, or those of a member over those of its shape."""

    by_id: Mapping[str, Node]
    where: str

    @classmethod
    def of(cls, *nodes: Node) -> "Traits":
        """The traits of nodes; a later node's take the place of an earlier one's."""
        found = (node.get("traits") for node in nodes)
        return cls({id_: trait for traits in found if traits for id_, trait in traits.members()}, nodes[0].where)

    def get(self, name: str) -> Node | None:
        """A trait of Smithy's own, or None."""
        return self.by_id.get(_API + name)

    def at(self, name: str) -> Node:
        """A trait of Smithy's own that must be there."""
        found = self.get(name)
        if found is None:
            raise UnreadableModelError(f"{self.where}: expected the trait {_API}{name}, and there is none")
        return found

    def has(self, name: str) -> bool:
        """Whether a trait of Smithy's own is there."""
        return self.get(name) is not None

    def enum(self, shape: Node | None) -> frozenset[str] | None:
        """The values of an enumeration: of the shape `enum` of 2.0, if it is one, or of the trait of 1.0."""
        if shape is not None:
            return frozenset(_enum_value(name, member) for name, member in shape.at("members").members())
        trait = self.get("enum")
        return frozenset(each.at("value").text() for each in trait.elements()) if trait else None

    def place(self, name: str) -> str:
        """Where a member of this name is on the wire."""
        for trait, place in _PLACES.items():
            if called := self.get(trait):
                return f"{place}: {called.text()}"
        for trait, place in _UNNAMED_PLACES.items():
            if self.has(trait):
                return f"{place}: {name}"
        if self.has("httpPayload"):
            return "the body"
        if self.has("httpResponseCode"):
            return f"the status: {name}"
        return f"body: {text_of(self.get('jsonName')) or name}"


def _enum_value(name: str, member: Node) -> str:
    return text_of(Traits.of(member).get("enumValue")) or name


def protocols_of(service: Traits) -> Iterator[str]:
    """The protocols of a service; one of Smithy's that botocore has no name for keeps its own."""
    for id_ in service.by_id:
        if id_ in _PROTOCOLS or id_.startswith("smithy.protocols#"):
            yield _PROTOCOLS.get(id_, id_)


def signing_name_of(service: Traits, operation: Traits) -> str | None:
    """The service that a request is signed for, or None where it need not be signed."""
    auth = operation.get("auth")
    if operation.has("optionalAuth") or (auth is not None and not list(auth.elements())):
        return None
    sigv4 = service.by_id.get(_SIGV4)
    return sigv4.at("name").text() if sigv4 else None
