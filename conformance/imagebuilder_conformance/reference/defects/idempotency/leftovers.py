"""Defects in what a refusal leaves behind."""

from collections.abc import Mapping
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline


class _RefusalsRemembered(Behaviour):
    """A refusal belongs to its token, and comes back whatever the token is used for."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.refusals: dict[str, Fault] = {}

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Bring a refusal back, or keep a new one."""
        if request.client_token in self.refusals:
            raise self.refusals[request.client_token]
        return await super().execute(call, request)


@defect("refused-pipeline-remembered", breaks="idempotency.refused.token-free")
class RefusedPipelineRemembered(_RefusalsRemembered):
    """That a pipeline was not found is remembered for the token, also once it comes with one that exists."""

    def find(self, request: StartRequest) -> Pipeline:
        """Keep the refusal."""
        try:
            return super().find(request)
        except Fault as fault:
            self.refusals[request.client_token] = fault
            raise


@defect("refused-parameters-remembered", breaks="idempotency.refused.token-free")
class RefusedParametersRemembered(_RefusalsRemembered):
    """That a parameter was invalid is remembered for the token, also once it comes with valid ones."""

    def validate(self, parameters: Mapping[str, Any]) -> None:
        """Keep the refusal."""
        try:
            super().validate(parameters)
        except Fault as fault:
            self.refusals[str(parameters.get("clientToken"))] = fault
            raise
