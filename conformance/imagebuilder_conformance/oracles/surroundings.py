"""What surrounds the operation: other methods and paths, and the connection."""

from collections.abc import Iterator
from dataclasses import replace

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Exchange, Fault, Request
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, NONE, Excuse
from imagebuilder_conformance.oracles.findings import Failure, Finding, Held

# What HTTP itself refuses a request for, before anybody asks what it is for: too large in its body, path or headers, or
# a body without a length (RFC 9110, section 15.5.12), as no SDK sends one.
_OF_HTTP = frozenset({411, 413, 414, 431})


def is_of_operation(request: Request, answer: Answer) -> bool:
    """Whether the form of an answer is the operation's to decide, and so is held against its rules.

    Other methods and paths, what no client sends, and what is too large for HTTP, a gateway or the framework may refuse
    in a form of its own, before the application sees it.
    """
    return not (request.off_operation or request.is_contrived or answer.status in _OF_HTTP)


class StartedOffOperation(Failure):
    """A request with another method or path started an image."""

    code = "off-operation.started"
    title = "A request that is not for the operation started an image"
    hint = "Route by method and path, both exactly."


# Whatever a server or a gateway says of paths and methods that it does not know, it is a refusal.
@oracle(StartedOffOperation, excused_by=ALL - {Excuse.DENIED, Excuse.TRANSIENT})
def starts_nothing(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """What is not for the operation is not answered with an image."""
    if exchange.answer is None:
        return
    if exchange.is_success and exchange.image is not None:
        expected = f"no image for {exchange.request.label}"
        yield StartedOffOperation(clause, expected, str(exchange), (exchange,))
    else:
        yield Held(clause)


class OtherSpellingStarted(Failure):
    """A path that spells the operation's otherwise started an image."""

    code = "path.other-spelling"
    title = "A path that spells the operation's otherwise started an image"
    hint = (
        "Some frameworks route without regard to case or to slashes by default; look for their strict routing. Some "
        "servers mend the path before you see it: Python's http.server makes one slash of those at its start, and has "
        "the path as it came in requestline."
    )


class OtherSpellingUnanswered(Failure):
    """A path that spells the operation's otherwise was answered with a server error, or not at all."""

    code = "path.other-spelling-crashes"
    title = "A path that spells the operation's otherwise got a server error or no answer"
    hint = "Answer a path that leads nowhere with 404."


@oracle(OtherSpellingStarted, OtherSpellingUnanswered, excused_by=ALL - {Excuse.DENIED})
def spelling_matters(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """What spells the operation's path otherwise is answered, and not with an image.

    Where a letter is percent-encoded it may be: that is the same path (RFC 3986, section 6.2.2.2).
    """
    answer = exchange.answer
    if answer is None or answer.is_server_error:
        expected = f"no server error for {exchange.request.label}"
        yield OtherSpellingUnanswered(clause, expected, str(exchange), (exchange,))
    elif exchange.image is not None and "%" not in exchange.request.path:
        yield OtherSpellingStarted(clause, f"no image for {exchange.request.label}", str(exchange), (exchange,))
    else:
        yield Held(clause)


class ConnectionSpoilt(Failure):
    """A valid request on a connection that had seen a refusal was dropped without an answer."""

    code = "connection.spoilt"
    title = "After a refusal the connection drops the next request"
    hint = "Read the refused body to its end, or send Connection: close with the refusal."


@oracle(ConnectionSpoilt, excused_by=NONE)
def answered_at_once(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """The first sending is answered, be it on a kept connection."""
    if is_answered_at_once(exchange):
        yield Held(clause)
    else:
        shown = replace(exchange, attempts=exchange.attempts[:1])
        yield ConnectionSpoilt(clause, "an answer on the same connection", str(shown), (shown,))


def is_answered_at_once(exchange: Exchange) -> bool:
    """Whether the first sending was not dropped, idle connections apart."""
    first = exchange.attempts[0]
    return first.fault not in {Fault.CLOSED, Fault.CUT} or first.stale
