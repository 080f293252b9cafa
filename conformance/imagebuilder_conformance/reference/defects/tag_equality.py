# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what makes the tags of two requests the same."""

from collections.abc import Mapping
from dataclasses import replace

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import CURRENT, defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, StartRequest

Tags = Mapping[str, str]


class _ComparedTags(Behaviour):
    """The pipelines are compared, and the tags in a way of their own."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Compare the pipelines, then the tags."""
        if request.pipeline_arn != first.pipeline_arn:
            return True
        return self.tags_differ(request.parameters.get("tags", {}), first.parameters.get("tags", {}))

    def tags_differ(self, tags: Tags, first: Tags) -> bool:
        """Whether tags are other tags than the first."""
        return self.fold(tags) != self.fold(first)

    def fold(self, tags: Tags) -> object:
        """What is compared in the place of tags."""
        raise NotImplementedError


@defect("tags-not-compared", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsNotCompared(_ComparedTags):
    """The tags of a used token are not compared."""

    def tags_differ(self, tags: Tags, first: Tags) -> bool:
        """Never."""
        return False


@defect("tags-compared-where-both-have-some", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsComparedWhereBothHaveSome(_ComparedTags):
    """Tags are compared only if the first request had some."""

    def tags_differ(self, tags: Tags, first: Tags) -> bool:
        """Only where there is something to compare with."""
        return bool(first) and tags != first


@defect("tags-added-ignored", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsAddedIgnored(_ComparedTags):
    """Only the tags of the first request are looked for, and more of them do not matter."""

    def tags_differ(self, tags: Tags, first: Tags) -> bool:
        """Whether one of the first is missing."""
        return not first.items() <= tags.items()


@defect("tags-left-out-ignored", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsLeftOutIgnored(_ComparedTags):
    """A request may leave out tags that the first one had."""

    def tags_differ(self, tags: Tags, first: Tags) -> bool:
        """Whether one is new."""
        return not tags.items() <= first.items()


@defect("tags-compared-by-key", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsComparedByKey(_ComparedTags):
    """Only the keys of tags are compared."""

    def fold(self, tags: Tags) -> object:
        """The keys."""
        return frozenset(tags)


@defect("tags-counted", breaks="idempotency.mismatch.tags", revision=CURRENT)
class TagsCounted(_ComparedTags):
    """Only the number of tags is compared."""

    def fold(self, tags: Tags) -> object:
        """Their number."""
        return len(tags)


@defect("tags-compared-in-order", breaks="idempotency.replay.same-tags", revision=CURRENT)
class TagsComparedInOrder(_ComparedTags):
    """Tags are compared in the order in which they stand in the body, as a text."""

    def fold(self, tags: Tags) -> object:
        """In order."""
        return tuple(tags.items())


@defect("tags-forgotten", breaks="idempotency.replay.same-tags", revision=CURRENT)
class TagsForgotten(Behaviour):
    """The tags are left out when a request is remembered, so a replay with them is a mismatch."""

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Without tags."""
        kept = {name: value for name, value in request.parameters.items() if name != "tags"}
        super().remember(call, request, replace(execution, request=replace(request, parameters=kept)))


@defect("tag-keys-case-ignored", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagKeysCaseIgnored(_ComparedTags):
    """The keys of tags are compared without regard to case, as names of headers are."""

    def fold(self, tags: Tags) -> object:
        """Keys in lower case."""
        return {key.lower(): value for key, value in tags.items()}


@defect("tag-values-case-ignored", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagValuesCaseIgnored(_ComparedTags):
    """The values of tags are compared without regard to case, as many a database does by default."""

    def fold(self, tags: Tags) -> object:
        """Values in lower case."""
        return {key: value.lower() for key, value in tags.items()}


@defect("tag-values-stripped", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagValuesStripped(_ComparedTags):
    """The values of tags are compared without the blanks around them."""

    def fold(self, tags: Tags) -> object:
        """Values without the blanks around them."""
        return {key: value.strip() for key, value in tags.items()}


@defect("tag-values-cut", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagValuesCut(_ComparedTags):
    """Only the first 255 characters of a value are kept and compared."""

    def fold(self, tags: Tags) -> object:
        """Values cut."""
        return {key: value[:255] for key, value in tags.items()}


@defect("tag-keys-and-values-apart", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagKeysAndValuesApart(_ComparedTags):
    """Keys are compared with keys and values with values, and not which belongs to which."""

    def fold(self, tags: Tags) -> object:
        """Two lists."""
        return tuple(sorted(tags)), tuple(sorted(tags.values()))


@defect("tags-joined", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagsJoined(_ComparedTags):
    """Tags are compared as one text, key after value, with nothing in between."""

    def fold(self, tags: Tags) -> object:
        """One text."""
        return "".join(f"{key}{value}" for key, value in sorted(tags.items()))


@defect("tags-without-values-dropped", breaks="idempotency.mismatch.tags-compared-whole", revision=CURRENT)
class TagsWithoutValuesDropped(_ComparedTags):
    """Tags of an empty value are left out before the comparison."""

    def fold(self, tags: Tags) -> object:
        """Those with a value."""
        return {key: value for key, value in tags.items() if value}


@defect("tags-mismatch-as-invalid", breaks="idempotency.mismatch.tags-code", revision=CURRENT)
class TagsMismatchAsInvalid(Behaviour):
    """A used token with other tags is refused as an invalid request."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Refuse in its own way where only the tags differ."""
        if request.pipeline_arn == first.pipeline_arn and request.parameters != first.parameters:
            raise Fault("InvalidRequestException", "The tags of an execution cannot be changed.")
        return super().differs(request, first)
