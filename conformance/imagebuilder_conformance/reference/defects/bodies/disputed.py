"""Defects where a body is legal by some readings of JSON."""

import json
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import LoneSurrogatesRead, crash
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import HangUp
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome


@defect("body-not-utf8-crashes", breaks="request.body.unusual")
class BodyNotUtf8Crashes(Behaviour):
    """A body that is not UTF-8 ends in a server error."""

    def parse(self, body: bytes) -> Any:
        """Decode without looking."""
        try:
            body.decode()
        except UnicodeDecodeError:
            raise crash() from None
        return super().parse(body)


@defect("body-lone-surrogate-crashes", breaks="request.body.lone-surrogates")
class BodyLoneSurrogateCrashes(Behaviour):
    """A surrogate without its pair is read, and then ends in a server error where it cannot be written."""

    def parse(self, body: bytes) -> Any:
        """Read what cannot be written."""
        try:
            json.dumps(json.loads(body, parse_int=float), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise crash() from None
        except (ValueError, RecursionError):
            pass
        return super().parse(body)


@defect("body-lone-surrogate-crashes-after-start", breaks="request.body.lone-surrogates")
class BodyLoneSurrogateCrashesAfterStart(LoneSurrogatesRead):
    """A surrogate without its pair is read, its build is started, and the answer can't be encoded: a server error."""

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """Encode as Starlette does."""
        try:
            json.dumps(self.success_document(call, outcome), ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return self.refuse(call, crash())
        return super().succeed(call, outcome)


@defect("body-byte-order-mark-drops-connection", breaks="request.body.unusual")
class BodyByteOrderMarkDropsConnection(Behaviour):
    """A body that begins with a byte order mark ends in a connection closed without an answer."""

    def parse(self, body: bytes) -> Any:
        """Let the worker die."""
        if body.startswith(b"\xef\xbb\xbf"):
            raise HangUp
        return super().parse(body)
