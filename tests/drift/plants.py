"""Changes planted in a model, in each of its forms, and the differences that each must make."""

from collections.abc import Mapping, Sequence

from imagebuilder_conformance.drift.differences import Direction, Value

from .make_models import NAMESPACE, OPERATION
from .planting import GONE, Path, Plant

STRICT, LAX, NEITHER, UNCLEAR = Direction.TOO_STRICT, Direction.TOO_LAX, Direction.NEITHER, Direction.UNCLEAR


def _botocore(*path: str | int) -> Path:
    return ("shapes", *path)


def _smithy(name: str, *path: str | int) -> Path:
    return ("shapes", f"{NAMESPACE}#{name}", *path)


def _limit(shape: str, end: str, value: object, found: Mapping[str, tuple[Value, Direction]]) -> Plant:
    return Plant(
        f"{shape}, {end} {'dropped' if value is GONE else value}",
        {_botocore(shape, end): value},
        {_smithy(shape, "traits", "smithy.api#length", end): value},
        found,
    )


def _pattern(shape: str, name: str, value: object, found: Mapping[str, tuple[Value, Direction]]) -> Plant:
    return Plant(
        f"{shape}, pattern {name}",
        {_botocore(shape, "pattern"): value},
        {_smithy(shape, "traits", "smithy.api#pattern"): value},
        found,
    )


def _status(code: str, status: int) -> Plant:
    return Plant(
        f"status of {code}",
        {_botocore(code, "error", "httpStatusCode"): status},
        {_smithy(code, "traits", "smithy.api#httpError"): status},
        {f"errors.{code}.status": (status, STRICT)},
    )


def _error(code: str, status: int, direction: Direction) -> Plant:
    """An error that is added."""
    return Plant(
        f"{code} added",
        {
            _botocore(code): {"type": "structure", "members": {}, "error": {"httpStatusCode": status}},
            ("operations", OPERATION, "errors", 0): {"shape": code},
        },
        {
            _smithy(code): {"type": "structure", "members": {}, "traits": {"smithy.api#httpError": status}},
            _smithy(OPERATION, "errors", 0): {"target": f"{NAMESPACE}#{code}"},
        },
        {f"errors.{code}": (status, direction)},
    )


def _member(owner: str, name: str, *, required: bool, place: str, value: str, direction: Direction) -> Plant:
    """A member that is added."""
    structure = f"{OPERATION}{owner}"
    traits: dict[str, object] = {"smithy.api#required": {}} if required else {}
    return Plant(
        f"{place} added{', required' if required else ''}",
        {
            _botocore(structure, "members", name): {"shape": "TagValue"},
            **({_botocore(structure, "required", 0): name} if required else {}),
        },
        {_smithy(structure, "members", name): {"target": f"{NAMESPACE}#TagValue", "traits": traits}},
        {place: (value, direction)},
    )


_REQUEST, _RESPONSE = f"{OPERATION}Request", f"{OPERATION}Response"
_HTTP = ("operations", OPERATION, "http")
_SERVICE = "imagebuilder"
_ARN = "^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+$"
_IMAGE = (
    r"^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?):image/[a-z0-9-_]+/[0-9]+\.[0-9]+\.[0-9]+/[0-9]+$"
)


def _both(limit: str, value: Value, in_response: Direction) -> dict[str, tuple[Value, Direction]]:
    """Requests and responses share the shape of the token."""
    return {
        f"request.clientToken.{limit}": (value, STRICT),
        f"response.clientToken.{limit}": (value, in_response),
    }


PLANTS: Sequence[Plant] = (
    _limit("ClientToken", "max", 128, _both("maxLength", 128, STRICT)),
    _limit("ClientToken", "max", 63, _both("maxLength", 63, LAX)),
    _limit("ClientToken", "max", GONE, _both("maxLength", None, STRICT)),
    _limit("ClientToken", "min", 8, _both("minLength", 8, LAX)),
    _limit("ClientToken", "min", GONE, _both("minLength", None, STRICT)),
    _limit("NonEmptyString", "max", 2048, {"response.requestId.maxLength": (2048, STRICT)}),
    _limit("NonEmptyString", "max", 512, {"response.requestId.maxLength": (512, LAX)}),
    _limit("TagMap", "max", 200, {"request.tags.maxEntries": (200, STRICT)}),
    _limit("TagMap", "min", GONE, {"request.tags.minEntries": (None, STRICT)}),
    _limit("TagKey", "max", 127, {"request.tags.key.maxLength": (127, STRICT)}),
    _limit("TagKey", "min", 2, {"request.tags.key.minLength": (2, STRICT)}),
    _limit("TagValue", "max", 255, {"request.tags.value.maxLength": (255, STRICT)}),
    _limit("TagValue", "min", 1, {"request.tags.value.minLength": (1, STRICT)}),
    _pattern("ClientToken", "added", "^[!-~]+$", _both("pattern", "^[!-~]+$", LAX)),
    _pattern(
        "ImagePipelineArn",
        "with capitals",
        _ARN.replace("[a-z", "[A-Za-z"),
        {"request.imagePipelineArn.pattern": (_ARN.replace("[a-z", "[A-Za-z"), STRICT)},
    ),
    _pattern("ImagePipelineArn", "dropped", GONE, {"request.imagePipelineArn.pattern": (None, STRICT)}),
    _pattern(
        "ImageBuildVersionArn",
        "without the other accounts",
        _IMAGE.replace("(?:-[a-z-]+)?", ""),
        {"response.imageBuildVersionArn.pattern": (_IMAGE.replace("(?:-[a-z-]+)?", ""), LAX)},
    ),
    _pattern(
        "ImageBuildVersionArn",
        "without anchors",
        _IMAGE.strip("^$"),
        {"response.imageBuildVersionArn.pattern": (_IMAGE.strip("^$"), NEITHER)},
    ),
    _pattern(
        "TagKey",
        "that only looks else",
        r"^(?!aws:)[0-9A-Za-z\s@_.:\/=+-]*$",
        {"request.tags.key.pattern": (r"^(?!aws:)[0-9A-Za-z\s@_.:\/=+-]*$", NEITHER)},
    ),
    _pattern("TagKey", "not to be read", "^[a-", {"request.tags.key.pattern": ("^[a-", UNCLEAR)}),
    Plant(
        "the longest ARN",
        {_botocore("ImagePipelineArn", "max"): 1024},
        {_smithy("ImagePipelineArn", "traits", "smithy.api#length"): {"max": 1024}},
        {"request.imagePipelineArn.maxLength": (1024, LAX)},
    ),
    Plant(
        "the values of tags",
        {_botocore("TagValue", "enum"): ["yes", "no"]},
        {_smithy("TagValue", "traits", "smithy.api#enum"): [{"value": "yes"}, {"value": "no"}]},
        {"request.tags.value.values": (["no", "yes"], STRICT)},
    ),
    Plant(
        "the token is no longer required",
        {_botocore(_REQUEST, "required", 1): GONE},
        {_smithy(_REQUEST, "members", "clientToken", "traits", "smithy.api#required"): GONE},
        {"request.clientToken.required": (False, STRICT)},
    ),
    Plant(
        "tags are required",
        {_botocore(_REQUEST, "required", 0): "tags"},
        {_smithy(_REQUEST, "members", "tags", "traits"): {"smithy.api#required": {}}},
        {"request.tags.required": (True, STRICT)},
    ),
    Plant(
        "the token is no idempotency token",
        {_botocore(_REQUEST, "members", "clientToken", "idempotencyToken"): GONE},
        {_smithy(_REQUEST, "members", "clientToken", "traits", "smithy.api#idempotencyToken"): GONE},
        {"request.clientToken.idempotencyToken": (False, STRICT)},
    ),
    Plant(
        "the token goes into a header",
        {
            _botocore(_REQUEST, "members", "clientToken", "location"): "header",
            _botocore(_REQUEST, "members", "clientToken", "locationName"): "X-Token",
        },
        {_smithy(_REQUEST, "members", "clientToken", "traits", "smithy.api#httpHeader"): "X-Token"},
        {"request.clientToken.place": ("header: X-Token", STRICT)},
    ),
    Plant(
        "the pipeline has another name on the wire",
        {_botocore(_REQUEST, "members", "imagePipelineArn", "locationName"): "pipeline"},
        {_smithy(_REQUEST, "members", "imagePipelineArn", "traits", "smithy.api#jsonName"): "pipeline"},
        {"request.imagePipelineArn.place": ("body: pipeline", STRICT)},
    ),
    Plant(
        "the token is a number",
        {_botocore("ClientToken"): {"type": "long"}},
        {_smithy("ClientToken"): {"type": "long"}},
        {"request.clientToken.type": ("integer", STRICT), "response.clientToken.type": ("integer", STRICT)},
    ),
    Plant(
        "tags are a list",
        {_botocore("TagMap"): {"type": "list", "member": {"shape": "TagKey"}}},
        {_smithy("TagMap"): {"type": "list", "member": {"target": f"{NAMESPACE}#TagKey"}}},
        {"request.tags.type": ("list", STRICT)},
    ),
    Plant(
        "values of tags are flags",
        {_botocore("TagValue"): {"type": "boolean"}},
        {_smithy("TagValue"): {"type": "boolean"}},
        {"request.tags.value.type": ("boolean", STRICT)},
    ),
    Plant(
        "tags removed",
        {_botocore(_REQUEST, "members", "tags"): GONE},
        {_smithy(_REQUEST, "members", "tags"): GONE},
        {"request.tags": (None, STRICT)},
    ),
    Plant(
        "the id of the request removed",
        {_botocore(_RESPONSE, "members", "requestId"): GONE},
        {_smithy(_RESPONSE, "members", "requestId"): GONE},
        {"response.requestId": (None, STRICT)},
    ),
    _member(
        "Request",
        "reason",
        required=False,
        place="request.reason",
        value="string, at most 256 characters",
        direction=LAX,
    ),
    _member(
        "Request",
        "reason",
        required=True,
        place="request.reason",
        value="string, at most 256 characters, required",
        direction=STRICT,
    ),
    _member(
        "Response",
        "state",
        required=False,
        place="response.state",
        value="string, at most 256 characters",
        direction=LAX,
    ),
    Plant(
        "response.state added, always there",
        {
            _botocore(_RESPONSE, "members", "state"): {"shape": "TagValue"},
            _botocore(_RESPONSE, "required"): ["state"],
        },
        {
            _smithy(_RESPONSE, "members", "state"): {
                "target": f"{NAMESPACE}#TagValue",
                "traits": {"smithy.api#required": {}},
            }
        },
        {"response.state": ("string, at most 256 characters, required", LAX)},
    ),
    _error("QuotaOfBuildsExceededException", 402, STRICT),
    _error("ServiceQuotaExceededException", 402, LAX),
    _error("TooManyRequestsException", 400, STRICT),
    Plant(
        "an error removed",
        {("operations", OPERATION, "errors", 5): GONE},
        {_smithy(OPERATION, "errors", 5): GONE},
        {"errors.IdempotentParameterMismatchException": (None, STRICT)},
    ),
    _status("ResourceNotFoundException", 400),
    _status("CallRateLimitExceededException", 503),
    Plant(
        "method",
        {(*_HTTP, "method"): "POST"},
        {_smithy(OPERATION, "traits", "smithy.api#http", "method"): "POST"},
        {"method": ("POST", STRICT)},
    ),
    Plant(
        "path",
        {(*_HTTP, "requestUri"): "/v2/start"},
        {_smithy(OPERATION, "traits", "smithy.api#http", "uri"): "/v2/start"},
        {"path": ("/v2/start", STRICT)},
    ),
    Plant(
        "success status",
        {(*_HTTP, "responseCode"): 202},
        {_smithy(OPERATION, "traits", "smithy.api#http", "code"): 202},
        {"successStatus": (202, STRICT)},
    ),
    Plant(
        "another protocol",
        {("metadata", "protocol"): "json", ("metadata", "protocols"): ["json"]},
        {
            _smithy(_SERVICE, "traits", "aws.protocols#restJson1"): GONE,
            _smithy(_SERVICE, "traits", "aws.protocols#awsJson1_1"): {},
        },
        {"protocol": (["json"], STRICT)},
    ),
    Plant(
        "a protocol besides",
        {("metadata", "protocols", 0): "smithy-rpc-v2-cbor"},
        {_smithy(_SERVICE, "traits", "smithy.protocols#rpcv2Cbor"): {}},
        {"protocol": (["rest-json", "smithy-rpc-v2-cbor"], LAX)},
    ),
    Plant(
        "signing name",
        {("metadata", "signingName"): "images"},
        {_smithy(_SERVICE, "traits", "aws.auth#sigv4", "name"): "images"},
        {"signingName": ("images", STRICT)},
    ),
    Plant(
        "no signature",
        {("operations", OPERATION, "authtype"): "none"},
        {_smithy(OPERATION, "traits", "smithy.api#auth"): []},
        {"signingName": (None, STRICT)},
    ),
    Plant(
        "version of the API",
        {("metadata", "apiVersion"): "2027-01-01"},
        {_smithy(_SERVICE, "version"): "2027-01-01"},
        {"apiVersion": ("2027-01-01", NEITHER)},
    ),
)
