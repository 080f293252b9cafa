"""The rules of what is judged by the bytes of answers and by the forms of requests."""

from dataclasses import replace

from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.messages import Attempt, Exchange
from imagebuilder_conformance.client.wire import Wire
from imagebuilder_conformance.oracles.forms import FormRefused, forms_accepted
from imagebuilder_conformance.oracles.framing import Misframed, framed
from tests.support.calls import CONTRACT, start
from tests.support.exchanges import error, exchange, success

from .rules import Findings, Rule


def with_head(fields: bytes) -> Findings:
    wire = Wire(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n")
    attempt = Attempt(0.0, 0.1, success(), wire=wire)
    answered = Exchange("x0001", "some.check", start(), "http://target", (), (attempt,))
    return lambda: framed.judge([answered], CONTRACT)


def in_a_form(outcome: Answer) -> Findings:
    asked = exchange(outcome, request=replace(start(), form="capo"))
    return lambda: forms_accepted.judge([asked, exchange(success()), asked], CONTRACT)


WIRE_RULES = (
    Rule(Misframed, with_head(b"Content-Length: 2\r\nContent-Length: 2\r\n"), with_head(b"Content-Length: 2\r\n")),
    Rule(FormRefused, in_a_form(error(403, "InvalidSignatureException")), in_a_form(success())),
)
