"""An image is cancelled while it is being built, then deleted, and nothing else is done to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagebuilder_conformance.cleaning.images import Image, Images
from imagebuilder_conformance.cleaning.removal import Removal, RemovalStatus, Remover
from imagebuilder_reports.events import TargetInfo
from imagebuilder_reports.ledger import StartedBuilds
from imagebuilder_reports.model import Execution

from .scripted import ARN, Clock, Scripted, refusal

BEGAN = datetime(2026, 11, 27, 8, tzinfo=UTC)
LONG_AGO = 3600.0
PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/nightly"
IN_USE = ("CancelImageCreation", "ResourceInUseException", 400)


def started(arn: str = ARN, token: str = "a-token-of-the-run", *, seconds: float = 0.0) -> Execution:
    """A start, so many seconds after the run began, answered at once."""
    moment = (BEGAN + timedelta(seconds=seconds)).isoformat()
    return Execution("x0001", token, PIPELINE, arn, moment, moment)


def remover(images: Images, clock: Clock, *starts: Execution, **how: Any) -> Remover:
    builds = StartedBuilds(
        contract="documented",
        target=TargetInfo("a target", "http://127.0.0.1:1", "us-east-1", (PIPELINE,), reference=False),
        started=BEGAN.isoformat(),
        nonce="noncenon",
        executions=starts,
    )
    now = lambda: BEGAN + timedelta(seconds=clock.now)  # noqa: E731
    return Remover(images, builds, pause=clock.pause, clock=clock, now=now, **how)


def removals(images: Images, clock: Clock, *starts: Execution, **how: Any) -> list[Removal]:
    return list(remover(images, clock, *starts, **how).remove(starts))


def removed(images: Scripted, clock: Clock | None = None) -> Removal:
    """What came of an image that was started long ago."""
    [removal] = removals(images, clock or Clock(LONG_AGO), started())
    assert images.asked == {ARN}
    return removal


@pytest.mark.parametrize("status", ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING"])
def test_a_build_is_cancelled_then_deleted(status: str) -> None:
    images = Scripted([status, "CANCELLED"])
    removal = removed(images)
    assert (removal.status, images.done) == (RemovalStatus.REMOVED, ["cancel", "delete"])
    assert status in removal.words


@pytest.mark.parametrize("status", ["AVAILABLE", "CANCELLED", "FAILED", "DEPRECATED", "DISABLED", "in no state"])
def test_what_is_no_longer_built_is_only_deleted(status: str) -> None:
    images = Scripted([status])
    assert removed(images).status is RemovalStatus.REMOVED
    assert images.done == ["delete"]


def test_what_is_gone_already_is_fine() -> None:
    images = Scripted([None])
    assert removed(images).status is RemovalStatus.GONE
    assert images.done == []


def test_a_build_that_goes_on_after_it_was_cancelled_is_waited_for() -> None:
    images, clock = Scripted(["BUILDING"] * 5 + ["CANCELLED"]), Clock()
    assert removed(images, clock).status is RemovalStatus.REMOVED
    assert clock.now > 0


def test_patience_ends_and_the_image_is_left_with_the_advice_to_come_again() -> None:
    images, clock = Scripted(["BUILDING"]), Clock(LONG_AGO)
    removal = removed(images, clock)
    assert (removal.status, images.done) == (RemovalStatus.LEFT, ["cancel"])
    assert "call cleanup again later" in removal.words
    assert 300 < clock.now - LONG_AGO < 330


def test_a_build_that_ends_before_it_is_cancelled_is_deleted() -> None:
    late = refusal("CancelImageCreation", "InvalidRequestException", 400)
    images = Scripted(["BUILDING", "AVAILABLE"], cancelling=late)
    assert removed(images).status is RemovalStatus.REMOVED
    assert images.done == ["cancel", "delete"]


@pytest.mark.parametrize(
    ("images", "done"),
    [
        (Scripted(["BUILDING"], cancelling=refusal("CancelImageCreation")), ["cancel"]),
        (Scripted(["AVAILABLE"], deleting=refusal("DeleteImage")), ["delete"]),
    ],
    ids=["cancel", "delete"],
)
def test_what_the_target_refuses_is_left_and_says_why(images: Scripted, done: list[str]) -> None:
    removal = removed(images)
    assert (removal.status, set(images.done)) == (RemovalStatus.LEFT, set(done))
    assert "was answered 403 ForbiddenException: No." in removal.words


def test_an_image_that_can_not_be_looked_at_is_left() -> None:
    images = Scripted([None], seeing=refusal("GetImage"))
    assert removed(images).status is RemovalStatus.LEFT
    assert images.done == []


def test_what_an_image_has_made_is_named_for_deleting_leaves_it() -> None:
    assert removed(Scripted(["AVAILABLE"], outputs=("ami-1 in us-east-1",))).outputs == ("ami-1 in us-east-1",)


def test_all_builds_are_cancelled_before_one_is_waited_for() -> None:
    images = Scripted(["BUILDING", "BUILDING", "CANCELLED"])
    removals(images, Clock(LONG_AGO), started(), started(f"{ARN}2"))
    assert images.done == ["cancel", "cancel", "delete", "delete"]


@pytest.mark.parametrize(("status", "words"), [("BUILDING", "cancelled and deleted"), ("FAILED", "would be deleted")])
def test_a_preview_only_looks(status: str, words: str) -> None:
    images = Scripted([status])
    [removal] = remover(images, Clock(LONG_AGO), started()).preview([started()])
    assert (removal.status, images.done) == (RemovalStatus.TO_REMOVE, [])
    assert words in removal.words


def test_a_refusal_is_told_on_one_line() -> None:
    error: ClientError = refusal("DeleteImage")
    error.response["Error"]["Message"] = "First.\nSecond."
    assert "\n" not in removed(Scripted(["FAILED"], deleting=error)).words


# What is too early


def test_what_is_not_shown_at_once_is_cancelled_all_the_same_and_removed_when_it_is_shown() -> None:
    images = Scripted([None, None, None, "CANCELLED"])
    [removal] = removals(images, Clock(), started())
    assert (removal.status, images.done) == (RemovalStatus.REMOVED, ["cancel", "delete"])


def test_what_is_never_shown_is_gone_only_after_its_time() -> None:
    unknown = refusal("CancelImageCreation", "ResourceNotFoundException", 404)
    images, clock = Scripted([None], cancelling=unknown), Clock()
    [removal] = removals(images, clock, started())
    assert removal.status is RemovalStatus.GONE
    assert 60 <= clock.now < 90


def test_what_was_cancelled_unseen_and_is_never_shown_is_left() -> None:
    images, clock = Scripted([None]), Clock()
    [removal] = removals(images, clock, started())
    assert (removal.status, images.done) == (RemovalStatus.LEFT, ["cancel"])
    assert "not shown" in removal.words


@pytest.mark.parametrize(
    "refused", [IN_USE, ("CancelImageCreation", "InvalidRequestException", 400), ("CancelImageCreation", "", 503)]
)
def test_a_refused_cancel_is_tried_again(refused: tuple[str, str, int]) -> None:
    class Busy(Scripted):
        def cancel(self, arn: str) -> None:
            super().cancel(arn)
            if len(self.done) < 4:
                raise refusal(*refused)
            self.statuses = ["CANCELLED"]

    images = Busy(["BUILDING"])
    [removal] = removals(images, Clock(), started())
    assert (removal.status, images.done) == (RemovalStatus.REMOVED, ["cancel"] * 4 + ["delete"])


def test_a_refused_cancel_is_left_when_patience_ends() -> None:
    images, clock = Scripted(["BUILDING"], cancelling=refusal(*IN_USE)), Clock()
    [removal] = removals(images, clock, started())
    assert removal.status is RemovalStatus.LEFT
    assert "ResourceInUseException" in removal.words
    assert 300 < clock.now < 330


def test_a_refused_delete_is_tried_again() -> None:
    class Busy(Scripted):
        def delete(self, arn: str) -> bool:
            super().delete(arn)
            if len(self.done) < 3:
                raise refusal("DeleteImage", "ResourceInUseException", 400)
            return True

    [removal] = removals(Busy(["CANCELLED"]), Clock(), started())
    assert removal.status is RemovalStatus.REMOVED


def test_keys_that_are_refused_are_asked_for_anew_but_not_for_ever() -> None:
    class Expired(Scripted):
        asked_for = 0
        after = 2

        def look(self, arn: str) -> Image | None:
            self.asked_for += 1
            if self.asked_for <= self.after:
                raise refusal("GetImage", "ExpiredTokenException")
            return super().look(arn)

    [removal] = removals(Expired(["CANCELLED"]), Clock(), started())
    assert removal.status is RemovalStatus.REMOVED
    for_ever = Expired(["CANCELLED"])
    for_ever.after = 1000
    [removal] = removals(for_ever, Clock(), started())
    assert removal.status is RemovalStatus.LEFT
    assert for_ever.asked_for == 3


def test_how_long_images_took_to_be_shown_is_how_long_the_others_are_waited_for() -> None:
    images, clock = Scripted([None] * 2 + ["CANCELLED"]), Clock()
    removing = remover(images, clock, started())
    assert [each.status for each in removing.remove([started()])] == [RemovalStatus.REMOVED]
    assert removing.visible == 60
    images, clock = Scripted([None] * 4 + ["CANCELLED"]), Clock(50)
    removing = remover(images, clock, started())
    list(removing.remove([started()]))
    assert removing.visible > 100


def test_what_another_target_does_not_know_is_left() -> None:
    [removal] = removals(Scripted([None]), Clock(LONG_AGO), started(), elsewhere=True)
    assert removal.status is RemovalStatus.LEFT


# Whose it is


class Dated(Scripted):
    """Each image with a date of its own, seconds after the run began by the target's clock; without one where none."""

    def __init__(self, dates: dict[str, float | None]) -> None:
        super().__init__(["CANCELLED"])
        self.dates = dates

    def look(self, arn: str) -> Image | None:
        date = self.dates[arn]
        return Image(arn, "CANCELLED", None if date is None else BEGAN + timedelta(seconds=date))


def numbered(number: int, name: str = "recipe") -> str:
    return f"arn:aws:imagebuilder:us-east-1:123456789012:image/{name}/1.0.0/{number}"


@pytest.mark.parametrize("token", ["c", "__proto__", "constructar"])
@pytest.mark.parametrize(
    ("any_run", "dates", "status"),
    [
        # Numbered before the first image of the run.
        (numbered(4), (0.0, 3.0), RemovalStatus.OTHERS),
        (numbered(4), (None, None), RemovalStatus.OTHERS),
        # Numbered after it, but made before it was asked for: by a run at the same time. Clocks may differ.
        (numbered(6), (0.0, 1.0), RemovalStatus.OTHERS),
        (numbered(6), (-200.0, -197.0), RemovalStatus.OTHERS),
        (numbered(6), (0.0, 10.2), RemovalStatus.REMOVED),
        (numbered(6), (-200.0, -189.5), RemovalStatus.REMOVED),
        (numbered(6), (None, None), RemovalStatus.REMOVED),
        # Not comparable by number.
        (numbered(1, "other"), (0.0, -60.0), RemovalStatus.OTHERS),
        (numbered(1, "other"), (0.0, 10.0), RemovalStatus.REMOVED),
        (numbered(1, "other"), (None, None), RemovalStatus.LEFT),
    ],
)
def test_the_image_of_a_token_that_any_run_may_use_is_removed_only_if_it_is_the_run_s(
    any_run: str, dates: tuple[float | None, float | None], status: RemovalStatus, token: str
) -> None:
    own, other = started(numbered(5)), started(any_run, token, seconds=10)
    images = Dated({numbered(5): dates[0], any_run: dates[1]})
    # The first one in the list is the last one to be removed: the others tell whose it is.
    statuses = {each.image: each.status for each in removals(images, Clock(LONG_AGO), other, own)}
    assert statuses == {numbered(5): RemovalStatus.REMOVED, any_run: status}
    assert images.done.count("delete") == 1 + (status is RemovalStatus.REMOVED)


def test_an_image_that_is_far_older_than_the_run_is_left_whatever_its_token() -> None:
    [removal] = removals(Dated({ARN: -3600.0}), Clock(LONG_AGO), started())
    assert removal.status is RemovalStatus.LEFT
