"""Clients of the suite for tests, with everything that they write down."""

from collections.abc import Callable
from dataclasses import dataclass, field

from imagebuilder_conformance.client.budget import Budget
from imagebuilder_conformance.client.client import Client
from imagebuilder_conformance.client.messages import Exchange, Request
from imagebuilder_conformance.client.pacing import Pace
from imagebuilder_conformance.client.redaction import Redactor
from imagebuilder_conformance.probing.factory import RequestFactory
from imagebuilder_conformance.reference import DEFAULT_PIPELINES, DUMMY_CREDENTIALS
from imagebuilder_conformance.target import Credentials, Target, Timeouts
from imagebuilder_reports.events import Intent, Result
from imagebuilder_spec import load_contract

CONTRACT = load_contract()
REQUESTS = RequestFactory(CONTRACT.operation)
PIPELINE, OTHER_PIPELINE = DEFAULT_PIPELINES
IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0/1"
DUMMY = Credentials(DUMMY_CREDENTIALS.access_key_id, DUMMY_CREDENTIALS.secret_access_key)
# Long enough for a busy machine; a test that means to run into it gives its own.
PATIENT = Timeouts(connect=20.0, read=20.0)


def image(number: int) -> str:
    return f"{IMAGE.rsplit('/', 1)[0]}/{number}"


def target_at(
    url: str,
    *,
    credentials: Credentials = DUMMY,
    timeouts: Timeouts = PATIENT,
    verify: bool | str = True,
    pipelines: tuple[str, ...] = DEFAULT_PIPELINES,
) -> Target:
    return Target(
        name=url,
        endpoint=url,
        region="us-east-1",
        pipelines=pipelines,
        credentials=credentials,
        timeouts=timeouts,
        verify=verify,
    )


@dataclass
class Recorded:
    """A client, and what it told the journal and the observer."""

    client: Client
    journal: list[Intent | Result] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def intents(self) -> list[Intent]:
        return [event for event in self.journal if isinstance(event, Intent)]

    @property
    def results(self) -> list[Result]:
        return [event for event in self.journal if isinstance(event, Result)]

    def send(self, request: Request | None = None) -> Exchange:
        return self.client.send(request or start())


def recorded(
    target: Target, *, budget: Budget | None = None, pace: Pace | None = None, redactor: Redactor | None = None
) -> Recorded:
    journal: list[Intent | Result] = []
    exchanges: list[Exchange] = []
    note: Callable[[Intent | Result], None] = journal.append
    client = Client(
        target, CONTRACT, budget=budget, pace=pace, journal=note, observe=exchanges.append, redactor=redactor
    )
    return Recorded(client, journal, exchanges)


def start(token: str = "a-token", pipeline: str = PIPELINE) -> Request:
    return REQUESTS.start(token, pipeline)
