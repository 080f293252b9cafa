"""The forms of published clients: each is signed so that the reference takes it, and goes out as it was measured."""

from dataclasses import replace

import pytest

from imagebuilder_conformance.client.forms import FORMS, form_of
from imagebuilder_conformance.reference import SESSION_CREDENTIALS
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.target import Credentials
from tests.support.calls import CONTRACT, PIPELINE, start, target_at
from tests.support.runs import serving
from tests.support.scripted import Reply, ScriptedServer

from .conftest import Calling

# What the HTTP library adds by itself.
ADDED = {"accept-encoding", "user-agent"}


def test_each_form_is_a_clause() -> None:
    clauses = {id_.removeprefix("wire.form.") for id_ in CONTRACT.clauses if id_.startswith("wire.form.")}
    assert clauses == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_the_reference_takes_each_form(name: str, calling: Calling) -> None:
    with serving(Behaviour) as server:
        made = calling(target_at(server.url))
        plain = made.client.send(start("a-token"))
        exchange = made.client.send(replace(start("a-token"), form=name))
    assert exchange.image == plain.image is not None


@pytest.mark.parametrize("name", FORMS)
def test_a_session_token_is_signed_in_each(name: str, calling: Calling) -> None:
    session = SESSION_CREDENTIALS
    keys = Credentials(session.access_key_id, session.secret_access_key, session.session_token)
    with serving(Behaviour) as server:
        exchange = calling(target_at(server.url, credentials=keys)).client.send(replace(start("a-token"), form=name))
    assert exchange.is_success


@pytest.mark.parametrize("name", FORMS)
def test_it_goes_out_as_it_was_measured(name: str, calling: Calling) -> None:
    form = form_of(name)
    with ScriptedServer.playing(Reply()) as server:
        calling(target_at(server.url)).client.send(replace(start("a-token"), form=name))
    [received] = server.received
    measured = [spelled for spelled, _ in form.headers]
    assert [
        spelled for spelled, _ in received.headers if spelled in measured or spelled.lower() not in ADDED
    ] == measured
    authorization = received.header("authorization") or ""
    assert f"SignedHeaders={';'.join(form.signed)}{form.separator}Signature=" in authorization
    assert not [value for _, value in received.headers if "<" in value]


def test_a_base_path_is_signed_too(calling: Calling) -> None:
    assert ReferenceSettings().pipelines[0] == PIPELINE
    with ScriptedServer.playing(Reply()) as server:
        calling(target_at(f"{server.url}/base")).client.send(replace(start("a-token"), form="curl"))
    assert server.received[0].path == "/base/StartImagePipelineExecution"
