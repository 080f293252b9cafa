"""Self-contained HTML pages: styles and scripts inlined, nothing fetched, nothing trusted.

Every value that a template puts out is capped and escaped, and its control characters made visible; a content
security policy with the hashes of our own style and script keeps anything else from running all the same.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from imagebuilder_reports.curl import curl_line
from imagebuilder_reports.legible import (
    plural,
    printable,
    show_attempt,
    show_body,
    show_request,
    show_seconds,
    shown,
)
from imagebuilder_reports.overview import replay_line, takes_more_than_curl
from imagebuilder_reports.pictures.sequence import sequence
from imagebuilder_reports.writers.gate_forms import observed

_PACKAGE = "imagebuilder_reports"
_COMMON_STYLE = "base.css"


def _whole(make: Callable[..., str]) -> Callable[..., Markup]:
    """A filter that makes text to be copied, which is of no use unless it is whole."""
    return lambda *arguments: escape(printable(make(*arguments)))


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "attempt": show_attempt,
    "body": _whole(show_body),
    "curl": _whole(curl_line),
    "duration": show_seconds,
    "observed": observed,
    "plural": plural,
    "replay": _whole(replay_line),
    "request": show_request,
    "sequence": sequence,
    "takes_more_than_curl": takes_more_than_curl,
}


def render_page(template: str, context: Mapping[str, Any], *, styles: Sequence[str] = (), script: str = "") -> str:
    """Render a template that extends `page.html.j2`.

    Args:
        template: The file name of the template.
        context: What the template speaks of.
        styles: The file names of the style sheets to inline after the common one.
        script: The file name of the script to inline; none by default.
    """
    style = "".join(_source(name) for name in (_COMMON_STYLE, *styles))
    code = _source(script) if script else ""
    rendered = _environment().get_template(template)
    return rendered.render(context, style=_own(style), script=_own(code), policy=_policy(style, code))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(_FILTERS)
    return environment


def _legible(value: object) -> object:
    """What a template puts out: text of a length that can be read, without what can't be seen; ours as it is."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(name: str) -> str:
    return (files(_PACKAGE) / "templates" / name).read_text(encoding="utf-8")


def _own(text: str) -> Markup:
    """Our own style or script, which is the only text that goes out unescaped."""
    return Markup(text)  # noqa: S704  # a file of this package


def _policy(style: str, code: str) -> str:
    """A content security policy under which nothing is fetched and only this style and script apply."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(code)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
