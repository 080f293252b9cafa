"""What one fault breaks is not blamed on another: on a charset, a refusal before, an echo, a form."""

import json
from typing import Any

import pytest

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import MeasuredTokens
from imagebuilder_conformance.reference.defects.catalogue import find_defect
from imagebuilder_conformance.reference.defects.concurrency import ServerErrorKept
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Answer, Call, Outcome, StartRequest
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_reports.verdicts import RunVerdict
from imagebuilder_spec import Suite
from tests.support.calls import PIPELINE
from tests.support.runs import failed, run_against, serving

from .reading import of, of_defect

pytestmark = pytest.mark.slow


def test_a_target_that_refuses_every_replay_is_not_blamed_for_a_charset() -> None:
    report = of_defect("replay-refused")
    assert "wire.charset" not in failed(report)
    failure = of(report, "idempotency.replay.succeeds")
    assert failure.title == "A replay was refused"
    assert "Look the token up before" in failure.hint
    assert [each.last.status for each in failure.exchanges] == [200, 400]
    assert failure.answered_by == ""


def test_one_image_for_all_tokens_is_not_blamed_on_the_refusals_before() -> None:
    report = of_defect("build-number-constant")
    assert "wire.recovery" not in failed(report)
    failure = of(report, "idempotency.token.distinct")
    assert {exchange.image for exchange in failure.exchanges if exchange.image} != {None}
    assert failure.answered_by == ""


class SharedAfterRefusal(Behaviour):
    """What follows a refusal is answered with one image, for whatever token."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.refused = False
        self.shared = ""

    def refuse(self, call: Call, fault: Fault) -> Answer:
        self.refused = True
        return super().refuse(call, fault)

    def image_arn(self, pipeline: Pipeline) -> str:
        image = super().image_arn(pipeline)
        self.shared = self.shared or image
        refused, self.refused = self.refused, False
        return self.shared if refused else image


def test_an_image_that_tokens_share_after_a_refusal_only_is_blamed_on_that() -> None:
    with serving(SharedAfterRefusal) as server:
        report = run_against(server.url, "wire.recovery")
    failure = of(report, "wire.recovery")
    assert failure.title == "Different tokens got the same image"
    assert len({exchange.token for exchange in failure.exchanges}) == 2
    assert len({exchange.image for exchange in failure.exchanges}) == 1


def test_an_empty_token_that_is_accepted_is_not_blamed_for_its_echo() -> None:
    class EmptyTokenMade(MeasuredTokens):
        """An empty token is accepted, and the one that the target makes in its place is echoed."""

        def limits(self) -> range:
            return range(super().limits().stop)

        def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
            document = super().success_document(call, outcome)
            return document | {"clientToken": document["clientToken"] or call.request_id}

    with serving(EmptyTokenMade, verify_signatures=False) as server:
        report = run_against(server.url, "request.client-token", "response", "operation")
    assert failed(report) == {"request.client-token.min-length"}
    failure = of(report, "request.client-token.min-length")
    assert failure.title == "An invalid request was accepted"
    assert failure.exchanges[-1].token == ""
    assert failure.answered_by == ""


def test_the_plainest_request_without_a_token_is_the_evidence() -> None:
    failure = of(of_defect("token-optional", "request.client-token.required"), "request.client-token.required")
    assert failure.title == "An invalid request was accepted"
    body = failure.exchanges[-1].request.body.data
    assert json.loads(body) == {"imagePipelineArn": PIPELINE}


def test_a_server_error_that_is_kept_is_told_as_that() -> None:
    report = of_defect("server-error-kept")
    assert failed(report) <= {"idempotency.server-error.not-kept", "idempotency.replay.succeeds"}
    failure = of(report, "idempotency.server-error.not-kept")
    assert failure.title == "A server error is kept for its token"
    assert "store successes only" in failure.hint
    kept, fresh = failure.exchanges
    assert kept.last.status == 500
    assert fresh.last.status in {200, 404}
    assert kept.token != fresh.token
    assert failure.answered_by == ""


class KeptForShortTokens(ServerErrorKept):
    """The first request with a token that can't be the run's own ends in a server error, which is kept for it."""

    period = 10**9

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Keep the first of each length."""
        short = len(request.client_token) <= 2
        if short and all(len(token) != len(request.client_token) for token in self.failed):
            self.failed.add(request.client_token)
        return await super().execute(call, request)


def test_a_server_error_that_is_kept_for_a_short_token_is_not_blamed_on_its_form() -> None:
    with serving(KeptForShortTokens) as server:
        report = run_against(server.url, "request.client-token")
    assert failed(report) == set()
    with serving(KeptForShortTokens) as server:
        report = run_against(server.url, "request.client-token", "idempotency.server-error")
    assert failed(report) == {"idempotency.server-error.not-kept"}
    kept, fresh = of(report, "idempotency.server-error.not-kept").exchanges
    assert (kept.last.status, fresh.last.status) == (500, 200)
    assert len(kept.token or "") <= 2


class ImageForTwoTokens(Behaviour):
    """Every second token gets the image of the one before it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.arns: list[str] = []

    def image_arn(self, pipeline: Pipeline) -> str:
        """Number the images in pairs."""
        self.arns.append(super().image_arn(pipeline))
        return self.arns[(len(self.arns) - 1) // 2 * 2]


def test_images_that_tokens_share_are_not_blamed_on_refusals_before_them() -> None:
    with serving(ImageForTwoTokens) as server:
        report = run_against(server.url, "wire.recovery", "idempotency.token.distinct")
    assert failed(report) == {"idempotency.token.distinct"}


def test_throttling_without_a_code_is_not_conformant() -> None:
    entry = find_defect("throttled-without-code")
    with ReferenceServer(entry.settings(), behaviour=entry.behaviour) as server:
        report = run_against(server.url, "throttling", suites=(Suite.THROTTLING,))
    assert report.verdict is RunVerdict.NON_CONFORMANT
    failure = of(report, "throttling.code")
    assert failure.title == "A throttled request was not answered with a code of throttling"
    assert "CallRateLimitExceededException" in failure.hint
    assert failure.received == "no error code"
    assert failure.exchanges[-1].last.status == 429
    assert failure.answered_by == ""
