"""An image is cancelled while it is being built, then deleted, and nothing else is done to it."""

import pytest
from botocore.exceptions import ClientError

from imagebuilder_conformance.cleaning.removal import Fate, Removal, Remover

from .scripted import ARN, Clock, Scripted, refusal


def removed(images: Scripted, clock: Clock | None = None) -> Removal:
    clock = clock or Clock()
    [removal] = Remover(images, pause=clock.pause, clock=clock).remove([ARN])
    assert images.asked == {ARN}
    return removal


@pytest.mark.parametrize("status", ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING"])
def test_a_build_is_cancelled_then_deleted(status: str) -> None:
    images = Scripted([status, "CANCELLED"])
    removal = removed(images)
    assert (removal.fate, images.done) == (Fate.REMOVED, ["cancel", "delete"])
    assert status in removal.words


@pytest.mark.parametrize("status", ["AVAILABLE", "CANCELLED", "FAILED", "DEPRECATED", "DISABLED", "in no state"])
def test_what_is_no_longer_built_is_only_deleted(status: str) -> None:
    images = Scripted([status])
    assert removed(images).fate is Fate.REMOVED
    assert images.done == ["delete"]


def test_what_is_gone_already_is_fine() -> None:
    images = Scripted([None])
    assert removed(images).fate is Fate.GONE
    assert images.done == []


def test_a_build_that_goes_on_after_it_was_cancelled_is_waited_for() -> None:
    images, clock = Scripted(["BUILDING"] * 5 + ["CANCELLED"]), Clock()
    assert removed(images, clock).fate is Fate.REMOVED
    assert clock.now > 0


def test_patience_ends_and_the_image_is_left_with_the_advice_to_come_again() -> None:
    images, clock = Scripted(["BUILDING"]), Clock()
    removal = removed(images, clock)
    assert (removal.fate, images.done) == (Fate.LEFT, ["cancel"])
    assert "call cleanup again later" in removal.words
    assert 300 < clock.now < 330


def test_a_build_that_ends_before_it_is_cancelled_is_deleted() -> None:
    late = refusal("CancelImageCreation", "InvalidRequestException", 400)
    images = Scripted(["BUILDING", "AVAILABLE"], cancelling=late)
    assert removed(images).fate is Fate.REMOVED
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
    assert (removal.fate, images.done) == (Fate.LEFT, done)
    assert "was answered 403 ForbiddenException: No." in removal.words


def test_an_image_that_can_not_be_looked_at_is_left() -> None:
    images = Scripted([None], seeing=refusal("GetImage"))
    assert removed(images).fate is Fate.LEFT
    assert images.done == []


def test_what_an_image_has_made_is_named_for_deleting_leaves_it() -> None:
    assert removed(Scripted(["AVAILABLE"], outputs=("ami-1 in us-east-1",))).outputs == ("ami-1 in us-east-1",)


def test_all_builds_are_cancelled_before_one_is_waited_for() -> None:
    images, clock = Scripted(["BUILDING", "BUILDING", "CANCELLED"]), Clock()
    list(Remover(images, pause=clock.pause, clock=clock).remove([ARN, f"{ARN}2"]))
    assert images.done == ["cancel", "cancel", "delete", "delete"]


@pytest.mark.parametrize(("status", "words"), [("BUILDING", "cancelled and deleted"), ("FAILED", "would be deleted")])
def test_a_preview_only_looks(status: str, words: str) -> None:
    images = Scripted([status])
    [removal] = Remover(images).preview([ARN])
    assert (removal.fate, images.done) == (Fate.TO_REMOVE, [])
    assert words in removal.words


def test_a_refusal_is_told_on_one_line() -> None:
    error: ClientError = refusal("DeleteImage")
    error.response["Error"]["Message"] = "First.\nSecond."
    assert "\n" not in removed(Scripted(["FAILED"], deleting=error)).words
