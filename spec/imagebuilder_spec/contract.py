"""The shapes of the contract: what the loader gives and everybody else reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How binding a clause is, as in RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Evidence(StrEnum):
    """Where a clause comes from, from the strongest grade to the weakest."""

    DOCUMENTED = "documented"
    MODEL = "model"
    PROTOCOL = "protocol"
    OBSERVED = "observed"
    ASSUMED = "assumed"


class Activity(StrEnum):
    """Whether a check can bring a clause about, or must wait for the target to show it."""

    ACTIVE = "active"
    PASSIVE = "passive"


class Suite(StrEnum):
    """The group of clauses that a run selects as a whole."""

    CORE = "core"
    AUTH = "auth"
    THROTTLING = "throttling"
    SDK = "sdk"
    FAULTS = "faults"


class Family(StrEnum):
    """A kind of fault, and so the set of error codes that may answer it."""

    BAD_PARAMETER = "bad-parameter"
    AUTHENTICATION = "authentication"
    DENIAL = "denial"
    THROTTLING = "throttling"
    UNKNOWN_OPERATION = "unknown-operation"
    ENDED_KEY = "ended-key"
    QUOTA = "quota"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Clause:
    """One testable promise of the operation.

    `source` is what it rests on. A MUST quotes its words there, and `harm` says who notices a breach (None: no MUST).
    `condition` names what must hold of the target for the clause to apply at all (None: always).
    `pipelines` is how many known pipelines a check of it needs.
    """

    id: str
    level: Level
    evidence: Evidence
    activity: Activity
    suite: Suite
    statement: str
    source: str
    harm: str | None = None
    condition: str | None = None
    pipelines: int = 1

    @property
    def area(self) -> str:
        """The first segment of the id, such as `idempotency`."""
        return self.id.split(".", 1)[0]

    @property
    def counts(self) -> bool:
        """Whether a run without a verdict on this clause is incomplete."""
        return self.level is Level.MUST and self.activity is Activity.ACTIVE and self.condition is None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the operation's page: the clauses that carry it, or the reason why none does."""

    section: str
    text: str
    clauses: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """How the operation is called. Statuses are HTTP statuses."""

    name: str
    method: str
    path: str
    content_type: str
    success_status: int
    protocol: str
    signing_name: str
    api_version: str


@dataclass(frozen=True, slots=True)
class DeclaredError:
    """An error that the operation declares; `due` says on which occasion."""

    code: str
    status: int
    fault: str
    retryable: bool
    due: str

    @property
    def words(self) -> str:
        """How the ids of clauses write it: `ResourceNotFoundException` is `resource-not-found`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.code.removesuffix("Exception")).lower()


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The declared errors, the common AWS errors, and the families that they form."""

    declared: Mapping[str, DeclaredError]
    common: Mapping[str, frozenset[int]]
    families: Mapping[Family, frozenset[str]]

    def statuses(self, code: str) -> frozenset[int] | None:
        """The statuses that may go with `code`, or None for a code that nobody publishes."""
        if code in self.declared:
            return frozenset({self.declared[code].status})
        return self.common.get(code)

    def family(self, family: Family) -> frozenset[str]:
        """The codes that may answer a fault of this kind."""
        return self.families[family]


@dataclass(frozen=True, slots=True)
class TagLimits:
    """What a revision allows in a request's tags.

    Lengths are in Unicode code points, and `entries` are the numbers of tags; each range holds the legal numbers.
    `key_pattern` is an ECMA-262 pattern.
    """

    entries: range
    key_lengths: range
    key_pattern: str
    value_lengths: range


@dataclass(frozen=True, slots=True)
class Contract:
    """One revision of what the operation promises.

    The two schemas are JSON Schema (draft 2020-12); their patterns follow ECMA-262, so apply them
    through `imagebuilder_spec.validator_for`. `data` are the revision's data files, one after the other.
    """

    revision: str
    operation: Operation
    request_schema: Mapping[str, Any]
    response_schema: Mapping[str, Any]
    errors: ErrorTable
    clauses: Mapping[str, Clause]
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """The SHA-256 over the revision's data files."""
        # Imported here: it loads OpenSSL, for which who only lists the clauses should not wait.
        from hashlib import sha256

        return sha256(self.data).hexdigest()

    @property
    def token_lengths(self) -> range:
        """The legal lengths of a clientToken, in Unicode code points."""
        return _lengths(self.request_schema["properties"]["clientToken"])

    @property
    def pipeline_arn_pattern(self) -> str:
        """The ECMA-262 pattern of a request's imagePipelineArn."""
        return str(self.request_schema["properties"]["imagePipelineArn"]["pattern"])

    @property
    def image_arn_pattern(self) -> str:
        """The ECMA-262 pattern of a response's imageBuildVersionArn."""
        return str(self.response_schema["properties"]["imageBuildVersionArn"]["pattern"])

    @property
    def tags(self) -> TagLimits | None:
        """What a request's tags may be, or None in a revision whose requests have none."""
        schema = self.request_schema["properties"].get("tags")
        if schema is None:
            return None
        keys, values = schema["propertyNames"], schema["additionalProperties"]
        entries = range(schema["minProperties"], schema["maxProperties"] + 1)
        return TagLimits(entries, _lengths(keys), str(keys["pattern"]), _lengths(values))


def _lengths(schema: Mapping[str, Any]) -> range:
    return range(schema.get("minLength", 0), schema["maxLength"] + 1)


@dataclass(frozen=True, slots=True)
class FixedWord:
    """A token that is the same in every run: a name or a value of a language.

    Attributes:
        text: The token.
        control: A token of its shape that is no such word, to be sent before it.
        every_run: Whether every run without a budget sends it; else a thorough one does.
    """

    text: str
    control: str
    every_run: bool
