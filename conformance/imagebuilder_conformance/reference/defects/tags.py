# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in a request's tags, which the contract has since its revision `current`: what they may be."""

import json
from dataclasses import replace
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import LimitedTags
from imagebuilder_conformance.reference.defects.registry import CURRENT, defect
from imagebuilder_spec import TagLimits


def shifted(numbers: range, first: int, last: int) -> range:
    """The range with its ends moved."""
    return range(numbers.start + first, numbers.stop + last)


# Tags as a whole


@defect("tags-refused", breaks="request.tags.accepted", revision=CURRENT)
class TagsRefused(Behaviour):
    """A request with tags is refused: the handler is older than they are, and strict."""

    def tags_breach(self, value: Any) -> str | None:
        """Refuse whatever comes."""
        return "tags is not a member of the request"


@defect("tags-null-kept", breaks="request.tags.null", revision=CURRENT)
class TagsNullKept(Behaviour):
    """Tags that are null are kept as a value of their own, so they are other tags than none."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Keep null."""
        kept = {"tags": None} if "tags" in document and document["tags"] is None else {}
        return super().members(document) | kept

    def tags_breach(self, value: Any) -> str | None:
        """Null is fine."""
        return None if value is None else super().tags_breach(value)


@defect("tags-pairs-accepted", breaks="request.tags.type", revision=CURRENT)
class TagsPairsAccepted(Behaviour):
    """Tags are accepted as a list of pairs of Key and Value too, as other services have them."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Turn a list into a map."""
        members = super().members(document)
        tags = members.get("tags")
        if isinstance(tags, list) and tags and all(isinstance(tag, dict) and "Key" in tag for tag in tags):
            members["tags"] = {tag["Key"]: tag.get("Value", "") for tag in tags}
        return members


@defect("tags-of-other-types-ignored", breaks="request.tags.type", revision=CURRENT)
class TagsOfOtherTypesIgnored(Behaviour):
    """Tags that are no object are left out instead of refused."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Leave them out."""
        members = super().members(document)
        if not isinstance(members.get("tags"), dict):
            members.pop("tags", None)
        return members


@defect("tags-empty-accepted", breaks="request.tags.min-entries", revision=CURRENT)
class TagsEmptyAccepted(LimitedTags):
    """An object without any tag is accepted."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """From none on."""
        return replace(stated, entries=shifted(stated.entries, -1, 0))


@defect("tags-single-refused", breaks="request.tags.min-entries", revision=CURRENT)
class TagsSingleRefused(LimitedTags):
    """There must be more tags than the least number of them, not as many."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too many."""
        return replace(stated, entries=shifted(stated.entries, 1, 0))


@defect("tags-one-too-many-accepted", breaks="request.tags.max-entries", revision=CURRENT)
class TagsOneTooManyAccepted(LimitedTags):
    """There may be one tag more than the greatest number of them."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too far."""
        return replace(stated, entries=shifted(stated.entries, 0, 1))


@defect("tags-at-limit-refused", breaks="request.tags.max-entries", revision=CURRENT)
class TagsAtLimitRefused(LimitedTags):
    """There must be fewer tags than the greatest number of them, not as many."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too early."""
        return replace(stated, entries=shifted(stated.entries, 0, -1))


# Keys


@defect("tag-key-empty-accepted", breaks="request.tags.key-min-length", revision=CURRENT)
class TagKeyEmptyAccepted(LimitedTags):
    """An empty key is accepted: its pattern ends in an asterisk, and nobody looked at its length."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """From zero on."""
        return replace(stated, key_lengths=shifted(stated.key_lengths, -1, 0))


@defect("tag-key-single-character-refused", breaks="request.tags.key-min-length", revision=CURRENT)
class TagKeySingleCharacterRefused(LimitedTags):
    """A key must be longer than its minimum length, not as long."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too late."""
        return replace(stated, key_lengths=shifted(stated.key_lengths, 1, 0))


@defect("tag-key-one-too-long-accepted", breaks="request.tags.key-max-length", revision=CURRENT)
class TagKeyOneTooLongAccepted(LimitedTags):
    """A key may be one character longer than its maximum length."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too far."""
        return replace(stated, key_lengths=shifted(stated.key_lengths, 0, 1))


@defect("tag-key-at-limit-refused", breaks="request.tags.key-max-length", revision=CURRENT)
class TagKeyAtLimitRefused(LimitedTags):
    """A key must be shorter than its maximum length, not as long."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too early."""
        return replace(stated, key_lengths=shifted(stated.key_lengths, 0, -1))


@defect("tag-key-trimmed", breaks="request.tags.key-max-length", revision=CURRENT)
class TagKeyTrimmed(Behaviour):
    """A key is measured without the blanks around it."""

    def tags_breach(self, value: Any) -> str | None:
        """Trim, then look."""
        if isinstance(value, dict) and len(value) == len({key.strip() for key in value}):
            value = {key.strip() or key: text for key, text in value.items()}
        return super().tags_breach(value)


@defect("tag-key-pattern-unchecked", breaks="request.tags.key-pattern", revision=CURRENT)
class TagKeyPatternUnchecked(LimitedTags):
    """A key may hold any character, and begin as it likes."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """No pattern."""
        return replace(stated, key_pattern="")


@defect("tag-key-reserved-prefix-accepted", breaks="request.tags.key-pattern", revision=CURRENT)
class TagKeyReservedPrefixAccepted(LimitedTags):
    """A key may begin with the prefix that AWS keeps for itself."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """Without the look-ahead."""
        return replace(stated, key_pattern=stated.key_pattern.replace("(?!aws:)", ""))


@defect("tag-key-letters-of-any-script", breaks="request.tags.key-pattern", revision=CURRENT)
class TagKeyLettersOfAnyScript(Behaviour):
    """A key may hold letters of any script, as in the tags of most services."""

    def tags_breach(self, value: Any) -> str | None:
        """Take every letter for one of ASCII."""
        if isinstance(value, dict):
            value = {"".join("x" if c.isalpha() and not c.isascii() else c for c in key): v for key, v in value.items()}
        return super().tags_breach(value)


@defect("tag-key-first-checked-only", breaks="request.tags.key-pattern", revision=CURRENT)
class TagKeyFirstCheckedOnly(Behaviour):
    """Only the first key is held against the pattern."""

    def tags_breach(self, value: Any) -> str | None:
        """Name the others anew before looking."""
        if isinstance(value, dict):
            value = {f"key{place}" if place else key: text for place, (key, text) in enumerate(value.items())}
        return super().tags_breach(value)


@defect("tag-key-blanks-refused", breaks="request.tags.key-characters", revision=CURRENT)
class TagKeyBlanksRefused(LimitedTags):
    """A key may not hold blanks."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """Without blanks."""
        return replace(stated, key_pattern=stated.key_pattern.replace(r"\s", ""))


@defect("tag-key-word-characters-only", breaks="request.tags.key-characters", revision=CURRENT)
class TagKeyWordCharactersOnly(LimitedTags):
    """A key may hold letters, digits, hyphens and underscores only."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """A pattern that nobody published."""
        return replace(stated, key_pattern=r"^[a-zA-Z0-9_\-]*$")


# Values


@defect("tag-value-stringified", breaks="request.tags.value-type", revision=CURRENT)
class TagValueStringified(Behaviour):
    """A value that is not a string is turned into one."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Turn values into strings."""
        members = super().members(document)
        if isinstance(members.get("tags"), dict):
            texts = {key: v if isinstance(v, str) else json.dumps(v) for key, v in members["tags"].items()}
            members["tags"] = texts
        return members


@defect("tag-value-unbounded", breaks="request.tags.value-max-length", revision=CURRENT)
class TagValueUnbounded(LimitedTags):
    """A value may have any length."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """No maximum."""
        return replace(stated, value_lengths=range(stated.value_lengths.start, 2**31))


@defect("tag-value-at-limit-refused", breaks="request.tags.value-max-length", revision=CURRENT)
class TagValueAtLimitRefused(LimitedTags):
    """A value may have 255 characters at most, the width of many a column."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """One too early."""
        return replace(stated, value_lengths=shifted(stated.value_lengths, 0, -1))


@defect("tag-value-empty-refused", breaks="request.tags.value-empty", revision=CURRENT)
class TagValueEmptyRefused(LimitedTags):
    """An empty value is refused, as if it were missing."""

    def limits(self, stated: TagLimits) -> TagLimits:
        """From one on."""
        return replace(stated, value_lengths=shifted(stated.value_lengths, 1, 0))


class _MeasuredValues(Behaviour):
    """The length of a value is measured in a way of its own."""

    def measure(self, value: str) -> int:
        """The length of a value."""
        raise NotImplementedError

    def tags_breach(self, value: Any) -> str | None:
        """Measure texts of as many characters as were counted."""
        if isinstance(value, dict):
            value = {key: "x" * self.measure(v) if isinstance(v, str) else v for key, v in value.items()}
        return super().tags_breach(value)


@defect("tag-value-length-in-bytes", breaks="request.tags.value-code-points", revision=CURRENT)
class TagValueLengthInBytes(_MeasuredValues):
    """The length of a tag's value counts the bytes of its UTF-8."""

    def measure(self, value: str) -> int:
        """Count bytes."""
        return len(value.encode())


@defect("tag-value-length-in-utf16-units", breaks="request.tags.value-code-points", revision=CURRENT)
class TagValueLengthInUtf16Units(_MeasuredValues):
    """The length of a tag's value counts UTF-16 units, as in Java and JavaScript."""

    def measure(self, value: str) -> int:
        """Count UTF-16 units."""
        return len(value.encode("utf-16-le")) // 2


@defect("tag-value-outside-ascii-not-measured", breaks="request.tags.value-code-points", revision=CURRENT)
class TagValueOutsideAsciiNotMeasured(_MeasuredValues):
    """The length of a tag's value counts characters of ASCII only."""

    def measure(self, value: str) -> int:
        """Count ASCII."""
        return sum(character.isascii() for character in value)
