import re

import pytest

from imagebuilder_conformance.drift.examples import example_between, texts_of
from imagebuilder_conformance.drift.patterns import same_pattern
from imagebuilder_spec import compile_pattern, load_contract

CURRENT, DOCUMENTED = load_contract("current"), load_contract("documented")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("^a$", "a"),
        ("^(?:a|b)c$", "(a|b)c"),
        (r"^\d{1,}$", "^[0-9]+$"),
        (r"^\w$", "^[a-zA-Z0-9_]$"),
        (r"^[\w.-]+$", r"[-\.0-9A-Z_a-z]+"),
        (r"^a\/b\-c$", "^a/b-c$"),
        ("^a{1}b{2,2}c{0,}d{0,1}$", "^ab{2}c*d?$"),
        ("^[^:a]$", r"^[^a\:]$"),
    ],
)
def test_these_are_the_same_pattern(one: str, other: str) -> None:
    assert same_pattern(one, other)
    assert same_pattern(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("^a|b$", "a|b"),
        ("^a", "a"),
        (r"^a\$", "a"),
        (r"^(a)\1$", r"^(?:a)\1$"),
        ("^[+-.]$", r"^[+\-.]$"),
        ("^[a-c]$", "^[abc]$"),
        ("^[^a]$", r"^[\^a]$"),
        ("^a.c$", r"^a\.c$"),
        (r"^\b$", "^b$"),
        ("^a{2}$", "^a{2,}$"),
        ("^(?=a)b$", "^(a)b$"),
    ],
)
def test_these_are_not_known_to_be_the_same(one: str, other: str) -> None:
    assert not same_pattern(one, other)
    assert not same_pattern(other, one)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (CURRENT.image_arn_pattern, DOCUMENTED.image_arn_pattern),
        ("^[A-Za-z]+$", "^[a-z]+$"),
        ("^[a-z]*$", "^[a-z]+$"),
        ("^a{2,5}$", "^a{3,5}$"),
        ("^a{2,5}$", "^a{2,4}$"),
        ("^(a|b|c)$", "^(a|b)$"),
        ("^x(?:-y)?$", "^x$"),
        ("^[a-z]+$", "^(?!aws)[a-z]+$"),
        ("^a", "^a$"),
        ("^[^:]$", "^[^:é]$"),
    ],
)
def test_an_example_shows_which_pattern_allows_more(wide: str, narrow: str) -> None:
    example = example_between(wide, narrow)
    assert example is not None
    assert compile_pattern(wide).search(example)
    assert not compile_pattern(narrow).search(example)
    assert example_between(narrow, wide) is None


@pytest.mark.parametrize(
    "pattern",
    [
        CURRENT.pipeline_arn_pattern,
        CURRENT.image_arn_pattern,
        r"^\d{12}$",
        "^(a|(b|c)d?)*e{2,3}$",
        "^$",
        r"^\x41\u0042$",
    ],
)
def test_the_texts_of_a_pattern_match_it_first_of_all(pattern: str) -> None:
    texts = texts_of(pattern)
    assert compile_pattern(pattern).search(texts[0])
    assert len(texts) < 1500


@pytest.mark.parametrize("broken", ["a(", "a)", "[", "*", r"\p{L}", "(?<", "(?P<a", "a{99999999999}", "(" * 5000])
def test_what_can_not_be_read_gives_no_example(broken: str) -> None:
    assert example_between(broken, "^a$") is None
    with pytest.raises((re.error, RecursionError, OverflowError)):
        re.compile(broken)
