"""Taking away what was made for a run: what was made last goes first, as it rests on the others.

A target that can't be reached raises what the SDK raises then, after its retries.
"""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name

from imagebuilder_conformance.client.refusals import NOT_FOUND, REFUSALS, code_of, may_pass, sentence
from imagebuilder_conformance.provisioning.resources import KINDS, Kind
from imagebuilder_reports.moments import read
from imagebuilder_reports.provisioned import Provisioned, ResourceState

# Seconds between two rounds; the last one again and again.
_WAITS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
# What AWS answers for a recipe on which a pipeline rests, as terraform-provider-aws has it in its issue 39985.
_DEPENDENCY = "ResourceDependencyException"
_ELSEWHERE = "not known here; the run was against another target, where it may be"
# A target that gives a next page for ever must not keep the command for ever.
_MOST_PAGES = 200


class Taker:
    """Takes resources away, round after round.

    Args:
        client: boto3's client of the target.
        note: Is told what came of each resource.
        patience: How long, in seconds, to try without any resource getting further.
        visible: How long after it was asked for, in seconds, a resource may be unlisted and yet be there.
        started: When the run began, ISO 8601 in UTC; nothing was asked for before.
        elsewhere: Whether the target is not the one of the run, so that what it does not know may be there.
        on_dependency: Is called once where something rests on a resource that is to go, such as the run's images.
        pause: Waits for so many seconds.
        clock: Seconds that pass.
        now: The present moment.
    """

    def __init__(
        self,
        client: Any,
        note: Callable[[Provisioned], None],
        *,
        patience: float,
        visible: float,
        started: str,
        elsewhere: bool = False,
        on_dependency: Callable[[], None] = lambda: None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        # boto3 makes the classes of its clients at run time.
        self._client = client
        self._note = note
        self._patience = patience
        self._visible = visible
        self._started = started
        self._elsewhere = elsewhere
        self._on_dependency: Callable[[], None] | None = on_dependency
        self._pause = pause
        self._clock = clock
        self._now = now
        self._progress = clock()

    def take_away(self, resources: Sequence[Provisioned]) -> None:
        """Take away those that are, or may be, there; `note` is told of each one as soon as something is known."""
        open_ = [each for each in reversed(resources) if each.is_there]
        self._progress = self._clock()
        for wait in itertools.chain(_WAITS, itertools.repeat(_WAITS[-1])):
            self._pause(wait)
            open_ = [tried for each in open_ if (tried := self._try(each)) is not None]
            if not open_ or self._clock() - self._progress >= self._patience:
                return

    def _try(self, each: Provisioned) -> Provisioned | None:
        """Do what can be done to a resource now; what is to be tried again, if anything is."""
        kind = KINDS.get(each.kind)
        if kind is None:
            return self._left(each, f"this release knows no {each.kind}")
        try:
            if each.arn is None:
                each = replace(each, arn=self._arn(kind, each.name))
            if each.arn is None:
                return self._unlisted(each)
            getattr(self._client, xform_name(kind.delete))(**{kind.member: each.arn})
        except REFUSALS as error:
            return self._refused(each, error)
        return self._removed(each)

    def _arn(self, kind: Kind, name: str) -> str | None:
        """The ARN of a resource whose creation was not answered, from the list of those that there are."""
        rest: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = getattr(self._client, xform_name(kind.list))(**rest)
            for each in page.get(kind.summaries) or ():
                if each.get("name") == name and each.get("arn"):
                    return str(each["arn"])
            if not page.get("nextToken"):
                break
            rest = {"nextToken": page["nextToken"]}
        return None

    def _unlisted(self, each: Provisioned) -> Provisioned | None:
        if self._elsewhere:
            return self._left(each, _ELSEWHERE)
        began = read(self._started)
        if began is not None and (self._now() - began).total_seconds() > self._visible:
            return self._removed(each)
        return self._left(each, "its creation was not answered and it is not listed: it may be there", again=True)

    def _refused(self, each: Provisioned, error: Exception) -> Provisioned | None:
        code = code_of(error)
        if code == NOT_FOUND and each.arn is not None:
            return self._left(each, _ELSEWHERE) if self._elsewhere else self._removed(each)
        if code == _DEPENDENCY and self._on_dependency is not None:
            ask, self._on_dependency = self._on_dependency, None
            ask()
            self._progress = self._clock()
        return self._left(each, sentence(error), again=code == _DEPENDENCY or may_pass(error))

    def _removed(self, each: Provisioned) -> Provisioned | None:
        self._progress = self._clock()
        self._note(replace(each, state=ResourceState.REMOVED, reason=None))
        return None

    def _left(self, each: Provisioned, reason: str, *, again: bool = False) -> Provisioned | None:
        left = replace(each, state=ResourceState.LEFT, reason=reason)
        if left != each:
            self._note(left)
        return left if again else None
