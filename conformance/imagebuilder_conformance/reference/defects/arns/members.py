"""Defects in whether there is an ARN, and in its type."""

from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect


@defect("arn-optional", breaks="request.image-pipeline-arn.required")
class ArnOptional(Behaviour):
    """A request without an ARN starts the first pipeline."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Fill in what is missing."""
        return super().members({"imagePipelineArn": self.settings.pipelines[0], **document})


@defect("arn-null-accepted", breaks="request.image-pipeline-arn.null")
class ArnNullAccepted(Behaviour):
    """An ARN that is null starts the first pipeline."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Fill in what is null."""
        if "imagePipelineArn" in document and document["imagePipelineArn"] is None:
            return super().members({**document, "imagePipelineArn": self.settings.pipelines[0]})
        return super().members(document)


@defect("arn-any-type-accepted", breaks="request.image-pipeline-arn.type")
class ArnAnyTypeAccepted(Behaviour):
    """An ARN of any type is turned into a string and looked up."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Turn the ARN into a string."""
        members = super().members(document)
        if "imagePipelineArn" in members:
            members["imagePipelineArn"] = str(members["imagePipelineArn"])
        return members

    def arn_breach(self, value: Any) -> str | None:
        """Only what was a string is validated."""
        return super().arn_breach(value) if value.startswith("arn:") else None


@defect("arn-list-unwrapped", breaks="request.image-pipeline-arn.type")
class ArnListUnwrapped(Behaviour):
    """A list with one ARN in it passes as that ARN, as form parsers do."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Take the only element of a list."""
        members = super().members(document)
        match members.get("imagePipelineArn"):
            case [str(arn)]:
                members["imagePipelineArn"] = arn
        return members
