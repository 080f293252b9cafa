"""What a target says no with, and whether it is worth asking again."""

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from imagebuilder_spec import Family, load_contract

REFUSALS = (ClientError, ResponseParserError)
"""What the SDK raises where a target says no to one call and may still answer the next."""

# Public tests against AWS show that a fresh build is refused with these for a while.
_NOT_YET = frozenset({"ResourceInUseException", "InvalidRequestException"})
NOT_FOUND = "ResourceNotFoundException"
"""What an image gets that does not exist, or is not shown yet.

The model declares it for neither GetImage nor DeleteImage; that AWS answers so is what Terraform's provider relies on.
"""


def code_of(error: Exception) -> str:
    """The code of a refusal; empty where it has none."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def may_pass(error: Exception) -> bool:
    """Whether a refusal may pass by itself: too early, too fast, or a fault of the target's own."""
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    passing = _NOT_YET | load_contract().errors.family(Family.THROTTLING)
    return code_of(error) in passing or status == 429 or status >= 500


def is_of_the_keys(error: Exception) -> bool:
    """Whether a refusal says that the keys are no good (any more)."""
    return code_of(error) in load_contract().errors.family(Family.AUTHENTICATION)


def sentence(error: Exception) -> str:
    """What a target said no with, one of `REFUSALS`, on one line."""
    if not isinstance(error, ClientError):
        return "was answered with something that is no answer of Image Builder"
    response = error.response
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", "an error")
    code, message = (response.get("Error", {}).get(name, "") for name in ("Code", "Message"))
    return " ".join(f"{error.operation_name} was answered {status} {code}: {message}".split())
