# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what the members of a body may be."""

from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Outcome, StartRequest


@defect("members-wrong-type-crashes", breaks="request.client-token.type")
class MembersWrongTypeCrashes(Behaviour):
    """A member of the wrong type ends in a server error."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Take strings for granted."""
        if not all(isinstance(value, str) for value in parameters.values()):
            raise crash()
        super().validate(parameters)


@defect("members-missing-crashes", breaks="request.image-pipeline-arn.required")
class MembersMissingCrashes(Behaviour):
    """A member that is missing ends in a server error."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Take all members for granted."""
        if not set(self.schema.required) <= set(parameters):
            raise crash()
        super().validate(parameters)


@defect("members-unknown-refused", breaks="request.body.unknown-members")
class MembersUnknownRefused(Behaviour):
    """A member that the operation does not know is refused."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Close the schema."""
        if unknown := set(document) - set(self.schema.members):
            raise self.bad_parameter(f"{len(unknown)} members are not known")
        return super().members(document)


@defect("member-of-later-model-required", breaks="operation.start")
class MemberOfLaterModelRequired(Behaviour):
    """A request must carry `tags`, a member that is optional and that came later."""

    def members(self, document: dict[str, Any]) -> dict[str, Any]:
        """Ask for one more."""
        if "tags" not in document:
            raise self.bad_parameter("tags is required")
        return super().members(document)


@defect("operation-stubbed", breaks="operation.start")
class OperationStubbed(Behaviour):
    """A valid request is refused as unsupported: the operation validates, and does nothing else."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Look the pipeline up, and give up."""
        self.find(request)
        raise Fault("InvalidRequestException", "Starting a pipeline is not supported by this emulator.")
