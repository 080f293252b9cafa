"""An ASGI application."""

from collections.abc import Callable

from asgi_app import app

from imagebuilder_reports.model import Report


def test_the_operation(imagebuilder_report: Callable[..., Report]) -> None:
    """Everything of the suite `core` holds."""
    report = imagebuilder_report(asgi=app)
    assert report.verdict == "conformant", report.verdict_sentence
