import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from imagebuilder_conformance.client.pacing import Pace, SharedPace
from tests.support.calls import start, target_at
from tests.support.scripted import Reply, ScriptedServer

from .conftest import Calling


def test_nobody_waits_at_first() -> None:
    waited: list[float] = []
    pace = Pace(sleep=waited.append)
    for _ in range(100):
        pace.wait()
    assert waited == []
    assert pace.interval == 0


def test_each_throttling_doubles_the_distance_up_to_a_bound() -> None:
    pace = Pace(sleep=lambda _: None)
    distances = []
    for _ in range(20):
        pace.throttled()
        distances.append(pace.interval)
    assert distances[0] > 0
    assert distances[1] == pytest.approx(2 * distances[0])
    assert distances == sorted(distances)
    assert distances[-1] == distances[-2] <= 5


class Virtual:
    """A clock and the pace that goes by it; requests take three milliseconds, retries wait as the client's do."""

    def __init__(self, allows: Callable[[float], bool]) -> None:
        self.now = 0.0
        self._allows = allows
        self.pace = Pace(sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def send(self, monkeypatch: pytest.MonkeyPatch, requests: int) -> float:
        """The seconds that so many answers take."""
        monkeypatch.setattr("imagebuilder_conformance.client.pacing.time.monotonic", lambda: self.now)
        for _ in range(requests):
            self._send_one()
        return self.now

    def _send_one(self) -> None:
        for delay in (0.2, 0.5, 1.0, 2.0, 2.0):
            self.pace.wait()
            self.now += 0.003
            if self._allows(self.now):
                self.pace.answered()
                return
            self.pace.throttled()
            self.now += delay


class Bucket:
    """Allows so many requests a second, and those of one second at once."""

    def __init__(self, rate: float) -> None:
        self._rate = self._level = rate
        self._filled = 0.0

    def __call__(self, now: float) -> bool:
        self._level = min(self._rate, self._level + (now - self._filled) * self._rate)
        self._filled = now
        allowed = self._level >= 1
        self._level -= allowed
        return allowed


class Window:
    """Allows so many requests in each second."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._second, self._used = -1, 0

    def __call__(self, now: float) -> bool:
        if int(now) != self._second:
            self._second, self._used = int(now), 0
        self._used += 1
        return self._used <= self._rate


@pytest.mark.parametrize("limit", [Bucket, Window])
@pytest.mark.parametrize("rate", [2, 10])
def test_a_run_comes_near_to_the_rate_that_a_target_allows(
    limit: Callable[[int], Callable[[float], bool]], rate: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Virtual(limit(rate)).send(monkeypatch, 400) <= 1.15 * 400 / rate


def test_a_single_throttling_now_and_then_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count(1)
    virtual = Virtual(lambda _: next(numbers) % 40 != 0)
    assert virtual.send(monkeypatch, 1000) < 60
    assert virtual.pace.interval < 0.1


def test_good_answers_make_no_run_faster_than_it_was_told() -> None:
    pace = Pace(rate_limit=10.0, sleep=lambda _: None)
    pace.throttled()
    for _ in range(1000):
        pace.answered()
    assert pace.interval == pytest.approx(0.1)


def test_without_throttling_nobody_waits_for_answers() -> None:
    pace = Pace(sleep=lambda _: None)
    for _ in range(100):
        pace.answered()
    assert pace.interval == 0


def test_a_rate_is_kept_from_the_start() -> None:
    waited: list[float] = []
    pace = Pace(rate_limit=10.0, sleep=waited.append)
    for _ in range(5):
        pace.wait()
    assert waited[0] == 0
    # Nobody really sleeps here, so each waits for all those before it.
    assert all(0.1 * turn - 0.1 < wait <= 0.1 * turn for turn, wait in enumerate(waited) if turn)


def test_those_who_wait_at_the_same_time_take_turns() -> None:
    waited: list[float] = []
    pace = Pace(rate_limit=1.0, sleep=waited.append)
    threads = [threading.Thread(target=pace.wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = sorted(waited)
    assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(turns))


@pytest.mark.usefixtures("no_waiting")
def test_a_single_429_slows_the_rest_of_the_run(calling: Calling) -> None:
    waited: list[float] = []
    pace = Pace(sleep=waited.append)
    with ScriptedServer.playing(Reply(429), Reply(200)) as server:
        made = calling(target_at(server.url), pace=pace)
        made.send()
        assert pace.interval > 0
        before = len(waited)
        made.send()
        made.send()
    assert len(waited) == before + 2


@pytest.mark.usefixtures("no_waiting")
def test_other_refusals_slow_nothing(calling: Calling) -> None:
    pace = Pace(sleep=lambda _: None)
    with ScriptedServer.playing(Reply(400), Reply(503), Reply(404)) as server:
        made = calling(target_at(server.url), pace=pace)
        made.send()
        made.send()
    assert pace.interval == 0


def test_a_burst_beside_the_run_does_not_slow_it(calling: Calling) -> None:
    pace = Pace(sleep=lambda _: None)
    with ScriptedServer.playing(Reply(429)) as server:
        made = calling(target_at(server.url), pace=pace)
        beside = made.client.beside(made.client.target, "b")
        beside.send(start(), tries=1)
        beside.transport.close()
    assert pace.interval == 0


def test_those_of_a_race_take_as_long_as_if_they_had_come_one_by_one() -> None:
    waited: list[float] = []
    pace = Pace(rate_limit=10.0, sleep=waited.append)
    pace.wait(6)
    pace.wait()
    assert waited[0] == 0
    assert waited[1] == pytest.approx(0.6, abs=0.05)


def test_throttling_never_makes_a_limited_run_faster() -> None:
    pace = Pace(rate_limit=0.5, sleep=lambda _: None)
    pace.throttled()
    assert pace.interval >= 2.0


def test_a_burst_keeps_the_rate_that_the_run_was_told(calling: Calling) -> None:
    with ScriptedServer.playing(Reply(400)) as server:
        target = target_at(server.url)
        limited = calling(target, pace=Pace(rate_limit=5.0, sleep=lambda _: None)).client
        free = calling(target, pace=Pace()).client
        assert limited.beside(target, "b").pace is limited.pace
        assert free.beside(target, "b").pace is not free.pace


# Several processes of a run


@pytest.fixture
def paces(tmp_path: Path) -> Iterator[list[SharedPace]]:
    """The paces of four processes, none of which really sleeps."""
    with ExitStack() as stack:
        file = tmp_path / "slowdowns"
        yield [stack.enter_context(closing(SharedPace(file, sleep=lambda _: None, processes=4))) for _ in range(4)]


def test_what_throttles_one_process_slows_all(paces: list[SharedPace]) -> None:
    for pace in paces:
        pace.wait()
        assert pace.interval == 0
    paces[0].throttled()
    for pace in paces:
        pace.wait()
    assert {pace.interval for pace in paces} == {paces[0].interval}
    assert paces[0].interval > 0


def test_answers_to_requests_of_before_the_slowing_down_count_once(paces: list[SharedPace]) -> None:
    alone = Pace(sleep=lambda _: None)
    alone.throttled()
    for pace in paces:
        pace.wait()
    for pace in paces:
        pace.throttled()
    for pace in paces:
        pace.wait()
    assert {pace.interval for pace in paces} == {alone.interval}


def test_together_the_processes_keep_the_distance_once(tmp_path: Path) -> None:
    waited: list[float] = []
    with closing(SharedPace(tmp_path / "slowdowns", sleep=waited.append, processes=4)) as pace:
        pace.wait()
        pace.throttled()
        for _ in range(3):
            pace.wait()
    first, second = waited[-2:]
    assert second - first == pytest.approx(4 * pace.interval, rel=0.1)
