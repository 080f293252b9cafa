"""Images that are looked at and removed as a script says, in no time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from imagebuilder_conformance.cleaning.images import Image, Images

ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image/recipe/1.0.0/1"


def refusal(operation: str, code: str = "ForbiddenException", status: int = 403) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]  # as much of it as is read
        operation,
    )


@dataclass
class Scripted(Images):
    """Every image alike, and `asked` those that anything was asked of.

    `statuses` are those of one look after the other, the last one again and again; None is gone.
    """

    statuses: Sequence[str | None]
    cancelling: ClientError | None = None
    deleting: ClientError | None = None
    outputs: tuple[str, ...] = ()
    pages: dict[str, list[Image] | ClientError] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    seeing: ClientError | None = None

    def look(self, arn: str) -> Image | None:
        self.asked.add(arn)
        if self.seeing:
            raise self.seeing
        status, *rest = self.statuses
        self.statuses = rest or [status]
        return None if status is None else Image(arn, status, outputs=self.outputs)

    def cancel(self, arn: str) -> None:
        self.asked.add(arn)
        self.done.append("cancel")
        if self.cancelling:
            raise self.cancelling

    def delete(self, arn: str) -> bool:
        self.asked.add(arn)
        self.done.append("delete")
        if self.deleting:
            raise self.deleting
        return True

    def of_pipeline(self, pipeline: str) -> Iterator[Image]:
        page = self.pages.get(pipeline, [])
        if isinstance(page, ClientError):
            raise page
        yield from page


@dataclass
class Clock:
    """A clock that only waiting moves."""

    now: float = 0.0

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now
