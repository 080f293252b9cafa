"""What time does to the images and keys of the real service, as far as public tests and its documentation show it.

A build is not shown at once after its start; cancelling and deleting it are refused for a while; it builds for long and
leaves an AMI; requests are throttled; keys end. How long each takes nobody states: the defaults are short, so that
whoever waits for one does not wait long.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from imagebuilder_conformance.reference.authorization import Authorization
from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.credentials import TEMPORARY_KEY_PREFIX
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.settings import Lifecycle
from imagebuilder_conformance.reference.signatures import SignatureVerifier
from imagebuilder_conformance.reference.store import Image, ImageStatus
from imagebuilder_conformance.reference.throttle import TokenBucket


class TemporaryKeys(SignatureVerifier):
    """Knows temporary keys too: their names say when they end, in seconds since 1970."""

    epoch: Callable[[], float] = staticmethod(time.time)

    def check_key(self, authorization: Authorization) -> None:
        """The access key is a known one, or a temporary one that has not ended; only those have a session token."""
        key = authorization.access_key_id
        if not key.startswith(TEMPORARY_KEY_PREFIX):
            super().check_key(authorization)
            return
        end = key.removeprefix(TEMPORARY_KEY_PREFIX)
        if not end.isdecimal() or authorization.session_token is None:
            raise Fault("UnrecognizedClientException", "The security token is invalid.", status=403)
        if self.epoch() >= int(end):
            raise Fault("ExpiredTokenException", "The security token included in the request is expired.", status=403)
        # They are those of the caller who may start images.
        self.secrets[key] = next(iter(self.secrets.values()))


class ServiceLike(Behaviour):
    """The contract kept, with the keys of a service that gives out temporary ones."""

    verifier_class = TemporaryKeys


class ImageLife:
    """What an image shows at the present moment. Raises `Fault` for what is refused now."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self._bucket = None if lifecycle.rate_limit is None else TokenBucket(lifecycle.rate_limit)

    def throttle(self) -> None:
        """Hold the rate limit of the operations on images."""
        if self._bucket is not None and not self._bucket.take():
            raise Fault(
                "CallRateLimitExceededException", "The permitted request rate is exceeded; slow down and retry."
            )

    def is_shown(self, image: Image) -> bool:
        """Whether an image is shown yet."""
        return _age(image.created) >= self.lifecycle.invisible

    def advance(self, image: Image) -> None:
        """Let an image become what time has made of it."""
        if image.status is not ImageStatus.BUILDING:
            return
        if image.cancelled is not None:
            if _age(image.cancelled) >= self.lifecycle.cancelling:
                image.status = ImageStatus.CANCELLED
        elif _age(image.created) >= self.lifecycle.building:
            image.status = ImageStatus.AVAILABLE

    def expect_idle(self, image: Image) -> None:
        """Refuse what can't be done to an image so soon after its start, or after it was cancelled."""
        if min(_age(each) for each in (image.created, image.cancelled) if each) < self.lifecycle.busy:
            raise Fault("ResourceInUseException", f"The image {image.arn} is in use; retry later.")

    def cancel(self, image: Image) -> None:
        """Begin to cancel a build."""
        if image.cancelled is None:
            image.cancelled = datetime.now(UTC)


def _age(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()
