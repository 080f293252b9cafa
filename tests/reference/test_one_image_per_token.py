from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import SlowStart
from imagebuilder_conformance.reference.server import ReferenceServer

from .exchanges import PATH, PIPELINE_A, PIPELINE_B, Client, Reply, body_of, signed

WIDTH = 50


def at_once(server: ReferenceServer, asks: list[tuple[str, str]]) -> list[Reply]:
    """Send requests at the same time, each on a connection of its own."""
    barrier = Barrier(len(asks))

    def ask(token: str, arn: str) -> Reply:
        client = Client(server.url)
        client.connection.connect()
        body = body_of(token, arn)
        headers = signed(server.url + PATH, body)
        barrier.wait()
        try:
            return client.exchange(body, headers=headers)
        finally:
            client.close()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(lambda pair: ask(*pair), asks))


def images(replies: list[Reply]) -> set[str]:
    return {reply.document["imageBuildVersionArn"] for reply in replies if reply.status == 200}


@pytest.mark.parametrize("behaviour", [Behaviour, SlowStart])
class TestAtTheSameTime:
    def test_one_token_starts_one_image(self, behaviour: type[Behaviour]) -> None:
        with ReferenceServer(behaviour=behaviour) as server:
            replies = at_once(server, [("token", PIPELINE_A)] * WIDTH)
            assert {reply.status for reply in replies} == {200}
            assert len(images(replies)) == 1
            assert len({reply.document["requestId"] for reply in replies}) == WIDTH
            assert server.behaviour.store.pipelines[PIPELINE_A].last_build == 1

    def test_a_token_between_two_pipelines_belongs_to_one(self, behaviour: type[Behaviour]) -> None:
        with ReferenceServer(behaviour=behaviour) as server:
            replies = at_once(server, [("token", PIPELINE_A), ("token", PIPELINE_B)] * (WIDTH // 2))
            assert len(images(replies)) == 1
            refused = [reply for reply in replies if reply.status != 200]
            assert len(refused) == WIDTH // 2
            assert {reply.code for reply in refused} == {"IdempotentParameterMismatchException"}

    def test_each_of_many_tokens_starts_an_image_of_its_own(self, behaviour: type[Behaviour]) -> None:
        with ReferenceServer(behaviour=behaviour) as server:
            replies = at_once(server, [(f"token-{number}", PIPELINE_A) for number in range(WIDTH)])
            assert len(images(replies)) == WIDTH
            assert [reply.document["clientToken"] for reply in replies] == [f"token-{n}" for n in range(WIDTH)]


def test_the_lock_of_a_token_goes_with_its_last_request(server: ReferenceServer, client: Client) -> None:
    client.start("token")
    assert not server.behaviour.store._locks


def test_after_a_hang_up_retries_agree_on_the_image_that_was_started() -> None:
    with ReferenceServer(behaviour=SlowStart) as server:
        body = body_of()
        gone = Client(server.url)
        gone.connection.request("PUT", PATH, body, signed(server.url + PATH, body))
        gone.close()
        client = Client(server.url)
        assert len(images([client.start(), client.start()])) == 1
        client.close()
        assert server.behaviour.store.pipelines[PIPELINE_A].last_build == 1


Change = Callable[[Client], Reply]

REFUSALS: dict[str, Change] = {
    "unknown-pipeline": lambda client: client.start("token", f"{PIPELINE_A}-unknown"),
    "malformed-arn": lambda client: client.start("token", "arn"),
    "other-method": lambda client: client.exchange(body_of(), method="POST"),
    "unsigned": lambda client: client.exchange(body_of(), headers={}),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_leaves_the_token_free(client: Client, refusal: Change) -> None:
    assert refusal(client).status >= 400
    assert client.start("token", PIPELINE_B).status == 200


def test_the_original_replays_after_a_mismatch_was_refused(client: Client) -> None:
    first = client.start("token", PIPELINE_A)
    assert client.start("token", PIPELINE_B).code == "IdempotentParameterMismatchException"
    assert images([client.start("token", PIPELINE_A)]) == images([first])


def test_tokens_are_compared_character_for_character(client: Client) -> None:
    tokens = [
        "token",
        "Token",
        " token",
        "token ",
        "to ken",
        "é",
        "e\u0301",
        "\uff45",
        "\u0435",
        "e",
        "x" * 36,
        "x" * 35 + "y",
    ]
    replies = [client.start(token) for token in tokens]
    assert len(images(replies)) == len(tokens)
    assert [reply.document["clientToken"] for reply in replies] == tokens


def test_a_token_is_the_same_however_json_writes_it(client: Client) -> None:
    plain = client.exchange(b'{"clientToken":"a/b","imagePipelineArn":"%s"}' % PIPELINE_A.encode())
    escaped = client.exchange(b'{"imagePipelineArn":"%s", "clientToken":"\\u0061\\/b"}' % PIPELINE_A.encode())
    assert images([plain, escaped]) == {plain.document["imageBuildVersionArn"]}
