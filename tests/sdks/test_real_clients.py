"""The reference target answers real clients on Python and Node.js as docs/clients.md says, and they are as it says."""

import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from os import environ

import pytest

from clients.calling import ANSWERED, REFUSED, Outcome, Situation, call
from clients.forms import FOLDER, content_sha256, separator, signed_headers
from clients.measured import Seen, read_measured
from clients.page import page
from clients.recorder import Treatment
from clients.table import Client, read_table
from imagebuilder_conformance.reference.server import ReferenceServer
from tests.project.places import ROOT
from tests.support.absent import give_up
from tests.support.environments import expect_ci
from tests.support.scripted import Received

TABLE = read_table()
MEASURED = read_measured()
CLIENTS = pytest.mark.parametrize(
    "client",
    [client for client in TABLE.clients if client.group in {"python", "node"}],
    ids=lambda client: client.name,
)
Call = Callable[[Client, Situation], Outcome]


@pytest.fixture(scope="module")
def calling() -> Iterator[Call]:
    """Has a client call the reference target."""
    expect_ci("the matrix of real clients")
    if shutil.which("node") is None:
        give_up("expected `node` on the PATH, got none: install Debian's package nodejs", environ)
    with ReferenceServer() as server:
        yield lambda client, situation: call(client, situation, server.url)


@CLIENTS
@pytest.mark.parametrize("situation", ANSWERED, ids=lambda situation: situation.name)
def test_the_target_answers_a_client_as_the_matrix_says(calling: Call, client: Client, situation: Situation) -> None:
    outcome = calling(client, situation)
    assert Seen.of(situation, outcome) == MEASURED.clients[client.name].seen[situation.name]
    for request in outcome.requests:
        expect_form_of(client, request)


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        *(("boto3 1.44", each) for each in (Treatment.THROTTLED, Treatment.FAILED, Treatment.DROPPED)),
        *(("SDK for JavaScript 3", each) for each in (Treatment.THROTTLED, Treatment.FAILED, Treatment.DROPPED)),
        ("SDK for JavaScript 2", Treatment.DROPPED),
        ("SDK for JavaScript 3, old", Treatment.FAILED),
    ],
)
def test_a_client_sends_the_same_again_as_often_as_the_matrix_says(
    calling: Call, name: str, treatment: Treatment
) -> None:
    """Those that don't take long."""
    [client] = [client for client in TABLE.clients if client.name == name]
    [situation] = [situation for situation in REFUSED if situation.treatment is treatment]
    seen = Seen.of(situation, calling(client, situation))
    assert replace(seen, least_ms=None) == replace(MEASURED.clients[name].seen[situation.name], least_ms=None)


def expect_form_of(client: Client, request: Received) -> None:
    form = tomllib.loads((FOLDER / f"{client.form}.toml").read_text(encoding="utf-8"))
    assert [name for name, _ in request.headers] == [header["name"] for header in form["header"]]
    assert signed_headers(request) == form["signed"]
    assert (separator(request), content_sha256(request)) == (form["separator"], form["content_sha256"])


def test_no_form_is_one_that_the_page_rules_out() -> None:
    forms = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")]
    names = [{header["name"].lower() for header in form["header"]} for form in forms]
    assert {"expect", "transfer-encoding"}.isdisjoint(set[str]().union(*names))
    assert all("authorization" in each for each in names)


def test_the_page_is_made_from_what_was_measured() -> None:
    """If not: `python -m clients.measure --page > docs/clients.md`."""
    assert (ROOT / "docs" / "clients.md").read_text(encoding="utf-8") == page(TABLE, MEASURED)


def test_every_client_was_measured_and_every_form_is_of_one() -> None:
    assert list(MEASURED.clients) == [client.name for client in TABLE.clients]
    assert {path.stem for path in FOLDER.glob("*.toml")} == {client.form for client in TABLE.clients}
