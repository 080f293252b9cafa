import re
import unicodedata
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote, unquote_plus
from uuid import UUID

import pytest

from imagebuilder_strategies import NearMiss, near_tokens, near_uuids
from tests.strategies.drawing import UNIQUE, Oracle, revision

PAIRS = {pair.label: pair for pair in near_tokens(UNIQUE)}


def _nfkc(token: str) -> str:
    return unicodedata.normalize("NFKC", token)


# For each kind of sloppiness a function under which the two tokens become one.
CONFUSED: dict[str, Callable[[str], str]] = {
    "case": str.lower,
    "blank.leading": str.strip,
    "blank.trailing": str.strip,
    "blank.around": str.strip,
    "blank.inner-doubled": lambda token: re.sub(" +", " ", token),
    "blank.inner-missing": lambda token: token.replace(" ", ""),
    "whole.last-character": lambda token: token[:-1],
    "whole.first-character": lambda token: token[1:],
    "whole.prefix": lambda token: token[: len(UNIQUE)],
    "whole.suffix": lambda token: token[-len(UNIQUE) :],
    "whole.first-35-shared": lambda token: token[:35],
    "whole.last-35-shared": lambda token: token[1:],
    "whole.middle-character": lambda token: token[:18] + token[-10:],
    "punctuation.hyphen-missing": lambda token: token.replace("-", ""),
    "punctuation.hyphen-underscore": lambda token: token.replace("_", "-"),
    "punctuation.slash-underscore": lambda token: token.replace("/", "_"),
    "wildcard.glob": lambda token: token[:-1],
    "wildcard.like": lambda token: token[:-1],
    "decoding.plus": unquote_plus,
    "decoding.percent": unquote,
    "decoding.backslash": lambda token: token.replace("\\u0041", "A"),
    "decoding.entity": unescape,
    "control.tab": lambda token: " ".join(token.split()),
    "control.trailing-tab": str.strip,
    "control.trailing-newline": str.strip,
    "control.line-ends": lambda token: "\n".join(token.splitlines()),
    "control.trailing-nul": lambda token: token.rstrip("\0"),
    "control.after-nul": lambda token: token.partition("\0")[0],
    "unicode.composed": lambda token: unicodedata.normalize("NFC", token),
    "unicode.accent": lambda token: unicodedata.normalize("NFD", token).encode("ascii", "ignore").decode(),
    "unicode.full-width": _nfkc,
    "unicode.ligature": _nfkc,
    "unicode.case-folding": str.casefold,
    "unicode.kelvin": str.lower,
    "unicode.look-alike": lambda token: token.replace("\u0430", "a"),
    "unicode.replaced": lambda token: token.encode("ascii", "replace").decode(),
    "unicode.mojibake": lambda token: re.sub("é$", "é".encode().decode("latin-1"), token),
    "unicode.astral": lambda token: token.encode("utf-16-be")[:-2].decode("utf-16-be", "ignore"),
    "unicode.zero-width": lambda token: token.replace("\u200b", ""),
    "unicode.zero-width-inside": lambda token: token.replace("\u200b", ""),
    "unicode.byte-order-mark": lambda token: token.removeprefix("\ufeff"),
    "unicode.no-break-space": _nfkc,
    "unicode.ideographic-space": str.strip,
}


@pytest.mark.parametrize("label", PAIRS)
def test_a_pair_differs_but_for_the_sloppiness_of_its_label(label: str) -> None:
    pair = PAIRS[label]
    assert pair.first != pair.second
    assert CONFUSED[label](pair.first) == CONFUSED[label](pair.second)


def test_there_is_a_pair_for_each_sloppiness() -> None:
    assert PAIRS.keys() == CONFUSED.keys()


@pytest.mark.parametrize("base", ["u", UNIQUE, "0" * 30])
@pytest.mark.parametrize("longest", [36, 64])
def test_both_tokens_are_legal_and_contain_the_base(base: str, longest: int) -> None:
    contract = revision(longest=longest)
    oracle = Oracle(contract)
    for pair in near_tokens(base, contract=contract):
        assert oracle.legal_token(pair.first), pair
        assert oracle.legal_token(pair.second), pair
        assert base in pair.first, pair
        assert base in pair.second, pair
        assert pair.first != pair.second


def test_what_needs_more_than_printable_ascii_is_marked() -> None:
    kinds = {pair.label.split(".")[0]: pair.ascii for pair in PAIRS.values()}
    assert {kind for kind, ascii_only in kinds.items() if not ascii_only} == {"control", "unicode"}
    assert len({pair.label.split(".")[0] for pair in PAIRS.values() if pair.ascii} & {"control", "unicode"}) == 0


def test_the_longest_tokens_differ_in_one_character() -> None:
    contract = revision(longest=64)
    long = [pair for pair in near_tokens(UNIQUE, contract=contract) if len(pair.first) == 64]
    assert [pair.label for pair in long] == [
        "whole.first-63-shared",
        "whole.last-63-shared",
        "whole.middle-character",
    ]
    assert all(_differences(pair) == 1 for pair in long)


def test_pairs_share_tokens_so_that_fewer_executions_do() -> None:
    tokens = {token for pair in PAIRS.values() for token in (pair.first, pair.second)}
    assert len(tokens) < 1.5 * len(PAIRS)


def test_the_spellings_of_a_uuid_are_legal_tokens_of_their_own() -> None:
    uuid = UUID("0b5b54ee-2a3c-4f6e-9d3e-1f0a6c7d8e9f")
    oracle = Oracle(revision())
    for pair in near_uuids(uuid):
        assert pair.first != pair.second
        assert UUID(pair.first) == UUID(pair.second) == uuid
        assert oracle.legal_token(pair.first)
        assert oracle.legal_token(pair.second)


def _differences(pair: NearMiss) -> int:
    return sum(one != other for one, other in zip(pair.first, pair.second, strict=True))
