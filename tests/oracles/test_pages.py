"""Which answers are HTML pages, and whose they are."""

import pytest

from imagebuilder_conformance.client.messages import Request
from imagebuilder_conformance.oracles.errors import ERROR_CHECKS, no_html
from imagebuilder_conformance.oracles.findings import failures
from imagebuilder_spec import Level
from tests.support.calls import CONTRACT, PIPELINE, REQUESTS, start
from tests.support.exchanges import answer, exchange

CODE = "ClientException"


@pytest.mark.parametrize(
    ("content_type", "body", "html"),
    [
        ("application/json", b"<!DOCTYPE HTML PUBLIC>", True),
        ("", b"\n  <html lang=en>", True),
        ("text/html", b"\n<h1>Not Found</h1><p>The requested resource was not found on this server.</p>", True),
        ("text/html", b'<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD">', True),
        ("text/html", b"\xef\xbb\xbf<!-- a page --><head><title>Error</title></head>", True),
        ("text/html", b"<br />\n<b>Fatal error</b>:  Uncaught Exception", True),
        ("application/json", b'{"message": "<html>"}', False),
        ("text/plain", b"not found", False),
        ("application/xml", b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', False),
        ("text/html", b"", False),
        ("text/html; charset=utf-8", b"{}", False),
        ("text/html", b"Method not allowed", False),
    ],
)
def test_a_page_is_known_by_its_body(content_type: str, body: bytes, html: bool) -> None:  # noqa: FBT001  # parametrized
    made = answer(404, body, ("Content-Type", content_type))
    assert made.is_html is html
    assert made.claims_to_be_html is (content_type.startswith("text/html") and not html)


def test_a_body_of_many_comments_is_looked_at_in_no_time() -> None:
    # In every way in which they can be told apart it would be for ever.
    assert not answer(404, b"<!-- a -->" * 1000 + b"<x").is_html


OFF_OPERATION = REQUESTS.raw(b"", "another method", method="GET")
DEEP = REQUESTS.raw(b"[" * 200_000, "a deeply nested body")
LARGE = REQUESTS.raw(b"a" * 1_000_000, "a large body")
QUERY = REQUESTS.raw(start().body, "a query string", query="?x=1")
CHUNKED = REQUESTS.raw(start().body, "a chunked body", chunked=True)
PAGE = answer(500, b"<!doctype html><title>Error</title>", ("Content-Type", "text/html"))


@pytest.mark.parametrize("request_", [OFF_OPERATION, DEEP, LARGE, QUERY, CHUNKED], ids=lambda each: each.label)
def test_the_form_of_what_no_client_asks_for_is_no_must(request_: Request) -> None:
    seen = exchange(PAGE, request=request_)
    found = [each for check in ERROR_CHECKS for each in check.judge([seen], CONTRACT)]
    assert {each.clause for each in failures(found)} == {"errors.no-html.off-operation"}
    assert {CONTRACT.clauses[each.clause].level for each in failures(found)} == {Level.SHOULD}


@pytest.mark.parametrize("status", [411, 413, 414, 431])
def test_a_page_about_size_is_that_of_a_gateway_whatever_was_asked(status: int) -> None:
    found = failures(no_html.judge([exchange(answer(status, PAGE.body))], CONTRACT))
    assert [each.clause for each in found] == ["errors.no-html.off-operation"]


@pytest.mark.parametrize("body", [b"", b"Content-Length is required"], ids=["nothing", "text"])
def test_who_asks_for_a_length_in_words_of_http_breaks_nothing(body: bytes) -> None:
    seen = exchange(answer(411, body, ("Content-Type", "text/plain")), request=CHUNKED)
    found = failures([each for check in ERROR_CHECKS for each in check.judge([seen], CONTRACT)])
    assert not [each.clause for each in found if CONTRACT.clauses[each.clause].level is Level.MUST]


def test_the_same_page_for_a_plain_request_is_one() -> None:
    found = failures(no_html.judge([exchange(PAGE)], CONTRACT))
    assert [each.clause for each in found] == ["errors.no-html"]


def test_what_claims_to_be_html_is_judged_by_its_form_where_it_is_the_operations() -> None:
    claims = exchange(answer(400, {"message": "m"}, ("Content-Type", "text/html"), ("x-amzn-ErrorType", CODE)))
    found = [each for check in ERROR_CHECKS for each in check.judge([claims], CONTRACT)]
    assert [each.clause for each in failures(found)] == ["errors.content-type"]


def test_the_longest_legal_request_is_not_contrived() -> None:
    value = "\U0001f600" * 256
    tags = {f"{number:02d}".ljust(128, "k"): value for number in range(50)}
    legal = REQUESTS.start("[" * 64, PIPELINE, tags=tags)
    assert len(legal.body) > 150_000
    assert not legal.is_contrived
    assert not REQUESTS.start("t", PIPELINE, tags=dict.fromkeys(tags, "[{" * 128)).is_contrived
