# ruff: noqa: ARG002 - an overridden step keeps its parameters
"""Defects in the ARN of the image and in the request id, which a success carries."""

import time
from typing import Any

from imagebuilder_conformance.reference.behaviour import Behaviour
from imagebuilder_conformance.reference.defects.registry import defect
from imagebuilder_conformance.reference.messages import Answer, Call, Execution, Outcome, StartRequest
from imagebuilder_conformance.reference.store import Pipeline

# The image


class _ImageArn(Behaviour):
    """The ARN of an image is written in some other way."""

    def rewrite(self, arn: str) -> str:
        """What is sent in the place of the ARN."""
        raise NotImplementedError

    def image_arn(self, pipeline: Pipeline) -> str:
        """Rewrite the ARN of each new image."""
        return self.rewrite(super().image_arn(pipeline))


@defect("image-arn-missing", breaks="response.image-build-version-arn.pattern")
class ImageArnMissing(Behaviour):
    """A success does not carry the ARN of the image."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Leave it out."""
        document = super().success_document(call, outcome)
        del document["imageBuildVersionArn"]
        return document


@defect("image-arn-without-version", breaks="response.image-build-version-arn.pattern")
class ImageArnWithoutVersion(_ImageArn):
    """The ARN of an image ends after its name and a number; it has no version."""

    def rewrite(self, arn: str) -> str:
        """Drop the version."""
        return arn.replace("/1.0.0/", "/")


@defect("image-arn-without-build", breaks="response.image-build-version-arn.pattern")
class ImageArnWithoutBuild(_ImageArn):
    """The ARN is the one of the image's version and not of the build, which has a fourth number."""

    def rewrite(self, arn: str) -> str:
        """Make the number of the build a part of the version."""
        head, build = arn.rsplit("/", 1)
        return f"{head.rsplit('/', 1)[0]}/1.0.{build}"


@defect("image-arn-of-pipeline", breaks="response.image-build-version-arn.pattern")
class ImageArnOfPipeline(_ImageArn):
    """The ARN of an image is the pipeline's with a version behind it."""

    def rewrite(self, arn: str) -> str:
        """Call it a pipeline."""
        return arn.replace(":image/", ":image-pipeline/")


@defect("image-arn-with-newline", breaks="response.image-build-version-arn.pattern")
class ImageArnWithNewline(_ImageArn):
    """The ARN of an image ends in a newline, as a template left it."""

    def rewrite(self, arn: str) -> str:
        """Add a newline."""
        return f"{arn}\n"


@defect("image-arn-with-capitals", breaks="response.image-build-version-arn.pattern")
class ImageArnWithCapitals(_ImageArn):
    """The image is named after the recipe's display name, which has capitals."""

    def rewrite(self, arn: str) -> str:
        """Capitalise the name."""
        return arn.replace(":image/", ":image/Recipe-")


@defect("image-arn-with-hexadecimal-build", breaks="response.image-build-version-arn.pattern")
class ImageArnWithHexadecimalBuild(_ImageArn):
    """The number of a build is written in hexadecimal digits with a prefix."""

    def rewrite(self, arn: str) -> str:
        """In hexadecimal digits."""
        head, build = arn.rsplit("/", 1)
        return f"{head}/{int(build):#x}"


@defect("image-arn-of-other-region", breaks="response.image-build-version-arn.scope")
class ImageArnOfOtherRegion(_ImageArn):
    """Every image is in us-west-2, whatever the region of its pipeline."""

    def rewrite(self, arn: str) -> str:
        """Hard-code the region."""
        parts = arn.split(":")
        return ":".join([*parts[:3], "us-west-2", *parts[4:]])


@defect("image-arn-of-other-account", breaks="response.image-build-version-arn.scope")
class ImageArnOfOtherAccount(_ImageArn):
    """Every image is in the account 000000000000, whatever the account of its pipeline."""

    def rewrite(self, arn: str) -> str:
        """Hard-code the account."""
        parts = arn.split(":")
        return ":".join([*parts[:4], "000000000000", *parts[5:]])


@defect("image-arn-of-other-partition", breaks="response.image-build-version-arn.scope")
class ImageArnOfOtherPartition(_ImageArn):
    """Every image is in the partition aws-us-gov, whatever the partition of its pipeline."""

    def rewrite(self, arn: str) -> str:
        """Hard-code the partition."""
        return f"arn:aws-us-gov:{arn.split(':', 2)[2]}"


@defect("build-number-constant", breaks="idempotency.token.distinct")
class BuildNumberConstant(Behaviour):
    """Every build of a pipeline has the number 1."""

    def image_arn(self, pipeline: Pipeline) -> str:
        """Number nothing."""
        return pipeline.image_arn(1)


@defect("images-shared-between-pipelines", breaks="idempotency.token.distinct")
class ImagesSharedBetweenPipelines(_ImageArn):
    """All pipelines build one recipe and count their builds apart, so their images have the same ARNs."""

    def rewrite(self, arn: str) -> str:
        """One name for all."""
        head, _, rest = arn.partition(":image/")
        return f"{head}:image/recipe/{rest.partition('/')[2]}"


# The identifier of the request


class _RequestId(Behaviour):
    """A success carries some other request id."""

    def identify(self, call: Call, outcome: Outcome) -> str:
        """What is sent as the request id."""
        raise NotImplementedError

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Replace the request id."""
        return {**super().success_document(call, outcome), "requestId": self.identify(call, outcome)}


@defect("request-id-missing", breaks="response.request-id.length")
class RequestIdMissing(Behaviour):
    """A success does not carry a request id in its body."""

    def success_document(self, call: Call, outcome: Outcome) -> dict[str, Any]:
        """Leave it out."""
        document = super().success_document(call, outcome)
        del document["requestId"]
        return document


@defect("request-id-empty", breaks="response.request-id.length")
class RequestIdEmpty(_RequestId):
    """The request id is the empty string."""

    def identify(self, call: Call, outcome: Outcome) -> str:
        """Nothing."""
        return ""


@defect("request-id-too-long", breaks="response.request-id.length")
class RequestIdTooLong(_RequestId):
    """The request id is one character longer than its maximum length."""

    def identify(self, call: Call, outcome: Outcome) -> str:
        """Too much."""
        limit: int = self.settings.contract.response_schema["properties"]["requestId"]["maxLength"]
        return call.request_id.ljust(limit + 1, "0")


@defect("request-id-constant", breaks="response.request-id.unique")
class RequestIdConstant(_RequestId):
    """The request id is always the same."""

    def identify(self, call: Call, outcome: Outcome) -> str:
        """A placeholder."""
        return "00000000-0000-0000-0000-000000000000"


@defect("request-id-from-clock", breaks="response.request-id.unique")
class RequestIdFromClock(_RequestId):
    """The request id is the time of the request in seconds."""

    def identify(self, call: Call, outcome: Outcome) -> str:
        """Seconds since 1970."""
        return f"request-{int(time.time())}"


@defect("request-id-of-first-use", breaks="response.request-id.unique")
class RequestIdOfFirstUse(_RequestId):
    """The request id is the one that first used the pipeline."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.first: dict[str, str] = {}

    async def start(self, call: Call, request: StartRequest, pipeline: Pipeline) -> Execution:
        """Keep the first one."""
        self.first.setdefault(pipeline.arn, call.request_id)
        return await super().start(call, request, pipeline)

    def identify(self, call: Call, outcome: Outcome) -> str:
        """The first one."""
        return self.first[outcome.execution.request.pipeline_arn]


@defect("request-id-header-missing", breaks="response.request-id.header")
class RequestIdHeaderMissing(Behaviour):
    """No answer has the header x-amzn-RequestId."""

    def request_id_header(self, call: Call) -> dict[str, str]:
        """Nothing."""
        return {}


@defect("request-id-header-missing-from-errors", breaks="response.request-id.header")
class RequestIdHeaderMissingFromErrors(Behaviour):
    """Only a success has the header x-amzn-RequestId."""

    def succeed(self, call: Call, outcome: Outcome) -> Answer:
        """Add the header."""
        answer = super().succeed(call, outcome)
        answer.headers.update(super().request_id_header(call))
        return answer

    def request_id_header(self, call: Call) -> dict[str, str]:
        """Nothing."""
        return {}
