"""Conformant variations in what is made of tags."""

from dataclasses import replace
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import LimitedTags
from imagebuilder_conformance.reference.defects.registry import CURRENT, variation
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_spec import TagLimits


@variation("tags-null-refused", warns=("request.tags.null",), revision=CURRENT)
class TagsNullRefused(Behaviour):
    """Tags that are null are refused."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Refuse null."""
        if "tags" in document and document["tags"] is None:
            raise self.bad_parameter("tags is null")
        return super().members(document)


@variation("tag-values-null-dropped", revision=CURRENT)
class TagValuesNullDropped(Behaviour):
    """An entry whose value is null is left out."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Leave out null."""
        members = super().members(document)
        if isinstance(members.get("tags"), dict) and None in members["tags"].values():
            members["tags"] = {key: value for key, value in members["tags"].items() if value is not None}
        return members


@variation("tag-values-ascii-only", revision=CURRENT)
class TagValuesAsciiOnly(Behaviour):
    """A value with a character outside ASCII is refused."""

    def tags_breach(self, value: Any) -> str | None:
        """ASCII only."""
        if isinstance(value, dict) and not all(str(text).isascii() for text in value.values()):
            return "the value of a tag holds a character that is not accepted"
        return super().tags_breach(value)


@variation("tag-keys-plain-blanks-only", revision=CURRENT)
class TagKeysPlainBlanksOnly(LimitedTags):
    """Of the blanks that the pattern of keys allows only the plain one is accepted."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """A blank in the place of all of them."""
        return replace(stated, key_pattern=stated.key_pattern.replace(r"\s", " "))


@variation("tag-keys-reserved-in-any-case", revision=CURRENT)
class TagKeysReservedInAnyCase(LimitedTags):
    """The reserved prefix of keys is refused in any mixture of cases."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """The prefix in any case."""
        return replace(stated, key_pattern=stated.key_pattern.replace("aws:", "[aA][wW][sS]:"))


@variation("tags-refused-by-a-common-code", warns=("errors.bad-parameter.declared-code",), revision=CURRENT)
class TagsRefusedByACommonCode(Behaviour):
    """Bad tags are refused with ValidationException, everything else with codes that the operation declares."""

    def validate(self, parameters: Any) -> None:
        """Look at the tags first."""
        breach = self.tags_breach(parameters["tags"]) if "tags" in parameters else None
        if breach is not None:
            raise Fault("ValidationException", f"A parameter is invalid: {breach}.", status=400)
        super().validate(parameters)
