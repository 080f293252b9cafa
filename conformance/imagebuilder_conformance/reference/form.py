# ruff: noqa: ARG002 - a step may take more than it needs itself: those who override it need it
"""How the reference target says what it has decided: the refusals, and the form of every answer."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from starlette.types import Send

from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings


class Form:
    """The answers of a target, a step for each part of them."""

    body_limit: ClassVar[int] = 262_144
    """How many bytes of a body are read; a larger one is refused."""

    reframes: ClassVar[bool] = False
    """Whether answers are put on the wire by `frame`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.operation = settings.contract.operation

    # Refusals

    def unknown_operation(self, call: Call, status: int) -> Fault:
        """The refusal of a path or method that is not the operation's."""
        return Fault(
            "UnknownOperationException", f"No operation is called by {call.method} {call.path}.", status=status
        )

    def throttled(self) -> Fault:
        """The refusal of a request over the rate limit."""
        return Fault("CallRateLimitExceededException", "The permitted request rate is exceeded; slow down and retry.")

    def denied(self) -> Fault:
        """The refusal of a caller who may not start anything."""
        return Fault("ForbiddenException", "You are not authorized to perform the requested operation.")

    def oversized(self) -> Fault:
        """The refusal of a body larger than the target reads."""
        return Fault("InvalidRequestException", f"The body is larger than {self.body_limit} bytes.")

    def unreadable(self, reason: str) -> Fault:
        """The refusal of a body that is not a JSON object."""
        return Fault("InvalidRequestException", f"The request cannot be read: {reason}.")

    def bad_parameter(self, reason: str) -> Fault:
        """The refusal of a parameter that is missing or breaks its constraints."""
        return Fault("ClientException", f"A parameter is invalid: {reason}.")

    def not_found(self, request: StartRequest) -> Fault:
        """The refusal of a pipeline that does not exist."""
        return Fault("ResourceNotFoundException", f"The image pipeline {request.pipeline_arn} does not exist.")

    def mismatch(self) -> Fault:
        """The refusal of a used token with other parameters."""
        return Fault(
            "IdempotentParameterMismatchException", "The client token was used before, with other parameter values."
        )

    # The form of the answers

    def new_request_id(self) -> str:
        """The identifier of a call."""
        return str(uuid.uuid4())

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """The answer of a success."""
        return Answer(
            self.success_status(outcome),
            self.encode(self.success_document(call, outcome)),
            self.success_headers(call),
        )

    def success_status(self, outcome: Outcome) -> int:
        """The status of a success."""
        return self.operation.success_status

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """The body of a success. `requestId` names this call, not the one that started the image."""
        return {
            "requestId": call.request_id,
            "clientToken": outcome.request.client_token,
            "imageBuildVersionArn": outcome.execution.image_arn,
        }

    def success_headers(self, call: Call) -> dict[str, str]:
        """The headers of a success."""
        return {"content-type": self.operation.content_type, **self.request_id_header(call)}

    def refuse(self, call: Call, fault: Fault) -> Answer:
        """The answer of a refusal."""
        return Answer(
            self.error_status(fault), self.encode(self.error_document(fault)), self.error_headers(call, fault)
        )

    def error_status(self, fault: Fault) -> int:
        """The status of a refusal."""
        return self.settings.contract.errors.declared[fault.code].status if fault.status is None else fault.status

    def error_document(self, fault: Fault) -> dict[str, Any]:
        """The body of a refusal."""
        return {"message": fault.message}

    def error_headers(self, call: Call, fault: Fault) -> dict[str, str]:
        """The headers of a refusal."""
        return {
            "content-type": self.operation.content_type,
            "x-amzn-ErrorType": fault.code,
            **self.request_id_header(call),
            **fault.headers,
        }

    def request_id_header(self, call: Call) -> dict[str, str]:
        """The header that botocore reads the request's identifier from."""
        return {"x-amzn-RequestId": call.request_id}

    def encode(self, document: Any) -> bytes:
        """Write a body."""
        return json.dumps(document).encode()

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Put an answer on the wire."""
        headers = {**answer.headers, "content-length": str(len(answer.body))}
        await send_head(answer.status, headers, send)
        await send({"type": "http.response.body", "body": answer.body})

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Put the bytes of an answer together, where the server's library does not do so by itself."""
        return head + body


async def send_head(status: int, headers: Mapping[str, str], send: Send) -> None:
    """Put the status and the headers of an answer on the wire."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
