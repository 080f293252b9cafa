# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in what a replay gets."""

from collections.abc import Hashable

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Call, Connection, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.settings import Settings


@defect("token-ignored", breaks="idempotency.replay.same-image")
class TokenIgnored(Behaviour):
    """Every request starts an image, whatever its token."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Remember nothing."""
        return None


class _SomeForgotten(Behaviour):
    """Some tokens are not found again."""

    def is_found(self, token: str) -> bool:
        """Whether a token is found again."""
        raise NotImplementedError

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Find only some."""
        return super().recall(call, request) if self.is_found(request.client_token) else None


@defect("token-stored-in-32-characters", breaks="idempotency.replay.same-image")
class TokenStoredInThirtyTwoCharacters(_SomeForgotten):
    """A token is cut to 32 characters when it is stored, and looked up whole."""

    def is_found(self, token: str) -> bool:
        """Only what was not cut."""
        return len(token) <= 32


@defect("token-with-quotes-escaped-twice", breaks="idempotency.replay.same-image")
class TokenWithQuotesEscapedTwice(_SomeForgotten):
    """A quote in a token is escaped twice when it is stored, and once when it is looked up."""

    def is_found(self, token: str) -> bool:
        """Only what needs no escapes."""
        return "'" not in token


@defect("token-of-one-character-ignored", breaks="idempotency.replay.same-image")
class TokenOfOneCharacterIgnored(_SomeForgotten):
    """A token of one character is taken for none."""

    def is_found(self, token: str) -> bool:
        """Only the longer ones."""
        return len(token) > 1


@defect("token-ignored-with-charset", breaks="idempotency.replay.same-image")
class TokenIgnoredWithCharset(Behaviour):
    """A request whose content type has a parameter goes past the layer that remembers tokens."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Remember only what is application/json to the letter."""
        plain = call.headers.get("content-type") == self.operation.content_type
        return super().recall(call, request) if plain else None


@defect("token-forgotten-once-replayed", breaks="idempotency.replay.same-image")
class TokenForgottenOnceReplayed(Behaviour):
    """A token is good for one replay; after that it starts an image again."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Replay and forget."""
        outcome = await super().replay(call, request, first)
        del self.store.executions[self.token_key(call, request)]
        return outcome


@defect("replay-refused", breaks="idempotency.replay.succeeds")
class ReplayRefused(Behaviour):
    """A token that was used is refused, as a key that must be unique."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Refuse the same as well as the different."""
        await super().replay(call, request, first)
        raise self.bad_parameter("clientToken exists already")


@defect("replay-mismatched", breaks="idempotency.replay.succeeds")
class ReplayMismatched(Behaviour):
    """Any use of a used token is a mismatch, also with the same parameters."""

    def differs(self, request: StartRequest, first: StartRequest) -> bool:
        """Compare objects and not their values."""
        return request is not first


@defect("replay-gets-latest-image", breaks="idempotency.replay.after-other-tokens")
class ReplayGetsLatestImage(Behaviour):
    """A replay gets the latest image of the pipeline, which is not always the one that its token started."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Look the pipeline's image up."""
        outcome = await super().replay(call, request, first)
        pipeline = self.find(request)
        latest = Execution(first.request, pipeline.image_arn(pipeline.last_build), first.request_id)
        return Outcome(request, latest, outcome.replayed)


@defect("replay-starts-hidden-build", breaks="idempotency.hidden-builds")
class ReplayStartsHiddenBuild(Behaviour):
    """A replay gets the image of the first request, and starts another that nobody hears of."""

    async def replay(self, call: Call, request: StartRequest, first: Execution) -> Outcome:
        """Start before looking."""
        self.find(request).next_build()
        return await super().replay(call, request, first)


@defect("token-ignored-in-chunks", breaks="idempotency.replay.same-image")
class TokenIgnoredInChunks(Behaviour):
    """A request without Content-Length goes past the layer that remembers tokens."""

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Look a token up where there is a length."""
        return super().recall(call, request) if "content-length" in call.headers else None


@defect("token-looked-up-in-stale-snapshot", breaks="idempotency.replay.same-image")
class TokenLookedUpInStaleSnapshot(Behaviour):
    """A replay leaves its transaction open on its connection, which sees no token of later until it writes."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.snapshots: dict[Connection, dict[Hashable, Execution]] = {}

    def recall(self, call: Call, request: StartRequest) -> Execution | None:
        """Look the token up in what the connection saw when it first only read."""
        seen = self.snapshots.get(call.connection, self.store.executions)
        found = seen.get(self.token_key(call, request))
        if found is not None:
            self.snapshots.setdefault(call.connection, dict(seen))
        return found

    def remember(self, call: Call, request: StartRequest, execution: Execution) -> None:
        """Commit, so that the next transaction sees all."""
        self.snapshots.pop(call.connection, None)
        super().remember(call, request, execution)
