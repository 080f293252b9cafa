"""What a failure says leads to the fault: its title, its hint, the try that shows it, and who answered."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from imagebuilder_conformance.reference import DENIED_CREDENTIALS
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import Html
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.target import Credentials
from imagebuilder_reports.verdicts import Ending
from tests.support.bad_network import Way
from tests.support.calls import DUMMY, target_at
from tests.support.runs import failed, run_against, serving
from tests.support.scripted import Received, Reply, ScriptedServer

from .reading import of, of_defect

pytestmark = pytest.mark.slow

FRONT = (("Server", "front/1.2"), ("Content-Type", "text/html"))
PAGE = b"<html><body>Bad Request</body></html>"


# Who answered


@contextmanager
def behind_a_front(behaviour: type[Behaviour], headers: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A target behind a gateway that answers what it takes for no JSON by itself, with a page."""
    with serving(behaviour) as target:
        way = Way(target.url, 0)

        def answer(request: Received) -> Reply:
            reply = way.pass_on(request) if request.body.lstrip().startswith(b"{") else Reply(400, PAGE, headers)
            assert isinstance(reply, Reply)
            return reply

        with ScriptedServer(answer) as front:
            yield front.url


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        (FRONT, "front/1.2 (Server) in front of the target"),
        ((("Via", "1.1 front"), ("Content-Type", "text/html")), "1.1 front (Via) in front of the target"),
        ((("CF-RAY", "8a"), ("Content-Type", "text/html")), "Cloudflare (cf-ray) in front of the target"),
        ((("Content-Type", "text/html"),), "something in front of the application"),
    ],
)
def test_the_page_of_a_gateway_is_told_to_be_one(headers: tuple[tuple[str, str], ...], named: str) -> None:
    with behind_a_front(Behaviour, headers) as url:
        report = run_against(url, "request.body", "errors")
    failure = of(report, "errors.no-html")
    assert failure.title == "An answer is an HTML page"
    assert "catch its errors and answer JSON" in failure.hint
    assert failure.exchanges[-1].last.status == 400
    assert failure.answered_by.startswith(f"answered by {named}")
    assert "x-amzn-RequestId" in failure.answered_by
    assert failure.answered_by in failure.remark


def test_the_targets_own_page_is_told_to_be_nobody_elses() -> None:
    report = of_defect("body-malformed-html", "request.body", "errors")
    assert of(report, "errors.no-html").answered_by == ""


# The try that broke the rule


class ThrottledOnce(Behaviour):
    """The fourth call is throttled, with the wrong status; the next try is answered."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.calls = itertools.count(1)

    def throttle(self, call: Call) -> None:  # noqa: ARG002  # the step's shape
        if next(self.calls) == 4:
            raise Fault("CallRateLimitExceededException", "Slow down.", status=409)


def test_the_evidence_ends_with_the_try_that_broke_the_rule() -> None:
    with serving(ThrottledOnce) as server:
        report = run_against(server.url, "errors.call-rate-limit-exceeded.status", "wire.method")
    failure = of(report, "errors.call-rate-limit-exceeded.status")
    assert failure.title == "An error has another status than its code"
    assert failure.received == "409"
    [shown] = failure.exchanges
    assert (shown.last.status, shown.code) == (409, "CallRateLimitExceededException")
    # The table of exchanges has it whole.
    [row] = [row for row in report.exchanges if row.id == shown.id]
    assert row.tries > len(shown.attempts)
    assert row.status != 409


# What is particular about a request


@pytest.mark.parametrize(
    ("defect", "clause", "title", "hints"),
    [
        (
            "chunked-read-as-empty",
            "wire.chunked",
            "A body without a Content-Length, in chunks, was refused",
            ("Content-Length", "wsgi.input_terminated"),
        ),
        (
            "chunked-refused",
            "wire.chunked",
            "A body without a Content-Length, in chunks, was refused",
            ("Content-Length", "wsgi.input_terminated"),
        ),
        (
            "query-string-refused",
            "wire.query-string",
            "A request was refused for its query string",
            ("Route by the path alone",),
        ),
        (
            "charset-refused",
            "wire.charset",
            "A request was refused for the charset in its content type",
            ("media type",),
        ),
        (
            "session-token-refused",
            "wire.session-token",
            "A request was refused for a session token that nobody verifies",
            ("X-Amz-Security-Token",),
        ),
        (
            "members-unknown-refused",
            "request.body.unknown-members",
            "A request was refused for a member that the operation does not know",
            ("Ignore unknown members",),
        ),
        (
            "refusal-breaks-next-request",
            "wire.recovery",
            "A valid request was refused after another request",
            ("left something behind",),
        ),
    ],
)
def test_a_refusal_names_what_is_particular_and_speaks_of_no_value(
    defect: str, clause: str, title: str, hints: tuple[str, ...]
) -> None:
    failure = of(of_defect(defect, clause), clause)
    assert failure.title == title
    assert "value" not in failure.hint
    for hint in hints:
        assert hint in failure.hint
    assert failure.exchanges[-1].last.status != 200
    assert failure.answered_by == ""
    if clause == "wire.chunked":
        names = {name.lower() for name, _ in failure.exchanges[-1].request.headers}
        assert "transfer-encoding" in names
        assert "content-length" not in names
    if clause == "wire.query-string":
        assert failure.exchanges[-1].request.url.endswith("?x=1")


# One cause


def test_one_uncaught_exception_is_one_cause() -> None:
    report = of_defect("body-malformed-uncaught")
    assert len(failed(report)) > 2
    assert f"{len(failed(report))} of" in report.verdict_sentence
    assert "are broken by 1 cause (" in report.verdict_sentence
    for failure in report.failures:
        if failure.clause in failed(report):
            assert set(failure.shares) >= failed(report) - {failure.clause}
            assert "one cause with" in failure.remark
            assert failure.exchanges[-1].last.status == 500
    page = of(report, "errors.no-html")
    assert page.answered_by.startswith("answered by something in front of the application")


class TwoUncaught(Html):
    """Two exceptions that nobody catches, each with a page of its own."""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        if fault.message.startswith("The request cannot be read"):
            return self.page(Answer(500, b"", {}), "JSONDecodeError")
        if "is required" in fault.message:
            return self.page(Answer(500, b"", {}), "KeyError")
        return super().refuse(call, fault)


def test_two_exceptions_are_two_causes() -> None:
    with serving(TwoUncaught) as server:
        report = run_against(server.url, "request.body.json", "request.client-token.required")
    assert failed(report) == {"request.body.json", "request.client-token.required"}
    assert "cause" not in report.verdict_sentence
    assert all(failure.shares == () for failure in report.failures)


# Who is refused


@pytest.mark.parametrize(
    ("region", "credentials", "words"),
    [
        (
            "eu-west-3",
            DUMMY,
            (
                "does not take a signature for this region; say its own with --region",
                "expected the scope's region to be 'us-east-1', got 'eu-west-3'",
                "signed for region eu-west-3 and host 127.0.0.1:",
            ),
        ),
        (
            "us-east-1",
            Credentials(DUMMY.access_key_id, "another secret"),
            (
                "refuses the signature: 403 InvalidSignatureException",
                "the signature does not match; check the secret key",
                "signed for region us-east-1 and host 127.0.0.1:",
            ),
        ),
        (
            "us-east-1",
            Credentials("AKIASTRANGER00000000", "another secret"),
            ("refuses the credentials: 403 UnrecognizedClientException", "with the key AKIASTRANGER00000000"),
        ),
        (
            "us-east-1",
            Credentials(DENIED_CREDENTIALS.access_key_id, DENIED_CREDENTIALS.secret_access_key),
            ("denies the caller: 403 ForbiddenException", "You are not authorized", "image-pipeline/*"),
        ),
    ],
)
def test_who_is_refused_is_told_what_the_target_says_and_what_was_signed_for(
    region: str, credentials: Credentials, words: tuple[str, ...]
) -> None:
    with serving(Behaviour) as server:
        report = run_against(replace(target_at(server.url, credentials=credentials), region=region))
    assert report.run.ending is Ending.DENIED
    assert report.failures == ()
    for word in words:
        assert word in (report.run.reason or "")
    # The dummy credentials have one word for the key and the secret, and no secret is told.
    assert "with the key " in (report.run.reason or "")
    assert credentials.secret_access_key not in (report.run.reason or "")
    if region != "us-east-1":
        assert "refuses the credentials" not in (report.run.reason or "")
