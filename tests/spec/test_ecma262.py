import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import regress
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from imagebuilder_spec import breaks, compile_pattern, load_contract, revisions, validator_for

from .page import IMAGE, PIPELINE, REQUEST_PATTERN, RESPONSE_PATTERN, request, response


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for name, value in schema.items():
            if name == "pattern" and isinstance(value, str):
                yield value
            elif name == "patternProperties":
                yield from value
            yield from _patterns(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _patterns(value)


def contract_patterns() -> list[str]:
    schemas = [
        schema
        for contract in map(load_contract, revisions())
        for schema in (contract.request_schema, contract.response_schema)
    ]
    return sorted({pattern for schema in schemas for pattern in _patterns(schema)})


PATTERNS = contract_patterns()


def test_the_contract_has_the_patterns_of_the_page() -> None:
    contract = load_contract()
    assert contract.pipeline_arn_pattern == REQUEST_PATTERN
    assert contract.image_arn_pattern == RESPONSE_PATTERN
    assert {REQUEST_PATTERN, RESPONSE_PATTERN} <= set(PATTERNS)


# Escapes, groups and anchors that mean the same in ECMA-262 and in what `compile_pattern` makes of them.
TRANSLATABLE = re.compile(
    r"""(?x)
    \\[.\\/+*?()\[\]{}|^$-]            # an escaped character that stands for itself
    | \[\^?(?:[^\]\\\[&~|]|\\[.\\/s-])+\]  # a class without nested sets or class escapes such as \d, but for \s
    | \(\?: | \(\?! | \((?!\?) | \) | \|  # groups, negative look-aheads and alternatives
    | [*+?] | \{[0-9]+(?:,[0-9]*)?\}   # greedy quantifiers
    | \^ | \$                          # the two anchors
    | [A-Za-z0-9:/_@%=,;"'<>#! -]      # characters that stand for themselves
    """
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_use_only_syntax_for_which_the_translation_holds(pattern: str) -> None:
    assert TRANSLATABLE.sub("", pattern) == ""


@pytest.mark.parametrize("other", [r"\d+", r"\w", r"\p{L}", r"(?i)a", r"(?=a)", r"\bword", "a.b"])
def test_other_syntax_is_told_from_it(other: str) -> None:
    assert TRANSLATABLE.sub("", other) != ""


_ALPHABET = "arn:wsimgebuldpo/k-_0123456789.ZÉ٣\n "
_AWKWARD = (
    "",
    "\n",
    "\r",
    "\u2028",
    "\u00a0",
    "\ufeff",
    "\x1c",
    "\x85",
    "\u180e",
    "\u0662",
    "\uff11",
    "é",
    " ",
    "-",
    "_",
    ":",
    "/",
    "A",
    "\x00",
    "7",
)


def edges(text: str) -> Iterator[str]:
    """The text, and all that is one edit away from it, with the characters on which engines tend to differ."""
    yield text
    for place in range(len(text) + 1):
        for put in _AWKWARD:
            yield text[:place] + put + text[place:]
            yield text[:place] + put + text[place + 1 :]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_ecma262_engine_agrees_with_the_translation(pattern: str) -> None:
    engine, ours = regress.Regex(pattern), compile_pattern(pattern)
    matching = st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=st.sampled_from(_ALPHABET))
    verdicts: Counter[bool] = Counter()

    @settings(max_examples=20, deadline=None, database=None, phases=[Phase.generate])
    @given(matching)
    def agree(text: str) -> None:
        for each in edges(text):
            expected = engine.find(each) is not None
            verdicts[expected] += 1
            assert bool(ours.search(each)) is expected, ascii(each)

    agree()
    assert min(verdicts[True], verdicts[False]) > 1000


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^a$", "a\n"),
        ("^a$", "a"),
        ("a$", "b\na"),
        (r"^a\$$", "a$"),
        (r"^a\$$", "a$\n"),
        (r"^[$]$", "$"),
        (r"^[$]$", "$\n"),
        (r"^[\]$]$", "$"),
        (r"^[a\]]$", "]\n"),
        (r"^\\$", "\\"),
        (r"^\\$", "\\\n"),
        (r"^(?:a|b$)", "b\n"),
        (r"^(?:a|b$)", "a\n"),
        (r"^\s$", "\u00a0"),
        (r"^\s$", "\x1c"),
        (r"^[\s-]$", "\ufeff"),
        (r"^[^\s]$", "\u3000"),
        (r"^\\s$", "\\s"),
    ],
)
def test_end_anchors_and_blanks_are_those_of_the_engine_wherever_they_stand(pattern: str, text: str) -> None:
    assert bool(compile_pattern(pattern).search(text)) is (regress.Regex(pattern).find(text) is not None)


def test_pythons_own_reading_would_let_a_newline_through() -> None:
    # The reason for the translation: should this ever fail, it could go.
    assert Draft202012Validator({"pattern": REQUEST_PATTERN}).is_valid(f"{PIPELINE}\n")


@pytest.mark.parametrize("revision", revisions())
def test_an_arn_with_a_trailing_newline_is_invalid_in_requests(revision: str) -> None:
    validator = validator_for(load_contract(revision).request_schema)
    assert validator.is_valid(request())
    assert not validator.is_valid(request(imagePipelineArn=f"{PIPELINE}\n"))


@pytest.mark.parametrize("revision", revisions())
def test_an_arn_with_a_trailing_newline_is_invalid_in_responses(revision: str) -> None:
    validator = validator_for(load_contract(revision).response_schema)
    assert validator.is_valid(response())
    assert not validator.is_valid(response(imageBuildVersionArn=f"{IMAGE}\n"))


def test_digits_are_those_of_ascii() -> None:
    assert not validator_for({"pattern": r"^\d$"}).is_valid("\u0662")


def test_what_is_no_string_matches_any_pattern() -> None:
    assert validator_for({"pattern": "^a$"}).is_valid(1)


def test_the_message_shows_value_and_pattern() -> None:
    [error] = validator_for({"pattern": "^a$"}).iter_errors("b\n")
    assert json.dumps("b\n").strip('"') in error.message
    assert "^a$" in error.message


@given(
    schema=st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "object"]),
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 3),
            "pattern": st.sampled_from(["^a", "b$", "^[^a]*$"]),
            # Depends on more of a text than its length and the pattern.
            "enum": st.just(["a", "bb"]),
            "additionalProperties": st.just({"maxLength": 1}),
        },
    ),
    values=st.lists(st.text("ab\n", max_size=4) | st.just({"a": "bb"}) | st.integers(), max_size=8),
)
def test_what_is_remembered_of_texts_is_what_the_validator_says(schema: dict[str, Any], values: list[Any]) -> None:
    for value in values:
        errors = validator_for(schema).iter_errors(value)
        assert breaks(schema, value) == tuple(tuple(map(str, error.absolute_schema_path)) for error in errors)
