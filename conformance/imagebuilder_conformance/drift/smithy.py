"""A Smithy model in its JSON form, the abstract syntax tree, as a model of the operation.

Traits are read as Smithy 2.0 defines them; of 1.0 the shape `set` and the trait `enum`, which differ, are known too.
"""

from collections.abc import Callable, Iterator, Mapping

from imagebuilder_conformance.drift.model import Kind, Member, OperationModel, Shape
from imagebuilder_conformance.drift.nodes import Node, UnreadableModelError, number_of, text_of
from imagebuilder_conformance.drift.smithy_traits import Traits, protocols_of, signing_name_of

_KINDS: Mapping[str, Kind] = {
    "bigDecimal": Kind.NUMBER,
    "bigInteger": Kind.INTEGER,
    "blob": Kind.BLOB,
    "boolean": Kind.BOOLEAN,
    "byte": Kind.INTEGER,
    "document": Kind.DOCUMENT,
    "double": Kind.NUMBER,
    "enum": Kind.STRING,
    "float": Kind.NUMBER,
    "intEnum": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "list": Kind.LIST,
    "long": Kind.INTEGER,
    "map": Kind.MAP,
    "set": Kind.LIST,
    "short": Kind.INTEGER,
    "string": Kind.STRING,
    "structure": Kind.STRUCTURE,
    "timestamp": Kind.TIMESTAMP,
    "union": Kind.UNION,
}
_PRELUDE = "smithy.api#"
_STATUS_OF_FAULT: Mapping[str, int] = {"client": 400, "server": 500}


def model_of(document: Node, name: str) -> OperationModel:
    """The operation of a name, in whatever namespace. Raises `UnreadableModelError`."""
    shapes = _Shapes(document.at("shapes"))
    id_, operation = shapes.only("operation", f"an operation {name}", lambda id_: id_.rpartition("#")[2] == name)
    service = shapes.service_of(id_)
    traits, service_traits = Traits.of(operation), Traits.of(service)
    http = traits.at("http")
    code = http.get("code")
    return OperationModel(
        method=http.at("method").text(),
        path=http.at("uri").text(),
        protocols=frozenset(protocols_of(service_traits)),
        signing_name=signing_name_of(service_traits, traits),
        api_version=service.at("version").text(),
        # 200 is the trait's default.
        success_status=code.status() if code else 200,
        request=shapes.members_at(operation.get("input")),
        response=shapes.members_at(operation.get("output")),
        errors={**dict(_errors(service, shapes)), **dict(_errors(operation, shapes))},
    )


def _errors(owner: Node, shapes: "_Shapes") -> Iterator[tuple[str, int | None]]:
    errors = owner.get("errors")
    for each in errors.elements() if errors else ():
        id_ = each.at("target").text()
        traits = Traits.of(shapes.named(id_))
        status = traits.get("httpError")
        default = _STATUS_OF_FAULT.get(text_of(traits.get("error")) or "")
        yield id_.rpartition("#")[2], status.status() if status else default


class _Shapes:
    """The shapes of a model, by their absolute ids."""

    def __init__(self, shapes: Node) -> None:
        self._shapes = shapes

    def only(self, kind: str, wanted: str, fits: Callable[[str], bool]) -> tuple[str, Node]:
        """The one shape of a kind that fits, with its id."""
        found = [(id_, node) for id_, node in self._shapes.members() if text_of(node.get("type")) == kind and fits(id_)]
        if len(found) != 1:
            ids = ", ".join(id_ for id_, _ in found) or "there is none"
            raise UnreadableModelError(f"{self._shapes.where}: expected {wanted}, and one alone, got {ids}")
        return found[0]

    def service_of(self, operation: str) -> Node:
        """The service of an operation: the only one there is, or the only one that lists it."""
        services = {id_: node for id_, node in self._shapes.members() if text_of(node.get("type")) == "service"}
        listing = [id_ for id_, node in services.items() if operation in _targets(node.get("operations"))]
        _, service = self.only("service", f"a service of {operation}", lambda id_: id_ in (listing or services))
        return service

    def named(self, id_: str) -> Node:
        """A shape of the model, which must have all of itself in one place."""
        node = self._shapes.at(id_)
        if node.get("mixins") or any(each.startswith(f"{id_}$") for each, _ in self._shapes.members()):
            raise UnreadableModelError(
                f"{node.where}: expected a shape that is written in one place; `flattenAndRemoveMixins` makes it one"
            )
        return node

    def members_at(self, reference: Node | None) -> Mapping[str, Member]:
        """The members of the structure that a reference names; none for no reference."""
        return self._shape(reference, frozenset()).members if reference else {}

    def _shape(self, reference: Node, within: frozenset[str]) -> Shape:
        id_ = reference.at("target").text()
        if id_.startswith(_PRELUDE):
            return Shape(_prelude_kind(reference, id_.removeprefix(_PRELUDE)))
        node = self.named(id_)
        name = node.at("type").text()
        kind = _kind(node, name)
        # A trait of the member takes the place of the one of its shape.
        traits = Traits.of(node, reference)
        limits = traits.get("range" if kind in {Kind.INTEGER, Kind.NUMBER} else "length")
        inner = within | {id_}

        def part(key: str) -> Shape | None:
            return None if id_ in within else self._shape(node.at(key), inner)

        return Shape(
            kind=kind,
            minimum=number_of(limits.get("min")) if limits else None,
            maximum=number_of(limits.get("max")) if limits else None,
            pattern=text_of(traits.get("pattern")),
            values=traits.enum(node if name == "enum" else None),
            key=part("key") if kind is Kind.MAP else None,
            value=part("value") if kind is Kind.MAP else part("member") if kind is Kind.LIST else None,
            members=dict(self._members(node, inner))
            if kind in {Kind.STRUCTURE, Kind.UNION} and node.get("members") and id_ not in within
            else {},
        )

    def _members(self, structure: Node, within: frozenset[str]) -> Iterator[tuple[str, Member]]:
        for name, member in structure.at("members").members():
            traits = Traits.of(member)
            yield (
                name,
                Member(
                    self._shape(member, within),
                    traits.has("required"),
                    traits.has("idempotencyToken"),
                    traits.place(name),
                ),
            )


def _targets(references: Node | None) -> set[str]:
    return {each.at("target").text() for each in references.elements()} if references else set()


def _kind(node: Node, name: str) -> Kind:
    if name not in _KINDS:
        raise UnreadableModelError(f"{node.where}: expected a type of {', '.join(sorted(_KINDS))}, got {name!r}")
    return _KINDS[name]


def _prelude_kind(reference: Node, name: str) -> Kind:
    """The kind of a shape of Smithy's own, such as `String`, `PrimitiveLong` or `Unit`."""
    if name == "Unit":
        return Kind.STRUCTURE
    bare = name.removeprefix("Primitive")
    return _kind(reference, bare[:1].lower() + bare[1:])
