"""The images of an endpoint, seen, cancelled and deleted through the SDK."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore import exceptions
from botocore.exceptions import ClientError

from imagebuilder_conformance.client.refusals import NOT_FOUND, code_of
from imagebuilder_reports.moments import read

UNREACHABLE = (exceptions.ConnectionError, exceptions.HTTPClientError)
"""What the SDK raises where a target can't be reached, after its retries."""

# By the SDK's model a new image moves through these and ends in another.
_BUILDING = frozenset({"PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING"})
_DELETED = "DELETED"
# A target that gives a next page for ever must not keep the command for ever.
_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Image:
    """An image as the target shows it.

    `outputs` are the AMIs and container images that it has made, which deleting it leaves; `created` is None where
    the target does not say.
    """

    arn: str
    status: str
    created: datetime | None = None
    outputs: tuple[str, ...] = ()

    @property
    def is_building(self) -> bool:
        """Whether its creation can be cancelled."""
        return self.status in _BUILDING


class Images:
    """The images of an endpoint.

    Every method raises one of `REFUSALS` where the target refuses or its answer can't be read, and one of
    `UNREACHABLE` where it can't be reached.
    """

    def __init__(self, client: Any) -> None:
        # boto3 makes the classes of its clients at run time.
        self._client = client

    def look(self, arn: str) -> Image | None:
        """An image, or None where it is gone, or not shown yet."""
        try:
            answer: Mapping[str, Any] = self._client.get_image(imageBuildVersionArn=arn)
        except ClientError as error:
            if code_of(error) == NOT_FOUND:
                return None
            raise
        image = _image(answer.get("image") or {}, arn)
        return None if image.status == _DELETED else image

    def cancel(self, arn: str) -> None:
        """Cancel the creation of an image. The SDK makes the token."""
        self._client.cancel_image_creation(imageBuildVersionArn=arn)

    def delete(self, arn: str) -> bool:
        """Delete an image; tells whether it was there."""
        try:
            self._client.delete_image(imageBuildVersionArn=arn)
        except ClientError as error:
            if code_of(error) == NOT_FOUND:
                return False
            raise
        return True

    def of_pipeline(self, pipeline: str) -> Iterator[Image]:
        """The images that a pipeline has made."""
        rest: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page: Mapping[str, Any] = self._client.list_image_pipeline_images(imagePipelineArn=pipeline, **rest)
            yield from (_image(each, "") for each in page.get("imageSummaryList") or ())
            if not page.get("nextToken"):
                return
            rest = {"nextToken": page["nextToken"]}


def _ami(made: Mapping[str, Any]) -> str:
    ami, region = made.get("image"), made.get("region")
    return f"{ami} in {region} and its snapshots (aws ec2 describe-images --region {region} --image-ids {ami})"


def _image(members: Mapping[str, Any], arn: str) -> Image:
    made = members.get("outputResources") or {}
    outputs = [_ami(each) for each in made.get("amis") or ()]
    outputs += [uri for each in made.get("containers") or () for uri in each.get("imageUris") or ()]
    return Image(
        arn=str(members.get("arn") or arn),
        status=str((members.get("state") or {}).get("status") or "in no state"),
        created=read(members.get("dateCreated")),
        outputs=tuple(outputs),
    )
