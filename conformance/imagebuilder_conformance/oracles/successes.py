"""The passive oracles of successes: status, content type, body, each member, and what may not come twice."""

from collections.abc import Iterable

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.findings import Failure, Finding, failures, held
from imagebuilder_conformance.oracles.memory import Memory
from imagebuilder_conformance.oracles.passive import (
    Judge,
    PassiveCheck,
    passive,
    passive_on_each,
    passive_on_success,
    success_of,
)
from imagebuilder_conformance.target import arn_scope
from imagebuilder_spec import Contract, breaks

_STARTS = ("operation", "idempotency")
_IMAGE_PATTERN = "response.image-build-version-arn.pattern"
_REQUEST_ID_UNIQUE, _DISTINCT = "response.request-id.unique", "idempotency.token.distinct"
_SCOPE = "response.image-build-version-arn.scope"
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
        answer = success_of(self.exchanges[0])
        return answer is None or not failures(_member(answer, self.exchanges[0], contract, self.clause))


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


@passive_on_success("answers.success-status", "response.status", stimuli=_STARTS)
def success_status(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every success has the status 200."""
    status = contract.operation.success_status
    if answer.status == status:
        return held("response.status")
    return (WrongSuccessStatus("response.status", str(status), str(answer.status), (exchange,)),)


@passive_on_success("answers.success-content-type", "response.content-type", stimuli=_STARTS)
def success_content_type(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every success is sent as application/json."""
    expected = contract.operation.content_type
    if answer.media_type == expected:
        return held("response.content-type")
    received = answer.header("content-type") or "no content type"
    return (WrongSuccessContentType("response.content-type", expected, received, (exchange,)),)


@passive_on_success("answers.success-body", "response.body", stimuli=_STARTS)
def success_body(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:  # noqa: ARG001  # the oracles' shape
    """The body of every success is one JSON object."""
    # First, as members alone may be known of an answer that somebody else recorded.
    body = answer.body
    if answer.members is not None:
        return held("response.body")
    return (NotAnObject("response.body", "one JSON object", repr(body[:80]), (exchange,)),)


@passive_on_success("answers.token-echo", "response.client-token.echo", stimuli=_STARTS)
def token_echo(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every success echoes the token of its request exactly.

    A token that should have been refused, such as an empty one, is judged where it was sent.
    """
    members, token = answer.members, exchange.request.token
    if members is None or token is None or len(token) not in contract.token_lengths:
        return ()
    echoed = members.get("clientToken")
    if echoed == token:
        return held("response.client-token.echo")
    received = repr(echoed) if "clientToken" in members else "no clientToken"
    return (TokenNotEchoed("response.client-token.echo", repr(token), received, (exchange,)),)


@passive_on_success("answers.image-arn", _IMAGE_PATTERN, stimuli=_STARTS)
def image_arn(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every success carries an imageBuildVersionArn that follows the pattern."""
    return _member(answer, exchange, contract, _IMAGE_PATTERN)


@passive_on_success("answers.request-id-length", _REQUEST_ID_LENGTH, stimuli=_STARTS)
def request_id_length(answer: Answer, exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every success carries a requestId of legal length."""
    return _member(answer, exchange, contract, _REQUEST_ID_LENGTH)


def _member(answer: Answer, exchange: Exchange, contract: Contract, clause: str) -> Iterable[Finding]:
    name, members = _MEMBERS[clause], answer.members
    if members is None:
        return ()
    schema = contract.response_schema["properties"][name]
    if name in members and not breaks(schema, members[name]):
        return held(clause)
    limits = ", ".join(f"{key} {value}" for key, value in schema.items() if key != "description")
    received = repr(members[name])[:200] if name in members else f"no {name}"
    return (MemberBreaksSchema(clause, f"{name}: {limits}", received, (exchange,)),)


@passive_on_each("answers.image-scope", _SCOPE, stimuli=_STARTS)
def image_scope(exchange: Exchange, contract: Contract) -> Iterable[Finding]:
    """Every image is in the partition, region and account of its pipeline."""
    image, pipeline = exchange.image, exchange.request.pipeline
    if not image or not pipeline or image.count(":") < 5 or not _is_pipeline_arn(pipeline, contract):
        return ()
    found, expected = arn_scope(image), arn_scope(pipeline)
    if found == expected:
        return held(_SCOPE)
    return (ImageElsewhere(_SCOPE, ":".join(expected), ":".join(found), (exchange,)),)


def _is_pipeline_arn(value: str, contract: Contract) -> bool:
    return not breaks(contract.request_schema["properties"]["imagePipelineArn"], value)


@passive("answers.request-id-unique", _REQUEST_ID_UNIQUE, stimuli=_STARTS)
def request_id_unique(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """No two executions share a requestId; a replay may repeat that of its original."""
    # Of each request id the image, and the exchange that brought it.
    first, kept = memory.table(), memory.archive

    def judge(exchange: Exchange) -> Iterable[Finding]:
        image, answer = exchange.image, exchange.answer
        shared = answer.request_id if answer else None
        if image is None or not shared:
            return ()
        known = first.get(shared)
        if known is None:
            first[shared] = image, kept.keep(exchange)
        elif known[0] != image:
            evidence = kept[known[1]], exchange
            return (RequestIdShared(_REQUEST_ID_UNIQUE, "a requestId of its own", f"{shared} again", evidence),)
        return held(_REQUEST_ID_UNIQUE)

    return judge


@passive("answers.images-distinct", _DISTINCT, stimuli=_STARTS, residual=True)
def images_distinct(contract: Contract, memory: Memory) -> Judge:  # noqa: ARG001  # what makes a judge is given it
    """No two tokens share an image, whenever in the run and for whatever pipeline they were used."""
    # Of each image the token, and the exchange that brought it.
    first, kept = memory.table(), memory.archive

    def judge(exchange: Exchange) -> Iterable[Finding]:
        image, request = exchange.image, exchange.request
        if image is None or not request.pipeline or not _is_plain(exchange):
            return ()
        known = first.get(image)
        if known is None:
            first[image] = request.token, kept.keep(exchange)
        elif known[0] != request.token:
            other = kept[known[1]]
            received = f"{image} for {other.request.token!a} and {other.request.pipeline} too"
            return (ImageShared(_DISTINCT, "an image of its own", received, (other, exchange)),)
        return held(_DISTINCT)

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
