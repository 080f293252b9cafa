"""What a run's own work comes to as it grows: 100 to 100,000 exchanges with drawn tokens, and the report of them.

    python -m benchmarks.run_growth [--largest N]

Each size is a process of its own. Tokens are drawn by Hypothesis as in a run, 1,000 at a time at the most. Each request
is made, signed, journalled and judged by the passive checks as in a run; only the network is left out, as it would hide
the rest: the answer is there at once. Then the events are folded and written in every form.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measuring import exponent, run_process, table
from benchmarks.peak import peak
from imagebuilder_conformance.client.answers import Answer
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Attempt, Request
from imagebuilder_conformance.client.transport import Sending, Transport
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.findings import Failure
from imagebuilder_conformance.oracles.passive import Watch
from imagebuilder_conformance.probing.draws import draw
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY
from imagebuilder_conformance.target import Credentials, Target
from imagebuilder_reports.events import Footer, Header, RunInfo, SuiteInfo, TargetInfo
from imagebuilder_reports.report import fold
from imagebuilder_reports.stream import EventWriter, read_events
from imagebuilder_reports.verdicts import Ending
from imagebuilder_reports.writers import FORMATS
from imagebuilder_spec import load_contract
from imagebuilder_strategies import client_tokens

# The others do not list exchanges.
_LARGE_FORMS = ("report.json", "report.html")
SIZES = (100, 1_000, 10_000, 100_000)
_DRAWN_AT_ONCE = 1_000
ROOT = Path(__file__).parents[1]
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Growth:
    """One size: seconds for each part of the work, bytes by form, and the process's greatest resident set in MiB."""

    exchanges: int
    drawing: float
    exchanging: float
    folding: float
    rendering: dict[str, float]
    size: dict[str, int]
    stream: int
    peak: float


class InstantTransport(Transport):
    """Prepares and signs each request, and has the answer at once: a new image."""

    def send(self, request: Request) -> Sending:
        """The answer of a conformant target."""
        prepared = self.prepare(request)
        number = request.label.removeprefix("start ")
        image = f"arn:aws:imagebuilder:{_REGION}:123456789012:image/recipe/1.0.0/{number}"
        body = {"clientToken": request.token, "imageBuildVersionArn": image, "requestId": f"request-{number}"}
        headers = (("content-type", "application/json"), ("x-amzn-requestid", f"request-{number}"))
        answer = Answer(200, headers, json.dumps(body).encode())
        sent = tuple((str(name), str(value)) for name, value in prepared.headers.items())
        return Sending(prepared.url or "", sent, Attempt(self._clock(), 0.001, answer=answer))


def measure(*, largest: int = SIZES[-1]) -> list[Growth]:
    """Measure the sizes up to the largest, each in a process of its own."""
    return [_in_a_process(size) for size in SIZES if size <= largest]


def _in_a_process(size: int) -> Growth:
    process = run_process((sys.executable, "-m", "benchmarks.run_growth", "--only", str(size)), folder=ROOT)
    if process.code != 0:
        raise RuntimeError(f"{size} exchanges could not be made:\n{process.output}")
    return Growth(**json.loads(process.output.splitlines()[-1]))


def work(size: int) -> Growth:
    """Do the work of a run of this size."""
    began = time.perf_counter()
    tokens = list(_tokens(size))
    drawn = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        _exchange(tokens, path)
        exchanged = time.perf_counter()
        report = fold(read_events(path))
        folded = time.perf_counter()
        stream = path.stat().st_size
    if report.totals.exchanges != size or report.totals.executions != size:
        raise RuntimeError(f"expected {size} exchanges in the report, got {report.totals}")
    rendering, sizes = {}, {}
    for form in FORMATS.values():
        begun = time.perf_counter()
        sizes[form.file] = len(form.render(report).encode("utf-8", "backslashreplace"))
        rendering[form.file] = time.perf_counter() - begun
    return Growth(size, drawn - began, exchanged - drawn, folded - exchanged, rendering, sizes, stream, peak())


def _tokens(size: int) -> Iterator[str]:
    tokens = Tokens(new_nonce())
    stand_in = "x" * Tokens.LENGTH
    strategy = client_tokens(unique=stand_in)
    for seed, _ in enumerate(range(0, size, _DRAWN_AT_ONCE)):
        for token in draw(strategy, min(size, _DRAWN_AT_ONCE), seed_=seed):
            yield token.replace(stand_in, tokens.fresh(), 1)


def _exchange(tokens: Sequence[str], path: Path) -> None:
    contract = load_contract()
    key = Credentials(DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY)
    target = Target("nobody", "http://127.0.0.1:1", _REGION, DEFAULT_PIPELINES, key)
    watch, factory = Watch(PASSIVE_CHECKS, contract), RequestFactory(contract.operation)
    with EventWriter(path) as writer:
        client = Client(target, contract, journal=writer.write, observe=watch.see)
        client.transport = InstantTransport(target, contract.operation.signing_name, client.clock)
        writer.write(
            Header(
                suite=SuiteInfo("0", contract.revision, contract.digest),
                target=TargetInfo(target.name, target.endpoint, target.region, target.pipelines, reference=False),
                run=RunInfo("2026-01-01T00:00:00+00:00", "", 0, 1, (), (), strict=False, max_executions=None),
                clauses=(),
                checks=(),
            )
        )
        for number, token in enumerate(tokens, 1):
            client.send(factory.start(token, DEFAULT_PIPELINES[0], f"start {number}"))
        writer.write(Footer("2026-01-01T00:00:01+00:00", client.clock(), Ending.COMPLETED))
    broken = [finding for check in PASSIVE_CHECKS for finding in watch.found(check) if isinstance(finding, Failure)]
    if broken:
        raise RuntimeError(f"the passive checks blamed a conformant target: {broken[0]}")


def section(measured: Sequence[Growth]) -> str:
    """The figures as a part of a Markdown page."""
    return "\n\n".join((_costs(measured), _reports(measured)))


def _costs(measured: Sequence[Growth]) -> str:
    rows = []
    for before, each in zip((None, *measured), measured, strict=False):
        own = each.drawing + each.exchanging
        k = "" if before is None else f"{_exponent(before, each):.2f}"
        parts = (each.drawing, each.exchanging, own, each.folding)
        microseconds = [f"{seconds / each.exchanges * 1e6:,.0f}" for seconds in parts]
        rows.append((f"{each.exchanges:,}", *microseconds, k, f"{each.peak:.0f}"))
    return table(("exchanges", "drawing", "exchanging", "both", "folding", "k of both", "peak MiB"), rows)


def _exponent(before: Growth, now: Growth) -> float:
    return exponent(
        (before.exchanges, before.drawing + before.exchanging), (now.exchanges, now.drawing + now.exchanging)
    )


def _reports(measured: Sequence[Growth]) -> str:
    rows = [
        (
            f"{each.exchanges:,}",
            f"{each.stream / 1e6:,.2f}",
            *(f"{each.size[form] / 1e6:,.2f}" for form in _LARGE_FORMS),
            *(f"{each.rendering[form]:,.3f}" for form in _LARGE_FORMS),
        )
        for each in measured
    ]
    return table(
        ("exchanges", "events, MB", *(f"{f}, MB" for f in _LARGE_FORMS), *(f"{f}, s" for f in _LARGE_FORMS)), rows
    )


def time_lines(measured: Sequence[Growth]) -> dict[str, list[tuple[float, float]]]:
    """Seconds by exchanges."""
    return {
        "drawing": [(each.exchanges, each.drawing) for each in measured],
        "exchanging": [(each.exchanges, each.exchanging) for each in measured],
        "folding": [(each.exchanges, each.folding) for each in measured],
        "report.html": [(each.exchanges, each.rendering["report.html"]) for each in measured],
    }


def size_lines(measured: Sequence[Growth]) -> dict[str, list[tuple[float, float]]]:
    """Megabytes by exchanges."""
    return {
        "events.jsonl": [(each.exchanges, each.stream / 1e6) for each in measured],
        **{form: [(each.exchanges, each.size[form] / 1e6) for each in measured] for form in _LARGE_FORMS},
    }


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description="What a run's own work comes to as it grows.")
    options.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="default: %(default)s")
    options.add_argument("--only", type=int, metavar="N", help="do this size in this process, and print it as JSON")
    chosen = options.parse_args()
    print(json.dumps(asdict(work(chosen.only))) if chosen.only else section(measure(largest=chosen.largest)))


if __name__ == "__main__":
    main()
