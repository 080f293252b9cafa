"""What must be true of a text that people, pages and machines are shown, whatever was written into it."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

_OURS = {"details", "summary", "code"}


def assert_plain(text: str) -> None:
    """For a terminal or a log: nothing but text, and no commands to a runner."""
    assert not {char for char in text if not char.isprintable()} - {"\n", "\t"}
    assert_inert(text)


def assert_inert(text: str) -> None:
    assert not [line for line in re.split(r"[\r\n]", text) if line.lstrip().startswith("::")]
    assert not re.search(r"##(?:vso|teamcity)?\[", text)


def assert_markdown(text: str) -> None:
    """For a job summary: no markup, no link and no mention but ours."""
    assert_plain(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *inline) if token.type in {"image", "link_open", "strong_open", "hr"}]
    for token in (*tokens, *inline):
        if token.type in {"html_block", "html_inline"}:
            tags = re.findall(r"</?([a-zA-Z][^\s>/]*)", token.content)
            assert set(tags) <= _OURS, token.content
        if token.type in {"html_block", "html_inline", "text"}:
            assert not re.search(r"@\w", token.content), token.content
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert not [heading for heading in headings if heading.startswith("hijacked")]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.odd += [name for name, _ in attrs if name.startswith("on")]
        self.odd += [tag] if tag in {"img", "iframe", "object", "embed", "base", "form"} else []
        self.odd += [value for name, value in attrs if name in {"href", "src"} and value and not value.startswith("#")]


def assert_page(text: str, *, scripts: int) -> None:
    """For a browser: as many scripts as are ours, and nothing that is fetched."""
    assert_inert(text)
    page = _Page()
    page.feed(text)
    assert (page.scripts, page.odd) == (scripts, [])


def assert_junit(text: str) -> None:
    """For readers of JUnit: well-formed, and a case has one outcome at most."""
    assert_plain(text)
    cases = ET.fromstring(text.encode()).findall("testsuite/testcase")
    assert cases
    assert all(len(case) <= 1 for case in cases)
