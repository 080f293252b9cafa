"""The site that `mkdocs build` has left: it has every clause and every strategy, and asks nothing of any network."""

import re
from html import unescape
from pathlib import Path

import pytest

import imagebuilder_strategies
from imagebuilder_conformance.explaining.clauses import explanation_of
from imagebuilder_spec import load_contract, revisions

SITE = Path(__file__).parents[2] / "build" / "site"
CLAUSES = {clause: each for each in reversed(revisions()) for clause in load_contract(each).clauses}


def page(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


def text(name: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page(name))).split())


@pytest.mark.parametrize(
    "name", ["index", "ARCHITECTURE", "CONTRIBUTING", "docs/running", "docs/make-your-emulator-conform"]
)
def test_the_pages_of_the_repository_are_there_with_a_way_to_the_clauses(name: str) -> None:
    assert re.search(r'href="(\.\./)?clauses/idempotency\.html"', page(f"{name}.html"))


@pytest.mark.parametrize("clause", CLAUSES)
def test_each_clause_has_a_place_that_says_what_explain_prints(clause: str) -> None:
    name = f"clauses/{clause.partition('.')[0]}.html"
    assert f'id="{clause}"' in page(name)
    explanation, shown = explanation_of(CLAUSES[clause], clause), text(name).replace("`", "")
    assert explanation is not None
    for item in (*explanation.facts, *(item for section in explanation.sections for item in section.items)):
        assert " ".join(item.text.replace("`", "").split()) in shown


@pytest.mark.parametrize("name", imagebuilder_strategies.__all__)
def test_each_public_name_of_the_strategies_is_documented(name: str) -> None:
    module = getattr(imagebuilder_strategies, name).__module__
    assert f'id="{module}.{name}"' in page("python/strategies.html")


def test_nothing_is_fetched_from_elsewhere() -> None:
    pages = list(SITE.rglob("*.html"))
    assert pages
    fetched = re.compile(r'<(?:link|script|img|source)[^>]*(?:href|src|srcset)="((?:https?:)?//[^"]+)"')
    assert {name for each in pages for name in fetched.findall(each.read_text(encoding="utf-8"))} == set()


def test_what_a_page_fetches_is_there() -> None:
    fetched = re.compile(r'<(?:link|script|img|source)[^>]*(?:href|src|srcset)="([^"?#:]+)"')
    # What is shown for any address that is not there has addresses from the site's root.
    for each in (each for each in SITE.rglob("*.html") if each.name != "404.html"):
        names = fetched.findall(each.read_text(encoding="utf-8"))
        assert [name for name in names if not (each.parent / name).exists()] == []
