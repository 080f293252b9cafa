"""An explanation as text for a terminal, and as Markdown for the documentation."""

from collections.abc import Iterator

from imagebuilder_reports.explanation import Explanation, Item, Section

# What can't be escaped by a backslash in every Markdown.
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def as_text(explanation: Explanation) -> str:
    """Everything below the clause's id, which the caller writes."""
    return "\n".join(_text(explanation))


def _text(explanation: Explanation) -> Iterator[str]:
    yield explanation.statement
    yield ""
    yield from (f"  {fact.name:<10} {fact.text}" for fact in explanation.facts)
    for section in (*explanation.examples, *explanation.sections):
        yield ""
        yield section.title
        if section.lead:
            yield f"  {section.lead}"
        yield from (f"  {item.name}: {item.text}" for item in section.items)


def as_markdown(explanation: Explanation) -> str:
    """A part of a page, whose heading can be linked to by the clause's id."""
    return "\n".join(_markdown(explanation)) + "\n"


def _markdown(explanation: Explanation) -> Iterator[str]:
    yield f"## `{explanation.clause}` {{ #{explanation.clause} }}"
    yield ""
    yield _escaped(explanation.statement)
    yield ""
    yield from (f"- {fact.name}: {_escaped(fact.text)}" for fact in explanation.facts)
    for section in (*explanation.examples, *explanation.sections):
        yield ""
        yield f"**{section.title}**"
        yield ""
        if section.lead:
            yield _escaped(section.lead)
            yield ""
        yield from (_listed(section, item) for item in section.items)


def _listed(section: Section, item: Item) -> str:
    name = f"`{item.name}`" if section.code else f"*{_escaped(item.name)}.*"
    return f"- {name} {_escaped(item.text)}"


def _escaped(text: str) -> str:
    """The text, nothing in which is taken for markup; what stands in backticks stays code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _plain(text)
    return "`".join(part if index % 2 else _plain(part) for index, part in enumerate(parts))


def _plain(text: str) -> str:
    return "".join(_ENTITIES.get(char, f"\\{char}" if char in "\\`*_{}[]#" else char) for char in text)
