import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from imagebuilder_strategies import (
    Edge,
    Invalid,
    client_token_edges,
    invalid_client_token_edges,
    invalid_pipeline_arn_edges,
    invalid_request_edges,
    malformed_body_edges,
    near_tokens,
    pipeline_arn_edges,
    printable_ascii,
    request_edges,
    unknown_pipeline_arn_edges,
)
from imagebuilder_strategies.arn_breaks import arn_breaks
from imagebuilder_strategies.essentials import ESSENTIAL_ARN_BREAKS, ESSENTIAL_BODY_BREAKS
from tests.strategies.drawing import NIGHTLY, UNIQUE, Oracle, revision, strictly_read
from tests.strategies.meanings import arn_label_holds, body_label_holds, request_label_holds, token_label_holds

ORACLE = Oracle()
LEGAL: dict[str, Callable[[], Sequence[Edge[Any]]]] = {
    "tokens": client_token_edges,
    "tokens with a text": lambda: client_token_edges(unique=UNIQUE),
    "tokens beyond ASCII": lambda: client_token_edges(unique=UNIQUE, ascii_only=False),
    "pipelines elsewhere": lambda: pipeline_arn_edges(NIGHTLY),
    "unknown pipelines": lambda: unknown_pipeline_arn_edges(NIGHTLY),
    "requests": lambda: request_edges(UNIQUE, NIGHTLY),
}
ILLEGAL: dict[str, Callable[[], Sequence[Invalid[Any]]]] = {
    "tokens": invalid_client_token_edges,
    "tokens with a text": lambda: invalid_client_token_edges(unique=UNIQUE),
    "arns": lambda: invalid_pipeline_arn_edges(NIGHTLY),
    "requests": lambda: invalid_request_edges(UNIQUE, NIGHTLY),
    "bodies": lambda: malformed_body_edges(UNIQUE, NIGHTLY),
}


@pytest.mark.parametrize("edges", LEGAL.values(), ids=LEGAL)
def test_legal_edges_are_distinct_and_always_the_same(edges: Callable[[], Sequence[Edge[Any]]]) -> None:
    assert edges() == edges()
    assert len({str(edge.value) for edge in edges()}) == len({edge.label for edge in edges()}) == len(edges())


@pytest.mark.parametrize("edges", ILLEGAL.values(), ids=ILLEGAL)
def test_illegal_edges_are_distinct_and_always_the_same(edges: Callable[[], Sequence[Invalid[Any]]]) -> None:
    assert edges() == edges()
    assert len({str(edge.value) for edge in edges()}) == len({edge.violates for edge in edges()}) == len(edges())


def test_edges_are_the_same_in_another_process() -> None:
    script = (
        "from imagebuilder_strategies import *; import hashlib;"
        f"u, a = {UNIQUE!r}, {NIGHTLY!r};"
        "print(hashlib.sha256(repr((client_token_edges(unique=u, ascii_only=False), near_tokens(u),"
        "invalid_request_edges(u, a, thorough=False), malformed_body_edges(u, a))).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("contract", [None, revision(longest=64)], ids=["documented", "longer"])
@pytest.mark.parametrize("unique", ["", "u", UNIQUE, "x" * 35, "x" * 36])
def test_client_token_edges_are_legal_and_contain_the_callers_text(contract: Any, unique: str) -> None:
    oracle = Oracle(contract)
    for ascii_only in (True, False):
        edges = client_token_edges(contract=contract, unique=unique, ascii_only=ascii_only)
        assert all(oracle.legal_token(edge.value) and unique in edge.value for edge in edges)
        assert not ascii_only or all(printable_ascii(edge.value) for edge in edges)
        longest = oracle.properties["clientToken"]["maxLength"]
        lengths = [len(edge.value) for edge in edges]
        assert min(lengths) == max(len(unique), 1)
        assert max(lengths) == longest


def test_client_token_edges_hold_every_printable_character() -> None:
    assert set("".join(edge.value for edge in client_token_edges(unique=UNIQUE))) == {
        chr(code) for code in range(0x20, 0x7F)
    }


def test_without_a_text_there_are_one_character_tokens() -> None:
    assert [edge.label for edge in client_token_edges() if len(edge.value) == 1] == [
        "token.shortest",
        "token.one-digit",
        "token.one-blank",
    ]


@pytest.mark.parametrize("unique", ["", UNIQUE, "x" * 36])
@pytest.mark.parametrize("longest", [36, 64])
def test_invalid_client_token_edges_are_broken_as_labelled(unique: str, longest: int) -> None:
    contract = revision(longest=longest)
    edges = invalid_client_token_edges(contract=contract, unique=unique)
    assert all(not Oracle(contract).legal_token(edge.value) for edge in edges)
    assert [edge for edge in edges if not token_label_holds(edge.violates, edge.value, longest)] == []
    assert len(edges) > 10
    assert {edge.violates: edge.value for edge in edges}["token.too-long"][longest:] == "a"


def test_tokens_too_short_are_among_the_edges_where_there_are_some() -> None:
    lengths = [len(edge.value) for edge in invalid_client_token_edges(contract=revision(shortest=3))]
    assert lengths[:3] == [0, 1, 2]


@pytest.mark.parametrize(
    "arn",
    [
        NIGHTLY,
        "arn:aws-cn:imagebuilder:cn-north-1:aws:image-pipeline/a",
        "arn:aws:imagebuilder:r:000000000000:image-pipeline/0",
        "arn:aws:imagebuilder:aws:111111111111:image-pipeline/aws-imagebuilder-_",
    ],
)
def test_broken_arns_are_malformed_whatever_they_are_made_from(arn: str) -> None:
    edges = invalid_pipeline_arn_edges(arn)
    assert all(not ORACLE.legal_arn(edge.value) for edge in edges)
    assert len(edges) > 200


def test_broken_arns_are_broken_as_labelled() -> None:
    edges = invalid_pipeline_arn_edges(NIGHTLY)
    assert [edge for edge in edges if not arn_label_holds(edge.violates, edge.value, NIGHTLY)] == []


def test_every_break_bites_on_a_usual_arn() -> None:
    assert {edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY)} == set(arn_breaks(12))


def test_the_number_of_digits_follows_the_revision() -> None:
    arn = NIGHTLY.replace("123456789012", "1234567890")
    edges = invalid_pipeline_arn_edges(arn, contract=revision(account="[0-9]{10}"))
    assert {"arn.account.nine-digits", "arn.account.eleven-digits"} <= {edge.violates for edge in edges}


def test_what_another_revision_allows_is_no_break() -> None:
    contract = revision(account="(?:[0-9]{12}|aws[a-z]*)")
    labels = {edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY, contract=contract)}
    assert "arn.account.aws.extended" not in labels
    assert "account.aws" in {edge.label for edge in pipeline_arn_edges(NIGHTLY, contract=contract)}


def test_arn_edges_are_legal() -> None:
    edges = [*pipeline_arn_edges(NIGHTLY), *unknown_pipeline_arn_edges(NIGHTLY)]
    assert all(ORACLE.legal_arn(edge.value) and edge.value != NIGHTLY for edge in edges)


def test_arn_edges_elsewhere_keep_the_name() -> None:
    assert {edge.value.rpartition("/")[2] for edge in pipeline_arn_edges(NIGHTLY)} == {"nightly-build_2"}


def test_unknown_pipelines_share_the_place_and_leave_out_the_known_ones() -> None:
    head = NIGHTLY.rpartition("/")[0]
    known = f"{head}/nightly-build_"
    edges = unknown_pipeline_arn_edges(NIGHTLY, known=[known])
    assert {edge.value.rpartition("/")[0] for edge in edges} == {head}
    assert known not in {edge.value for edge in edges}
    assert len(unknown_pipeline_arn_edges(NIGHTLY)) == len(edges) + 1


def test_legal_requests_are_legal() -> None:
    assert all(ORACLE.legal_request(edge.value) for edge in request_edges(UNIQUE, NIGHTLY))


@pytest.mark.parametrize("thorough", [True, False])
def test_broken_requests_are_broken_as_labelled(*, thorough: bool) -> None:
    edges = invalid_request_edges(UNIQUE, NIGHTLY, thorough=thorough)
    assert all(not ORACLE.legal_request(edge.value) for edge in edges)
    assert [edge for edge in edges if not request_label_holds(edge.violates, edge.value, ORACLE)] == []


def test_malformed_bodies_are_malformed_as_labelled() -> None:
    token = "a'b\"c\\d $text é"
    edges = [*malformed_body_edges(UNIQUE, NIGHTLY), *malformed_body_edges(token, NIGHTLY)]
    assert [edge for edge in edges if not body_label_holds(edge.violates, edge.value)] == []
    for edge in edges:
        try:
            is_object = isinstance(strictly_read(edge.value), dict)
        except ValueError:
            is_object = False
        assert not (edge.judged and is_object), edge


def test_an_essential_selection_is_a_selection() -> None:
    assert set(arn_breaks(12)) > ESSENTIAL_ARN_BREAKS
    labels = {edge.violates.removeprefix("body.") for edge in malformed_body_edges(UNIQUE, NIGHTLY)}
    assert labels > ESSENTIAL_BODY_BREAKS
    families = {label.split(".")[0] for label in ESSENTIAL_BODY_BREAKS}
    assert {"empty", "top-level", "truncated", "comment", "utf-8", "control-character", "escape"} < families
    components = {label.split(".")[1] for label in ESSENTIAL_ARN_BREAKS}
    assert {"scheme", "partition", "service", "region", "account", "resource-type", "name"} < components
    assert {edge.violates for edge in invalid_pipeline_arn_edges(NIGHTLY, thorough=False)} == ESSENTIAL_ARN_BREAKS
    bodies = malformed_body_edges(UNIQUE, NIGHTLY, thorough=False)
    assert {edge.violates.removeprefix("body.") for edge in bodies} == ESSENTIAL_BODY_BREAKS


@pytest.mark.parametrize(
    "make",
    [
        lambda: invalid_pipeline_arn_edges("nightly"),
        lambda: pipeline_arn_edges(NIGHTLY + "\n"),
        lambda: unknown_pipeline_arn_edges(NIGHTLY.upper()),
        lambda: invalid_request_edges("", NIGHTLY),
        lambda: malformed_body_edges(UNIQUE, "nightly"),
        lambda: client_token_edges(unique="x" * 37),
        lambda: near_tokens(""),
        lambda: near_tokens("x" * 26),
    ],
)
def test_edges_need_a_legal_start(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        make()
