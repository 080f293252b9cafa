"""Makes the requests that the checks send."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imagebuilder_conformance.client.messages import Request, Signer
from imagebuilder_spec import Operation


@dataclass(frozen=True, slots=True)
class RequestFactory:
    """Requests to the operation: well-formed ones, members of any kind, and raw bodies."""

    operation: Operation

    def start(
        self, token: str, pipeline: str, label: str = "a valid request", *, tags: Mapping[str, str] | None = None
    ) -> Request:
        """A request with a token and a pipeline ARN, both strings, and with tags if any are given."""
        optional = {} if tags is None else {"tags": tags}
        return self.members({"clientToken": token, "imagePipelineArn": pipeline, **optional}, label)

    def members(self, members: Mapping[str, Any], label: str, *, violates: str | None = None) -> Request:
        """A request whose body is a JSON object of these members."""
        token, pipeline = members.get("clientToken"), members.get("imagePipelineArn")
        return self.raw(
            json.dumps(members).encode(),
            label,
            violates=violates,
            token=token if isinstance(token, str) else None,
            pipeline=pipeline if isinstance(pipeline, str) else None,
        )

    def raw(
        self,
        body: bytes,
        label: str,
        *,
        violates: str | None = None,
        token: str | None = None,
        pipeline: str | None = None,
        method: str | None = None,
        path: str | None = None,
        query: str = "",
        headers: Mapping[str, str | None] | None = None,
        chunked: bool = False,
        sign: Signer | None = None,
    ) -> Request:
        """A request with any body, method, path and headers."""
        operation = self.operation
        return Request(
            label=label,
            body=body,
            method=method or operation.method,
            path=(path or operation.path) + query,
            headers=headers or {},
            token=token,
            pipeline=pipeline,
            violates=violates,
            chunked=chunked,
            sign=sign,
            off_operation=method not in {None, operation.method} or path not in {None, operation.path},
        )
