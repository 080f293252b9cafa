# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what a limit of the account, or a permission, does to tokens that have their image, or wait for it."""

import asyncio
from collections.abc import Hashable
from typing import ClassVar

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.bases import PAUSE, OneBuildAtATime, QuotaOfBuilds
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.messages import Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings
from imagebuilder_conformance.reference.store import Pipeline
from imagebuilder_spec import Family, load_contract


@defect("quota-before-token", breaks="idempotency.replay.succeeds")
class QuotaBeforeToken(QuotaOfBuilds):
    """The quota is looked at before the token, so that once it is used up replays are refused too."""

    builds = 5

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Look at the quota first."""
        self.expect_quota()
        return await super().execute(call, request)


@defect("busy-before-token", breaks="idempotency.replay.succeeds")
class BusyBeforeToken(OneBuildAtATime):
    """A pipeline is looked at before the token, so that while its build is under way the replay finds it in use."""

    async def execute(self, call: Call, request: StartRequest) -> Outcome:
        """Look at the pipeline first."""
        self.expect_free(request.pipeline_arn)
        return await super().execute(call, request)


@defect("replay-denied", breaks="idempotency.replay.succeeds")
class ReplayDenied(Behaviour):
    """A token that was used is denied to everybody, as nobody has the permission for what was started."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Deny it."""
        raise self.denied()


@defect("replay-throttled", breaks="idempotency.replay.succeeds", throttles=True)
class ReplayThrottled(Behaviour):
    """A token that comes again is one request too many, and throttled."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Throttle it."""
        raise self.throttled()


class _TokenStuck(Behaviour):
    """A request whose client hung up leaves its token locked for good."""

    code: ClassVar[str] = ""
    status: ClassVar[int | None] = None

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.stuck: set[Hashable] = set()

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Refuse a locked token."""
        if self.token_key(call, request) in self.stuck:
            raise Fault(self.code, "A request with this client token is in progress.", status=self.status)
        return super().recall(call, request)

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Look whether anybody still waits."""
        await asyncio.sleep(PAUSE)
        if call.connection.is_closing():
            self.stuck.add(self.token_key(call, request))
        return await super().start(call, request, pipeline)


# What a target may say of a token that is in progress: an answer of each kind that excuses others.
_SAID = {
    "ResourceInUseException": None,
    "CallRateLimitExceededException": None,
    "ServiceQuotaExceededException": 402,
    "ForbiddenException": None,
    "ServiceException": None,
    "ServiceUnavailableException": None,
}


def _stuck_tokens() -> None:
    """One defect for each code."""
    for code, status in _SAID.items():
        sentence = f"A request whose client hung up leaves its token locked, and each retry is answered {code}."
        members = {"__doc__": sentence, "__module__": __name__, "code": code, "status": status}
        behaviour = type("TokenStuck", (_TokenStuck,), members)
        errors = load_contract().errors
        throttles = code in errors.family(Family.THROTTLING)
        # A server error that stays with its token has a clause of its own.
        is_server_error = all(each >= 500 for each in errors.statuses(code) or (400,))
        breaks = "idempotency.server-error.not-kept" if is_server_error else "idempotency.hang-up"
        defect(f"token-stuck-as-{code}", breaks=breaks, throttles=throttles)(behaviour)


_stuck_tokens()
