"""Valid requests with something particular about them: refused for it, the hint says where to look."""

from collections.abc import Iterator

from imagebuilder_conformance.client.messages import Exchange
from imagebuilder_conformance.oracles.declaring import oracle
from imagebuilder_conformance.oracles.excuses import ALL, Excuse
from imagebuilder_conformance.oracles.findings import Finding, Held, reported_as
from imagebuilder_conformance.oracles.starts import ValidRefused, accepted


class ChunkedRefused(ValidRefused):
    """A valid request was refused when its body came in chunks."""

    code = "valid.chunked-refused"
    title = "A body without a Content-Length, in chunks, was refused"
    hint = (
        "A server that reads as many bytes as Content-Length says reads none. Read to the end of the chunks; "
        "under WSGI wsgi.input_terminated says that wsgi.input ends there."
    )


class QueryRefused(ValidRefused):
    """A valid request was refused when a query string stood behind its path."""

    code = "valid.query-refused"
    title = "A request was refused for its query string"
    hint = "Route by the path alone, and ignore parameters that are not declared: the operation has none in its URI."


class CharsetRefused(ValidRefused):
    """A valid request was refused when its content type named the charset."""

    code = "valid.charset-refused"
    title = "A request was refused for the charset in its content type"
    hint = "Compare the media type without its parameters: application/json; charset=utf-8 is application/json."


class SessionTokenRefused(ValidRefused):
    """A request was refused for its session token by a target that verifies no credentials."""

    code = "valid.session-token-refused"
    title = "A request was refused for a session token that nobody verifies"
    hint = (
        "Ignore X-Amz-Security-Token as the rest of the signature is ignored; SDKs send it with temporary credentials."
    )


class UnknownMemberRefused(ValidRefused):
    """A request was refused for a member that the operation does not know."""

    code = "valid.unknown-member-refused"
    title = "A request was refused for a member that the operation does not know"
    hint = "Ignore unknown members, as a schema without additionalProperties: false does; later SDKs send new ones."


class NextRefused(ValidRefused):
    """A valid request was refused, or not answered, after another request."""

    code = "valid.next-refused"
    title = "A valid request was refused after another request"
    hint = "The request before left something behind: its body unread on the connection, or state of the parser."


class ExpectationRefused(ValidRefused):
    """A valid request with `Expect: 100-continue` was not a success."""

    code = "valid.expectation-refused"
    title = "A request that waits to be asked for its body was refused, or not answered"
    hint = "Answer 100 before reading the body, or take the body when it comes; 417 is for other expectations."


class AbsoluteFormRefused(ValidRefused):
    """A valid request with the whole URL in its first line was not a success."""

    code = "valid.absolute-form-refused"
    title = "A request with the whole URL in its first line was refused"
    hint = "Take the path out of the URL before routes are looked up; clients send it so where they think of a proxy."


@oracle(ChunkedRefused)
def accepted_in_chunks(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request whose body comes in chunks is a success."""
    yield from reported_as(ChunkedRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(QueryRefused)
def accepted_with_query(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request with a query string is a success."""
    yield from reported_as(QueryRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(ExpectationRefused, replay="it takes a client that waits before it sends the body")
def accepted_with_expectation(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request whose client waits to be asked for the body is a success."""
    yield from reported_as(ExpectationRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(AbsoluteFormRefused)
def accepted_in_absolute_form(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request with the whole URL in its first line is a success."""
    yield from reported_as(AbsoluteFormRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(CharsetRefused)
def accepted_with_charset(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request whose content type names the charset is a success."""
    yield from reported_as(CharsetRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(SessionTokenRefused, excused_by=ALL - {Excuse.DENIED})
def accepted_with_session_token(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A request with a session token is a success where nobody is asked who calls: a denial is what is looked for."""
    if exchange.is_success:
        yield Held(clause)
    else:
        yield SessionTokenRefused(clause, f"a success for {exchange.request.label}", str(exchange), (exchange,))


@oracle(UnknownMemberRefused)
def accepted_with_unknown_member(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request with one more member is a success."""
    yield from reported_as(UnknownMemberRefused, accepted(exchange, clause), instead_of=ValidRefused)


@oracle(NextRefused)
def accepted_afterwards(exchange: Exchange, clause: str) -> Iterator[Finding]:
    """A valid request after one that was refused is a success."""
    yield from reported_as(NextRefused, accepted(exchange, clause), instead_of=ValidRefused)
