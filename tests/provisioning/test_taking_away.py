"""What is taken away goes in the order in which it can, is tried again as long as it may help, and is never lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from imagebuilder_conformance.provisioning.removing import Taker
from imagebuilder_reports.provisioned import Provisioned, ResourceState
from tests.cleaning.scripted import Clock, refusal

STARTED = datetime(2026, 3, 4, tzinfo=UTC)
RESOURCES = tuple(
    Provisioned(kind=kind, name=name, arn=f"arn:{kind}/{name}")
    for kind, name in (
        ("infrastructure-configuration", "a"),
        ("image-recipe", "a"),
        ("image-pipeline", "first"),
        ("image-pipeline", "second"),
    )
)


@dataclass
class Scripted:
    """boto3's client: `refuses` says what a call of an operation raises, by its name; `listed` is what there is."""

    refuses: Callable[[str], Exception | None] = lambda _: None
    listed: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Mapping[str, Any]]:
        def call(**members: str) -> Mapping[str, Any]:
            self.asked.append(" ".join([name, *members.values()]))
            error = self.refuses(name)
            if error is not None:
                raise error
            return {"imageRecipeSummaryList": self.listed}

        return call


def dependency(operation: str = "DeleteImageRecipe") -> ClientError:
    return refusal(operation, "ResourceDependencyException", 400)


@dataclass
class Trial:
    """What came of taking away: the last that was noted of each resource, and how long it took."""

    client: Scripted
    age: float = 0.0
    clock: Clock = field(default_factory=Clock)
    noted: dict[str, Provisioned] = field(default_factory=dict)
    depended: int = 0

    def take(self, resources: tuple[Provisioned, ...] = RESOURCES, **options: Any) -> "Trial":
        def note(resource: Provisioned) -> None:
            self.noted[f"{resource.kind} {resource.name}"] = resource

        def on_dependency() -> None:
            self.depended += 1

        Taker(
            self.client,
            note,
            **{"patience": 20.0, "visible": 60.0, **options},
            started=STARTED.isoformat(),
            on_dependency=on_dependency,
            pause=self.clock.pause,
            clock=self.clock,
            now=lambda: STARTED + timedelta(seconds=self.age + self.clock()),
        ).take_away(resources)
        return self

    def state(self, name: str) -> ResourceState:
        return self.noted[name].state


def test_what_was_made_last_goes_first() -> None:
    trial = Trial(Scripted()).take()
    assert trial.client.asked == [
        "delete_image_pipeline arn:image-pipeline/second",
        "delete_image_pipeline arn:image-pipeline/first",
        "delete_image_recipe arn:image-recipe/a",
        "delete_infrastructure_configuration arn:infrastructure-configuration/a",
    ]
    assert {each.state for each in trial.noted.values()} == {ResourceState.REMOVED}
    assert trial.clock() == 0.0


def test_what_is_taken_away_already_is_not_asked_for() -> None:
    gone = Provisioned(kind="image-recipe", name="a", arn="arn:x", state=ResourceState.REMOVED)
    assert Trial(Scripted()).take((gone,)).client.asked == []


@pytest.mark.parametrize("code", ["ResourceInUseException", "CallRateLimitExceededException", "ServiceException"])
def test_what_may_pass_is_tried_as_long_as_the_patience_lasts(code: str) -> None:
    status = 500 if code == "ServiceException" else 400
    client = Scripted(lambda name: refusal("X", code, status) if name == "delete_image_recipe" else None)
    trial = Trial(client).take(patience=10.0)
    assert 10.0 <= trial.clock() < 20.0
    assert trial.state("image-recipe a") is ResourceState.LEFT
    assert trial.state("infrastructure-configuration a") is ResourceState.REMOVED
    assert code in (trial.noted["image-recipe a"].reason or "")


def test_without_patience_each_is_tried_once() -> None:
    client = Scripted(lambda _: refusal("X", "ResourceInUseException", 400))
    assert len(Trial(client).take(patience=0.0).client.asked) == len(RESOURCES)


def test_a_plain_refusal_is_the_last_word() -> None:
    client = Scripted(lambda name: refusal("X") if name == "delete_image_pipeline" else None)
    trial = Trial(client).take()
    assert trial.clock() == 0.0
    assert trial.state("image-pipeline first") is ResourceState.LEFT


def test_what_is_not_known_is_gone_and_elsewhere_it_is_left() -> None:
    client = Scripted(lambda _: refusal("X", "ResourceNotFoundException", 404))
    assert Trial(client).take().state("image-recipe a") is ResourceState.REMOVED
    elsewhere = Trial(client).take(elsewhere=True)
    assert elsewhere.state("image-recipe a") is ResourceState.LEFT
    assert "another target" in (elsewhere.noted["image-recipe a"].reason or "")


def test_a_dependency_is_said_once_and_tried_again() -> None:
    left = [dependency(), dependency(), dependency()]
    client = Scripted(lambda name: left.pop() if name == "delete_image_recipe" and left else None)
    trial = Trial(client).take()
    assert trial.depended == 1
    assert trial.state("image-recipe a") is ResourceState.REMOVED


UNANSWERED = Provisioned(kind="image-recipe", name="mine", state=ResourceState.ASKED)


def test_what_has_no_arn_yet_gets_it_from_the_list() -> None:
    client = Scripted(listed=[{"name": "theirs", "arn": "arn:theirs"}, {"name": "mine", "arn": "arn:mine"}])
    trial = Trial(client).take((UNANSWERED,))
    assert client.asked == ["list_image_recipes", "delete_image_recipe arn:mine"]
    assert trial.noted["image-recipe mine"].state is ResourceState.REMOVED
    assert trial.noted["image-recipe mine"].arn == "arn:mine"


@pytest.mark.parametrize(("age", "state"), [(1.0, ResourceState.LEFT), (61.0, ResourceState.REMOVED)])
def test_what_is_not_listed_may_be_there_until_it_must_be_listed(age: float, state: ResourceState) -> None:
    trial = Trial(Scripted(), age=age).take((UNANSWERED,), patience=0.0)
    assert trial.state("image-recipe mine") is state
    assert trial.client.asked == ["list_image_recipes"]


def test_what_another_release_made_is_left_and_named() -> None:
    unknown = Provisioned(kind="flying-carpet", name="x", arn="arn:x")
    trial = Trial(Scripted()).take((unknown,))
    assert trial.noted["flying-carpet x"].reason == "this release knows no flying-carpet"


def test_a_target_that_is_gone_is_not_asked_again_and_again() -> None:
    client = Scripted(lambda _: EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    trial = Trial(client)
    with pytest.raises(EndpointConnectionError):
        trial.take()
    assert len(client.asked) == 1
