"""What the operation's documentation page says, written down a second time and independently of the data files."""

from typing import Any

REQUEST_PATTERN = "^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+$"
RESPONSE_PATTERN = (
    r"^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image/[a-z0-9-_]+/[0-9]+\.[0-9]+\.[0-9]+/[0-9]+$"
)
LONGEST_TOKEN = 36
LONGEST_REQUEST_ID = 1024

ERRORS = {
    "CallRateLimitExceededException": 429,
    "ClientException": 400,
    "ForbiddenException": 403,
    "IdempotentParameterMismatchException": 400,
    "InvalidRequestException": 400,
    "ResourceInUseException": 400,
    "ResourceNotFoundException": 404,
    "ServiceException": 500,
    "ServiceUnavailableException": 503,
}

PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/nightly"
IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/nightly/1.0.0/1"


def request(**changes: Any) -> dict[str, Any]:
    return {"clientToken": "token", "imagePipelineArn": PIPELINE, **changes}


def response(**changes: Any) -> dict[str, Any]:
    return {"clientToken": "token", "imageBuildVersionArn": IMAGE, "requestId": "id", **changes}


# What the SDK's service model (botocore 1.44.5) says otherwise, written down as independently.
MODEL_RESPONSE_PATTERN = RESPONSE_PATTERN.replace("|aws)", "|aws(?:-[a-z-]+)?)")
MODEL_LONGEST_TOKEN = 64
MODEL_TAG_KEY = r"^(?!aws:)[a-zA-Z0-9\s_.:/=+\-@]*$"
MODEL_MOST_TAGS, MODEL_LONGEST_KEY, MODEL_LONGEST_VALUE = 50, 128, 256
