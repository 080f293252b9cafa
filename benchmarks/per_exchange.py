"""What an exchange costs in the suite's client, beside a bare loop of requests with requests-aws4auth.

    python -m benchmarks.per_exchange [--exchanges N] [--blocks N]

The target is a process of its own. Blocks of exchanges are sent in turn by each way of sending; ratios are taken block
by block. Every exchange starts a build with a token of its own.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from requests_aws4auth import AWS4Auth

from benchmarks.measuring import Spread, table
from benchmarks.ours import COMMAND
from benchmarks.serving import served
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.oracles.everything import PASSIVE_CHECKS
from imagebuilder_conformance.oracles.passive import Watch
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.probing.tokens import Tokens, new_nonce
from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY
from imagebuilder_conformance.target import Credentials, Target, arn_scope
from imagebuilder_reports.stream import EventWriter
from imagebuilder_spec import Contract, load_contract

EXCHANGES, BLOCKS = 200, 10
BARE = "requests with requests-aws4auth"

Send = Callable[[str], int]
"""Sends a request with this token and gives the status of the answer."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds an exchange, block by block, for each way of sending."""

    exchanges: int
    seconds: dict[str, list[float]]


def measure(*, exchanges: int = EXCHANGES, blocks: int = BLOCKS) -> Costs:
    """Send the blocks."""
    contract = load_contract()
    with ExitStack() as stack:
        target = stack.enter_context(_served())
        ways = {
            BARE: _bare(target, contract, trust_env=True),
            "the same, with no look for proxies": _bare(target, contract, trust_env=False),
            "the suite's client, keeping its evidence": _client(target, contract),
            "the same, writing its events to a file": _client(target, contract, stack.enter_context(_events())),
            "the same, judged by the passive checks": _client(
                target, contract, stack.enter_context(_events()), Watch(PASSIVE_CHECKS, contract)
            ),
        }
        tokens = Tokens(new_nonce())
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for send in ways.values():
            _block(send, tokens, 10)  # the connections are opened, the caches filled
        for _ in range(blocks):
            for name, send in ways.items():
                seconds[name].append(_block(send, tokens, exchanges))
    return Costs(exchanges, seconds)


def _block(send: Send, tokens: Tokens, exchanges: int) -> float:
    began = time.perf_counter()
    for _ in range(exchanges):
        status = send(tokens.fresh())
        if status != 200:
            raise RuntimeError(f"expected a build to be started, got {status}")
    return (time.perf_counter() - began) / exchanges


def _bare(target: Target, contract: Contract, *, trust_env: bool) -> Send:
    session = requests.Session()
    session.trust_env = trust_env
    url = target.endpoint + contract.operation.path
    auth = AWS4Auth(
        target.credentials.access_key_id,
        target.credentials.secret_access_key,
        target.region,
        contract.operation.signing_name,
    )

    def send(token: str) -> int:
        body = json.dumps({"clientToken": token, "imagePipelineArn": target.pipelines[0]}).encode()
        return session.put(url, data=body, headers={"Content-Type": "application/json"}, auth=auth).status_code

    return send


def _client(target: Target, contract: Contract, writer: EventWriter | None = None, watch: Watch | None = None) -> Send:
    journal = writer.write if writer else _forget
    client = Client(target, contract, journal=journal, observe=watch.see if watch else _forget)
    factory = RequestFactory(contract.operation)

    def send(token: str) -> int:
        answer = client.send(factory.start(token, target.pipelines[0])).answer
        return 0 if answer is None else answer.status

    return send


def _forget(_: object) -> None:
    pass


@contextmanager
def _events() -> Iterator[EventWriter]:
    with tempfile.TemporaryDirectory() as folder, EventWriter(Path(folder) / "events.jsonl") as writer:
        yield writer


@contextmanager
def _served() -> Iterator[Target]:
    """The reference target, served by a process of its own."""
    with served([COMMAND, "serve", "--port", "0"]) as (url, _):
        yield Target(
            name="the reference target",
            endpoint=url,
            region=arn_scope(DEFAULT_PIPELINES[0])[1],
            pipelines=DEFAULT_PIPELINES,
            credentials=Credentials(DUMMY_ACCESS_KEY_ID, DUMMY_SECRET_ACCESS_KEY),
        )


def section(costs: Costs) -> str:
    """The figures as a part of a Markdown page."""
    bare = costs.seconds[BARE]
    rows = [
        (
            name,
            Spread.of(each * 1000 for each in seconds).text(3),
            Spread.of(each / base for each, base in zip(seconds, bare, strict=True)).text(),
        )
        for name, seconds in costs.seconds.items()
    ]
    note = f"Medians of {len(bare)} blocks of {costs.exchanges} exchanges, with the least and the greatest."
    return "\n\n".join([table(("an exchange", "milliseconds", "ratio to the first"), rows), note])


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description="What an exchange costs in the suite's client.")
    options.add_argument(
        "--exchanges", type=int, default=EXCHANGES, metavar="N", help="of each block (default: %(default)s)"
    )
    options.add_argument("--blocks", type=int, default=BLOCKS, metavar="N", help="of each way (default: %(default)s)")
    chosen = options.parse_args()
    print(section(measure(exchanges=chosen.exchanges, blocks=chosen.blocks)))


if __name__ == "__main__":
    main()
