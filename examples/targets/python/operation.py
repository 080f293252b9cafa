"""StartImagePipelineExecution without a server: what a request must be, and what a token starts.

The targets beside this file put it on a stack. Left out: signatures are not verified, nobody is denied or throttled,
and the images last as long as the process.
"""

import itertools
import json
import re
import threading
import uuid

PATH = "/StartImagePipelineExecution"
PIPELINES = {f"arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-{name}" for name in "ab"}
PIPELINE_ARN = re.compile(r"arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+")
LONGEST_TOKEN = 36

_lock = threading.Lock()
_builds = itertools.count(1)
_started: dict[str, tuple[str, str]] = {}


class RefusedError(Exception):
    """A request is refused: the status and the code say why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def members(self) -> dict[str, str]:
        """The body of the answer."""
        return {"__type": self.code, "message": self.message}


def invalid(message: str) -> RefusedError:
    """A refusal of what the request holds."""
    return RefusedError(400, "InvalidRequestException", message)


def unknown_operation(status: int = 404) -> RefusedError:
    """A refusal of a path, or with status 405 of a method, that the service does not have."""
    return RefusedError(status, "UnknownOperationException", "There is no such operation.")


def parse(body: bytes) -> object:
    """The JSON of a body. Raises `RefusedError`."""
    try:
        return json.loads(body)
    except ValueError:
        raise invalid("The body is not JSON.") from None


def start(members: object) -> dict[str, str]:
    """The answer to a request: the image of its token, started if it is new. Raises `RefusedError`."""
    if not isinstance(members, dict):
        raise invalid("The body is not a JSON object.")
    token, pipeline = members.get("clientToken"), members.get("imagePipelineArn")
    if not isinstance(token, str) or not 1 <= len(token) <= LONGEST_TOKEN or not _is_text(token):
        raise invalid(f"clientToken must be a string of 1 to {LONGEST_TOKEN} characters.")
    if not isinstance(pipeline, str) or not PIPELINE_ARN.fullmatch(pipeline):
        raise invalid("imagePipelineArn must be the ARN of an image pipeline.")
    return {"requestId": str(uuid.uuid4()), "clientToken": token, "imageBuildVersionArn": _image(token, pipeline)}


def _is_text(value: str) -> bool:
    """Half of a surrogate pair is no text: no answer in UTF-8 could repeat it."""
    return not re.search("[\ud800-\udfff]", value)


def _image(token: str, pipeline: str) -> str:
    """Nothing comes between looking a token up and remembering it."""
    with _lock:
        if token not in _started:
            if pipeline not in PIPELINES:
                raise RefusedError(404, "ResourceNotFoundException", f"There is no {pipeline}.")
            _started[token] = pipeline, f"{pipeline.rpartition(':')[0]}:image/recipe/1.0.0/{next(_builds)}"
        first, image = _started[token]
        if first != pipeline:
            raise RefusedError(400, "IdempotentParameterMismatchException", "The token was used for another pipeline.")
        return image
