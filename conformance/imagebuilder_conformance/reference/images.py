"""The operations on images beside the one under test: what it takes to see, cancel and delete what was started.

Methods, paths and shapes are those of the SDK's service model, botocore's `imagebuilder` 2019-12-02. What the model
leaves open is assumed: which error an image gets that does not exist, that is still being built, or that is not.
They stand apart from `Behaviour`, so that no defect and no rate limit reaches them.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.errors import Fault
from imagebuilder_conformance.reference.lifecycle import ImageLife, ServiceLike
from imagebuilder_conformance.reference.messages import Answer, Call
from imagebuilder_conformance.reference.store import Image, ImageStatus
from imagebuilder_conformance.reference.validation import UnreadableBodyError, parse

_DEFAULT_PAGE = 25
_LARGEST_PAGE = 100


class ImageOperations:
    """Answers GetImage, CancelImageCreation, DeleteImage and ListImagePipelineImages for the images of a behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._store = behaviour.store
        # Signatures are verified and answers are formed as by a target without defects.
        lifecycle = behaviour.settings.lifecycle
        self._plain = (Behaviour if lifecycle is None else ServiceLike)(behaviour.settings)
        self._life = None if lifecycle is None else ImageLife(lifecycle)
        self._operations: Mapping[tuple[str, str], Callable[[Call], dict[str, Any]]] = {
            ("GET", "/GetImage"): self._get,
            ("PUT", "/CancelImageCreation"): self._cancel,
            ("DELETE", "/DeleteImage"): self._delete,
            ("POST", "/ListImagePipelineImages"): self._list,
        }

    def serves(self, call: Call) -> bool:
        """Whether a call is to one of these operations."""
        return (call.method, call.path) in self._operations

    def answer(self, call: Call) -> Answer:
        """Answer a call to one of these operations."""
        try:
            if self._life is not None:
                self._life.throttle()
            self._plain.authenticate(call)
            self._plain.authorize(call)
            document = self._operations[call.method, call.path](call)
        except Fault as fault:
            return self._plain.refuse(call, fault)
        body = self._plain.encode({"requestId": call.request_id, **document})
        return Answer(self._plain.operation.success_status, body, self._plain.success_headers(call))

    def _get(self, call: Call) -> dict[str, Any]:
        image = self._image(parse_qs(call.query).get("imageBuildVersionArn", [None])[0])
        return {"image": {**_summary(image), "sourcePipelineArn": image.pipeline}}

    def _visible(self, image: Image) -> bool:
        """Whether an image is shown, as what time has made of it."""
        if self._life is not None:
            self._life.advance(image)
        return self._life is None or self._life.is_shown(image)

    def _cancel(self, call: Call) -> dict[str, Any]:
        members = _members(call)
        image = self._image(members.get("imageBuildVersionArn"))
        if image.status is not ImageStatus.BUILDING:
            raise Fault("InvalidRequestException", f"The image is {image.status}; there is nothing to cancel.")
        if self._life is None:
            image.status = ImageStatus.CANCELLED
        else:
            self._life.expect_idle(image)
            self._life.cancel(image)
        return {"clientToken": members.get("clientToken"), "imageBuildVersionArn": image.arn}

    def _delete(self, call: Call) -> dict[str, Any]:
        image = self._image(parse_qs(call.query).get("imageBuildVersionArn", [None])[0])
        if image.status is ImageStatus.BUILDING:
            raise Fault("InvalidRequestException", "The image is being built; cancel its creation first.")
        if self._life is not None:
            self._life.expect_idle(image)
        del self._store.images[image.arn]
        return {"imageBuildVersionArn": image.arn}

    def _list(self, call: Call) -> dict[str, Any]:
        """A page of a pipeline's images. By the model a pipeline that does not exist has none, and is no error."""
        members = _members(call)
        first, size = _page(members)
        images = [
            each
            for each in self._store.images.values()
            if each.pipeline == members.get("imagePipelineArn") and self._visible(each)
        ]
        rest = {"nextToken": str(first + size)} if first + size < len(images) else {}
        return {"imageSummaryList": [_summary(each) for each in images[first : first + size]], **rest}

    def _image(self, arn: object) -> Image:
        image = self._store.images.get(arn) if isinstance(arn, str) else None
        if image is None or not self._visible(image):
            raise Fault("ResourceNotFoundException", f"The image {arn} does not exist.")
        return image


def _members(call: Call) -> dict[str, Any]:
    try:
        document = parse(call.body)
    except UnreadableBodyError as error:
        raise Fault("InvalidRequestException", f"The request cannot be read: {error}.") from error
    if not isinstance(document, dict):
        raise Fault("InvalidRequestException", "The request cannot be read: expected a JSON object.")
    return document


def _page(members: Mapping[str, Any]) -> tuple[int, int]:
    """Where a page begins, and how many images it holds at most."""
    first, size = members.get("nextToken") or "0", members.get("maxResults") or _DEFAULT_PAGE
    if not (isinstance(first, str) and first.isdecimal()):
        raise Fault("InvalidPaginationTokenException", "The nextToken is none that was given out.", status=400)
    # The parser gives numbers as floats.
    if not isinstance(size, float | int) or not 1 <= size <= _LARGEST_PAGE:
        raise Fault("ClientException", f"A parameter is invalid: maxResults is not from 1 to {_LARGEST_PAGE}.")
    return int(first), int(size)


def _summary(image: Image) -> dict[str, Any]:
    return {
        "arn": image.arn,
        "type": "AMI",
        "state": {"status": image.status},
        "dateCreated": image.created.isoformat(timespec="milliseconds"),
        **({"outputResources": {"amis": [_ami(image)]}} if image.status is ImageStatus.AVAILABLE else {}),
    }


def _ami(image: Image) -> dict[str, Any]:
    """The AMI that a build leaves; an identifier of EC2's form, made from the image's name."""
    digest = hashlib.sha256(image.arn.encode()).hexdigest()
    region, account = image.arn.split(":")[3:5]
    return {"region": region, "image": f"ami-{digest[:17]}", "name": image.arn.rsplit("/", 3)[1], "accountId": account}
