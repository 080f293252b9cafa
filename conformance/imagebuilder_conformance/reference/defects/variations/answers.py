# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Conformant variations in the form of an answer, and in the identifiers that it carries."""

import asyncio
import gzip
import itertools
import json
import random
import re
import uuid
from dataclasses import replace
from typing import Any

from starlette.types import Send

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import variation
from imagebuilder_conformance.reference.form import send_head
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline

_LENGTH = re.compile(rb"(?i)content-length: \d+\r\n")
_NAME = re.compile(rb"(?m)^[^:\r\n]+:")

# The form of answers


@variation("answers-chunked")
class AnswersChunked(Behaviour):
    """Answers are sent in chunks, without Content-Length."""

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Send half by half; the server adds the framing."""
        await send_head(answer.status, answer.headers, send)
        half = len(answer.body) // 2
        await send({"type": "http.response.body", "body": answer.body[:half], "more_body": True})
        await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": answer.body[half:]})


@variation("connection-closed")
class ConnectionClosed(Behaviour):
    """Each answer says `Connection: close`, and is the last one on its connection."""

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Add the header."""
        answer.headers["connection"] = "close"
        await super().deliver(answer, send)


@variation("answers-slow")
class AnswersSlow(Behaviour):
    """Each answer takes 20 ms."""

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Wait first."""
        await asyncio.sleep(0.02)
        await super().deliver(answer, send)


@variation("content-type-with-charset")
class ContentTypeWithCharset(Behaviour):
    """Answers name the charset UTF-8 in their content type."""

    async def deliver(self, answer: Answer, send: Send) -> None:
        """Add the charset."""
        answer.headers["content-type"] += "; charset=utf-8"
        await super().deliver(answer, send)


@variation("json-unescaped")
class JsonUnescaped(Behaviour):
    """Answers are indented JSON in UTF-8, without escapes for characters outside ASCII."""

    def encode(self, document: Any) -> bytes:
        """Indent, and do not escape."""
        return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


@variation("members-added")
class MembersAdded(Behaviour):
    """A success carries members that the contract does not know."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Add two."""
        return {**super().success_document(call, outcome), "state": {"status": "PENDING"}, "latest": None}


@variation("answers-compressed-if-accepted")
class AnswersCompressedIfAccepted(Behaviour):
    """Answers are compressed for clients that say that they can read them."""

    async def answer(self, call: Call) -> Answer:
        """Compress where gzip is accepted."""
        answer = await super().answer(call)
        if "gzip" in call.headers.get("accept-encoding", ""):
            answer.body = gzip.compress(answer.body, mtime=0)
            answer.headers["content-encoding"] = "gzip"
        return answer


# The bytes of answers: odd ones that RFC 9112 allows, as docs/framing.md has it.


@variation("answers-chunked-oddly")
class AnswersChunkedOddly(Behaviour):
    """Chunks have extensions, their sizes zeros in front, a trailer follows, and all names are in capitals."""

    reframes = True

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Put the body in one chunk."""
        if not _LENGTH.search(head):
            return head + body
        status, _, fields = _LENGTH.sub(b"transfer-encoding: CHUNKED\r\n", head).partition(b"\r\n")
        named = _NAME.sub(lambda found: found[0].upper(), fields)
        chunks = b'%08X;kind="whole"\r\n%b\r\n0;last\r\nX-Sum: 1\r\n\r\n' % (len(body), body)
        return status + b"\r\n" + named + chunks


@variation("answers-of-old-http")
class AnswersOfHttp10(Behaviour):
    """Answers are HTTP/1.0 and end with the connection; the status line gives no reason."""

    reframes = True

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Leave the length out."""
        _, status, _ = head.split(b" ", 2)
        fields = _LENGTH.sub(b"", head.partition(b"\r\n")[2]).removesuffix(b"\r\n")
        return b"HTTP/1.0 " + status + b" \r\n" + fields + b"connection: close\r\n\r\n" + body


@variation("connection-ends-answers")
class ConnectionEndsAnswers(Behaviour):
    """An answer has no length, and ends with its connection."""

    reframes = True

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Leave the length out."""
        return _LENGTH.sub(b"", head).removesuffix(b"\r\n") + b"connection: close\r\n\r\n" + body


@variation("heads-of-seven-kibibytes")
class HeadsOfSevenKibibytes(Behaviour):
    """Each answer has a field of 7 KiB, one in Latin 1, one without a value, and fifty cookies."""

    reframes = True

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Add them, with blanks around."""
        added = [b"X-Policy: \t" + b"a" * 7 * 1024 + b" ", b"x-place: caf\xe9", b"X-Empty:", *[b"Set-Cookie: a=b"] * 50]
        return head.removesuffix(b"\r\n") + b"\r\n".join(added) + b"\r\n\r\n" + body


@variation("continues-first")
class ContinuesFirst(Behaviour):
    """A `100 Continue` that nobody asked for comes before each answer."""

    reframes = True

    def frame(self, head: bytes, body: bytes) -> bytes:
        """Put it there."""
        return b"HTTP/1.1 100 Continue\r\n\r\n" + head + body


# Identifiers


@variation("request-id-replayed")
class RequestIdReplayed(Behaviour):
    """A replay carries the request id of the request that started the image."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Answer what was answered before."""
        return {**super().success_document(call, outcome), "requestId": outcome.execution.request_id}


@variation("request-id-replayed-everywhere")
class RequestIdReplayedEverywhere(Behaviour):
    """A replay is answered byte by byte as at first, the request id in the header included."""

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """Answer as the call that started the image."""
        return super().succeed(replace(call, request_id=outcome.execution.request_id), outcome)


@variation("request-id-header-differs")
class RequestIdHeaderDiffers(Behaviour):
    """The request id in the header is not the one in the body."""

    def request_id_header(self, call: Call) -> dict[str, str]:
        """One more."""
        return {"x-amzn-RequestId": str(uuid.uuid4())}


@variation("request-id-unlike-uuid")
class RequestIdUnlikeUuid(Behaviour):
    """A request id is a number, counted up."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.numbers = itertools.count(1)

    def new_request_id(self) -> str:
        """Count."""
        return str(next(self.numbers))


class _Numbered(Behaviour):
    """Builds are numbered in some other way."""

    def number(self, pipeline: Pipeline) -> int:
        """The number of a new build."""
        raise NotImplementedError

    def image_arn(self, pipeline: Pipeline) -> str:
        """Name the image by the number."""
        return pipeline.image_arn(self.number(pipeline))


@variation("build-numbers-large")
class BuildNumbersLarge(_Numbered):
    """The numbers of builds start beyond 64 bits."""

    def number(self, pipeline: Pipeline) -> int:
        """Far up."""
        return 2**64 + pipeline.next_build()


@variation("build-numbers-start-anywhere")
class BuildNumbersStartAnywhere(_Numbered):
    """The pipeline has been used before: its numbers start anywhere."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.start_at = random.randrange(1, 10_000)  # noqa: S311 - nothing secret

    def number(self, pipeline: Pipeline) -> int:
        """Go on from there."""
        return self.start_at + pipeline.next_build()


@variation("build-numbers-with-gaps")
class BuildNumbersWithGaps(_Numbered):
    """Others use the pipeline too: between two builds there may be one to three of theirs."""

    def number(self, pipeline: Pipeline) -> int:
        """Leave some out."""
        pipeline.last_build += random.randrange(4)  # noqa: S311 - nothing secret
        return pipeline.next_build()


@variation("build-numbers-shared")
class BuildNumbersShared(_Numbered):
    """All pipelines draw their numbers from one counter."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.numbers = itertools.count(1)

    def number(self, pipeline: Pipeline) -> int:
        """Count for all."""
        return next(self.numbers)


@variation("images-named-apart")
class ImagesNamedApart(Behaviour):
    """Each build is the first of an image of its own, so there are no numbers to follow."""

    def image_arn(self, pipeline: Pipeline) -> str:
        """Name the image and not the build."""
        head, _ = super().image_arn(pipeline).split(":image/")
        return f"{head}:image/{uuid.uuid4()}/{pipeline.last_build}.0.0/1"
