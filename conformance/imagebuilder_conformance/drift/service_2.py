"""botocore's form of a service model, `service-2.json`, as a model of the operation.

AWS's SDK for JavaScript v2 ships the same form without what a client can do without (`*.min.json`): shapes stand where
they are used, a string has no type, and limits, patterns, errors and the operation's own name are left out.
"""

from collections.abc import Iterator, Mapping

from imagebuilder_conformance.drift.model import Kind, Member, OperationModel, Shape
from imagebuilder_conformance.drift.nodes import Node, UnreadableModelError, number_of, text_of

_KINDS: Mapping[str, Kind] = {
    "blob": Kind.BLOB,
    "boolean": Kind.BOOLEAN,
    "character": Kind.STRING,
    "double": Kind.NUMBER,
    "float": Kind.NUMBER,
    "integer": Kind.INTEGER,
    "list": Kind.LIST,
    "long": Kind.INTEGER,
    "map": Kind.MAP,
    "string": Kind.STRING,
    "structure": Kind.STRUCTURE,
    "timestamp": Kind.TIMESTAMP,
}
_PLACES: Mapping[str, str] = {
    "header": "header",
    "headers": "headers beginning with",
    "querystring": "query parameter",
    "statusCode": "the status",
    "uri": "path label",
}


def model_of(document: Node, name: str) -> OperationModel:
    """The operation of a name. Raises `UnreadableModelError`."""
    metadata, operation, http = document.at("metadata"), *_operation(document, name)
    reduced = not operation.has("name")
    shapes = _Shapes(document.at("shapes"), reduced=reduced)
    return OperationModel(
        method=http.at("method").text(),
        path=http.at("requestUri").text(),
        protocols=frozenset(_protocols(metadata)),
        signing_name=_signing_name(metadata, operation),
        api_version=metadata.at("apiVersion").text(),
        success_status=code.status() if (code := http.get("responseCode")) else None,
        request=shapes.members_at(operation.get("input")),
        response=shapes.members_at(operation.get("output")),
        errors=dict(_errors(operation, shapes)),
        reduced=reduced,
    )


def _operation(document: Node, name: str) -> tuple[Node, Node]:
    operation = document.at("operations").at(name)
    return operation, operation.at("http")


def _protocols(metadata: Node) -> Iterator[str]:
    yield metadata.at("protocol").text()
    if protocols := metadata.get("protocols"):
        yield from (each.text() for each in protocols.elements())


def _signing_name(metadata: Node, operation: Node) -> str | None:
    """The service that a request is signed for; it is called as its endpoint where the model gives no other name."""
    if text_of(operation.get("authtype")) == "none":
        return None
    if (auth := operation.get("auth")) and [each.text() for each in auth.elements()] == ["smithy.api#noAuth"]:
        return None
    return text_of(metadata.get("signingName")) or metadata.at("endpointPrefix").text()


def _errors(operation: Node, shapes: "_Shapes") -> Iterator[tuple[str, int | None]]:
    errors = operation.get("errors")
    for each in errors.elements() if errors else ():
        name = each.at("shape").text()
        error = shapes.named(name).get("error")
        status, code = (error.get("httpStatusCode"), error.get("code")) if error else (None, None)
        yield text_of(code) or name, status.status() if status else None


class _Shapes:
    """The shapes of a model, by name; in a reduced model a reference may be the shape itself."""

    def __init__(self, shapes: Node, *, reduced: bool) -> None:
        self._shapes = shapes
        self._reduced = reduced

    def named(self, name: str) -> Node:
        return self._shapes.at(name)

    def members_at(self, reference: Node | None) -> Mapping[str, Member]:
        """The members of the structure that a reference names; none where there is no reference."""
        return self._shape(reference, frozenset()).members if reference else {}

    def _shape(self, reference: Node, within: frozenset[str]) -> Shape:
        if self._reduced and not reference.has("shape"):
            name, node = reference.where, reference
        else:
            name = reference.at("shape").text()
            node = self.named(name)
        kind = Kind.STRING if self._reduced and not node.has("type") else _kind(node)
        inner = within | {name}

        def part(key: str) -> Shape | None:
            return None if name in within else self._shape(node.at(key), inner)

        return Shape(
            kind=kind,
            minimum=number_of(node.get("min")),
            maximum=number_of(node.get("max")),
            pattern=text_of(node.get("pattern")),
            values=frozenset(each.text() for each in values.elements()) if (values := node.get("enum")) else None,
            key=part("key") if kind is Kind.MAP else None,
            value=part("value") if kind is Kind.MAP else part("member") if kind is Kind.LIST else None,
            members=dict(self._members(node, inner)) if node.get("members") and name not in within else {},
        )

    def _members(self, structure: Node, within: frozenset[str]) -> Iterator[tuple[str, Member]]:
        required = {each.text() for each in node.elements()} if (node := structure.get("required")) else set()
        payload = text_of(structure.get("payload"))
        for name, member in structure.at("members").members():
            shape = self._shape(member, within)
            place = "the body" if name == payload else _place(name, member)
            yield name, Member(shape, name in required, member.has("idempotencyToken"), place)


def _kind(node: Node) -> Kind:
    name = node.at("type").text()
    if name not in _KINDS:
        raise UnreadableModelError(f"{node.where}: expected a type of {', '.join(sorted(_KINDS))}, got {name!r}")
    if node.has("document"):
        return Kind.DOCUMENT
    return Kind.UNION if node.has("union") else _KINDS[name]


def _place(name: str, member: Node) -> str:
    location, called = text_of(member.get("location")), text_of(member.get("locationName")) or name
    return f"body: {called}" if location is None else f"{_PLACES.get(location, location)}: {called}"
