"""The reference target keeps the revision of the contract that it was given."""

import json
from collections.abc import Iterator

import pytest

from imagebuilder_conformance.reference import Settings
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_spec import load_contract, revisions
from imagebuilder_strategies import invalid_tag_edges, tag_edges

from .exchanges import PIPELINE_A, Client, Reply, body_of

CURRENT = load_contract("current")


@pytest.fixture(params=revisions())
def revision(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(revision: str) -> Iterator[Client]:
    with ReferenceServer(Settings(contract=load_contract(revision))) as server:
        client = Client(server.url)
        yield client
        client.close()


def put(client: Client, token: str, **others: object) -> Reply:
    return client.exchange(body_of(token, PIPELINE_A, **others))


@pytest.mark.parametrize(
    ("length", "accepting"),
    [(1, {*revisions()}), (36, {*revisions()}), (37, {"current"}), (64, {"current"}), (65, set())],
)
def test_a_token_may_be_as_long_as_the_revision_says(
    client: Client, revision: str, length: int, accepting: set[str]
) -> None:
    assert put(client, "t" * length).status == (200 if revision in accepting else 400)


def test_legal_tags_are_accepted_and_no_revision_minds_them(client: Client) -> None:
    for edge in tag_edges(contract=CURRENT, ascii_only=False):
        assert put(client, edge.label, tags=edge.value).status == 200, edge.label


def test_illegal_tags_are_refused_where_tags_are_known_and_ignored_where_not(client: Client, revision: str) -> None:
    known = load_contract(revision).tags is not None
    for edge in invalid_tag_edges(contract=CURRENT):
        assert put(client, edge.violates, tags=edge.value).status == (400 if known else 200), edge.violates


def test_other_tags_are_a_mismatch_where_tags_are_known(client: Client, revision: str) -> None:
    known = load_contract(revision).tags is not None
    first = put(client, "token", tags={"a": "1", "b": "2"})
    again = put(client, "token", tags={"b": "2", "a": "1"})
    assert json.loads(again.body)["imageBuildVersionArn"] == json.loads(first.body)["imageBuildVersionArn"]
    for tags in ({"a": "1"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2", "c": "3"}, None):
        other = put(client, "token", tags=tags)
        assert (other.status, other.code) == ((400, "IdempotentParameterMismatchException") if known else (200, None))


def test_null_tags_are_no_tags(client: Client) -> None:
    first, again = put(client, "token"), put(client, "token", tags=None)
    assert again.document["imageBuildVersionArn"] == first.document["imageBuildVersionArn"]
