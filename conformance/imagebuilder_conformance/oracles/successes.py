"""The passive oracles of successes: status, content type, body, each member, and what may not come twice."""

from collections.abc import Iterator

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import Judge, PassiveCheck, passive, passive_on_each
from imagebuilder_conformance.target import arn_scope
from imagebuilder_spec import Contract, breaks

_STARTS = ("operation", "idempotency")
_IMAGE_PATTERN = "response.image-build-version-arn.pattern"
_REQUEST_ID_LENGTH = "response.request-id.length"
# The member of the response that each clause is about.
_MEMBERS = {_IMAGE_PATTERN: "imageBuildVersionArn", _REQUEST_ID_LENGTH: "requestId"}


class WrongSuccessStatus(Failure):
    """A success has another 2xx status."""

    code = "success.status"
    title = "A success has another status"
    hint = "Answer 200, not 201 or 202."


class WrongSuccessContentType(Failure):
    """A success is not sent as JSON."""

    code = "success.content-type"
    title = "A success is not sent as JSON"
    hint = "Send Content-Type: application/json."


class NotAnObject(Failure):
    """The body of a success is not one JSON object."""

    code = "success.body"
    title = "The body of a success is not a JSON object"
    hint = "Send one JSON object in UTF-8 and nothing else."


class TokenNotEchoed(Failure):
    """The clientToken of a success is not that of its request."""

    code = "success.token-echo"
    title = "The client token is not echoed exactly"
    hint = "Answer with the token as it came: not cut, stripped, folded or normalised."


class MemberBreaksSchema(Failure):
    """A member of a success breaks the response schema."""

    code = "success.member"
    title = "A member of a success breaks the schema"
    hint = "Compare the member with the response syntax of the operation."

    def is_allowed(self, contract: Contract) -> bool:
        """Where the schema allows the member."""
        found = _member(self.exchanges[0], contract, _MEMBERS[self.clause], self.clause)
        return not any(isinstance(each, Failure) for each in found)


class ImageShared(Failure):
    """Two tokens got one image."""

    code = "success.image-shared"
    title = "Different tokens share an image"
    hint = "Tokens are compared by a hash or in part, or two recipes or counters give the same ARN."


class ImageElsewhere(Failure):
    """The image is in another partition, region or account than its pipeline."""

    code = "success.image-scope"
    title = "The image is not in its pipeline's partition, region and account"
    hint = "Take partition, region and account of the image ARN from the pipeline ARN."


class RequestIdShared(Failure):
    """Two executions share a requestId."""

    code = "success.request-id-shared"
    title = "Two executions share a requestId"
    hint = "Make a new requestId for each request."


def _answer(exchange: Exchange) -> Answer | None:
    """The success of a request to the operation.

    What other methods and paths answer is judged elsewhere. How a body that is no Unicode text is echoed is free.
    """
    answer, request = exchange.attempts[-1].answer, exchange.request
    return answer if answer and answer.is_success and not request.off_operation and request.is_text else None


@passive_on_each("answers.success-status", "response.status", stimuli=_STARTS)
def success_status(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every success has the status 200."""
    if answer := _answer(exchange):
        status = contract.operation.success_status
        if answer.status == status:
            yield Held("response.status")
        else:
            yield WrongSuccessStatus("response.status", str(status), str(answer.status), (exchange,))


@passive_on_each("answers.success-content-type", "response.content-type", stimuli=_STARTS)
def success_content_type(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every success is sent as application/json."""
    if answer := _answer(exchange):
        if answer.media_type == contract.operation.content_type:
            yield Held("response.content-type")
        else:
            received = answer.header("content-type") or "no content type"
            yield WrongSuccessContentType(
                "response.content-type", contract.operation.content_type, received, (exchange,)
            )


@passive_on_each("answers.success-body", "response.body", stimuli=_STARTS)
def success_body(exchange: Exchange, contract: Contract) -> Iterator[Finding]:  # noqa: ARG001  # the oracles' shape
    """The body of every success is one JSON object."""
    if answer := _answer(exchange):
        # First, as members alone may be known of an answer that somebody else recorded.
        body = answer.body
        if answer.members is not None:
            yield Held("response.body")
        else:
            yield NotAnObject("response.body", "one JSON object", repr(body[:80]), (exchange,))


@passive_on_each("answers.token-echo", "response.client-token.echo", stimuli=_STARTS)
def token_echo(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every success echoes the token of its request exactly.

    A token that should have been refused, such as an empty one, is judged where it was sent.
    """
    answer, token = _answer(exchange), exchange.request.token
    if answer and answer.members is not None and token is not None and len(token) in contract.token_lengths:
        echoed = answer.members.get("clientToken")
        if echoed == token:
            yield Held("response.client-token.echo")
        else:
            received = repr(echoed) if "clientToken" in answer.members else "no clientToken"
            yield TokenNotEchoed("response.client-token.echo", repr(token), received, (exchange,))


@passive_on_each("answers.image-arn", _IMAGE_PATTERN, stimuli=_STARTS)
def image_arn(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every success carries an imageBuildVersionArn that follows the pattern."""
    yield from _member(exchange, contract, _MEMBERS[_IMAGE_PATTERN], _IMAGE_PATTERN)


@passive_on_each("answers.request-id-length", _REQUEST_ID_LENGTH, stimuli=_STARTS)
def request_id_length(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every success carries a requestId of legal length."""
    yield from _member(exchange, contract, _MEMBERS[_REQUEST_ID_LENGTH], _REQUEST_ID_LENGTH)


def _member(exchange: Exchange, contract: Contract, name: str, clause: str) -> Iterator[Finding]:
    answer = _answer(exchange)
    if not answer or answer.members is None:
        return
    schema = contract.response_schema["properties"][name]
    if name in answer.members and not breaks(schema, answer.members[name]):
        yield Held(clause)
        return
    limits = ", ".join(f"{key} {value}" for key, value in schema.items() if key != "description")
    received = repr(answer.members[name])[:200] if name in answer.members else f"no {name}"
    yield MemberBreaksSchema(clause, f"{name}: {limits}", received, (exchange,))


@passive_on_each("answers.image-scope", "response.image-build-version-arn.scope", stimuli=_STARTS)
def image_scope(exchange: Exchange, contract: Contract) -> Iterator[Finding]:
    """Every image is in the partition, region and account of its pipeline."""
    clause = "response.image-build-version-arn.scope"
    image, pipeline = exchange.image, exchange.request.pipeline
    if not image or not pipeline or image.count(":") < 5 or not _is_pipeline_arn(pipeline, contract):
        return
    if arn_scope(image) == arn_scope(pipeline):
        yield Held(clause)
    else:
        yield ImageElsewhere(clause, ":".join(arn_scope(pipeline)), ":".join(arn_scope(image)), (exchange,))


def _is_pipeline_arn(value: str, contract: Contract) -> bool:
    return not breaks(contract.request_schema["properties"]["imagePipelineArn"], value)


@passive("answers.request-id-unique", "response.request-id.unique", stimuli=_STARTS)
def request_id_unique(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """No two executions share a requestId; a replay may repeat that of its original."""
    first = memory.exchanges()

    def judge(exchange: Exchange) -> Iterator[Finding]:
        shared = exchange.answer.request_id if exchange.answer else None
        if exchange.image is None or not shared:
            return
        other = first.setdefault(shared, exchange)
        if other.image == exchange.image:
            yield Held("response.request-id.unique")
        else:
            yield RequestIdShared(
                "response.request-id.unique", "a requestId of its own", f"{shared} again", (other, exchange)
            )

    return judge


@passive("answers.images-distinct", "idempotency.token.distinct", stimuli=_STARTS, residual=True)
def images_distinct(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """No two tokens share an image, whenever in the run and for whatever pipeline they were used."""
    first = memory.exchanges()

    def judge(exchange: Exchange) -> Iterator[Finding]:
        if exchange.image is None or not exchange.request.pipeline or not _is_plain(exchange):
            return
        other = first.setdefault(exchange.image, exchange)
        if other.request.token != exchange.request.token:
            received = f"{exchange.image} for {other.request.token!a} and {other.request.pipeline} too"
            yield ImageShared("idempotency.token.distinct", "an image of its own", received, (other, exchange))
        else:
            yield Held("idempotency.token.distinct")

    return judge


def _is_plain(exchange: Exchange) -> bool:
    """Whether the request is valid and its token known; what else is accepted is judged where it was sent."""
    return exchange.request.token is not None and exchange.request.violates is None


SUCCESS_CHECKS: tuple[PassiveCheck, ...] = (
    success_status,
    success_content_type,
    success_body,
    token_echo,
    image_arn,
    request_id_length,
    image_scope,
    request_id_unique,
    images_distinct,
)
