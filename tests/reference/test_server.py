import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from imagebuilder_conformance.reference import Settings
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import NowAndThen, SlowStart
from imagebuilder_conformance.reference.errors import HangUp
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, StartRequest
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.store import Pipeline

from .exchanges import PATH, Client, Reply, body_of, signed

ELSEWHERE = "arn:aws-cn:imagebuilder:cn-north-1:aws:image-pipeline/p"


class Confiding(Behaviour):
    """Keeps the socket options of the connections that it answers on."""

    nodelay: int | None = None

    async def answer(self, call: Call) -> Answer:
        sock = call.connection.get_extra_info("socket")  # type: ignore[attr-defined]  # of asyncio's transports
        self.nodelay = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        return await super().answer(call)


def test_nagles_algorithm_is_off() -> None:
    with ReferenceServer(behaviour=Confiding) as server:
        client = Client(server.url)
        client.start()
        client.close()
        assert isinstance(server.behaviour, Confiding)
        assert server.behaviour.nodelay


def test_starting_and_stopping_take_a_moment_only() -> None:
    with ReferenceServer():  # the first one imports what is left to import
        pass
    started = time.perf_counter()
    with ReferenceServer() as server:
        client = Client(server.url)
        client.start()
    assert time.perf_counter() - started < 0.5
    client.close()


def test_nothing_listens_and_no_thread_is_left_once_it_stopped() -> None:
    with ReferenceServer() as server:
        address = urlsplit(server.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0), timeout=1)
    assert not [thread for thread in threading.enumerate() if thread.name == "imagebuilder-reference"]


class UnderWay(SlowStart):
    """Says when a start is under way."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.begun = threading.Event()

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        self.begun.set()
        return await super().start(call, request, pipeline)


def test_an_answer_that_is_under_way_is_finished_before_it_stops() -> None:
    replies: list[Reply] = []
    with ReferenceServer(behaviour=UnderWay) as server:
        client = Client(server.url)
        thread = threading.Thread(target=lambda: replies.append(client.start()))
        thread.start()
        assert isinstance(server.behaviour, UnderWay)
        assert server.behaviour.begun.wait(10)
    thread.join()
    client.close()
    assert [reply.status for reply in replies] == [200]


def test_a_port_that_is_taken_is_an_error_of_the_caller(server: ReferenceServer) -> None:
    with pytest.raises(OSError, match="address already in use"), ReferenceServer(port=urlsplit(server.url).port or 0):
        pass


def test_two_servers_know_nothing_of_each_other(server: ReferenceServer, client: Client) -> None:
    with ReferenceServer() as other:
        second = Client(other.url)
        assert client.start().document["imageBuildVersionArn"] == second.start().document["imageBuildVersionArn"]
        second.close()
        assert server.url != other.url


def test_pipelines_may_be_anywhere() -> None:
    with ReferenceServer(Settings(pipelines=(ELSEWHERE,))) as server:
        assert server.region == "cn-north-1"
        client = Client(server.url)
        body = body_of(arn=ELSEWHERE)
        reply = client.exchange(body, headers=signed(server.url + PATH, body, region="cn-north-1"))
        client.close()
    assert reply.document["imageBuildVersionArn"].startswith("arn:aws-cn:imagebuilder:cn-north-1:aws:image/")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"pipelines": ()}, "expected at least one pipeline"),
        ({"pipelines": (f"{ELSEWHERE}\n",)}, "expected a pipeline ARN that matches"),
        ({"rate_limit": 0.0}, "expected a positive rate limit"),
        ({"rate_limit": float("nan")}, "expected a positive rate limit"),
    ],
)
def test_settings_that_make_no_sense_are_an_error_of_the_caller(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings(**settings)  # type: ignore[arg-type]  # that is the point


class Dropping(NowAndThen):
    period = 1

    def trouble(self) -> Exception:
        return HangUp()


def test_a_connection_can_be_dropped_without_an_answer() -> None:
    with ReferenceServer(behaviour=Dropping) as server:
        client = Client(server.url)
        with pytest.raises(ConnectionError):
            client.start()
        client.close()


class Failing(Behaviour):
    async def answer(self, call: Call) -> Answer:
        raise RuntimeError(call.request_id)


def test_a_fault_of_its_own_is_an_answer_and_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with ReferenceServer(behaviour=Failing) as server:
        client = Client(server.url)
        reply = client.start()
        client.close()
    assert (reply.status, reply.code) == (500, "ServiceException")
    assert "RuntimeError" in caplog.text


def test_the_secret_is_not_in_the_settings_text(server: ReferenceServer) -> None:
    assert "secret" not in repr(server.settings)
