"""What `drift` says that the suite would blame is what a run blames, of a target that keeps to the other model."""

from dataclasses import replace
from typing import Any

import pytest

from imagebuilder_conformance.drift.comparing import compare
from imagebuilder_conformance.drift.differences import Direction
from imagebuilder_conformance.drift.from_contract import model_of
from imagebuilder_conformance.reference.server import ReferenceServer
from imagebuilder_conformance.reference.settings import Settings as ReferenceSettings
from imagebuilder_conformance.settings import Settings
from imagebuilder_spec import Contract, Suite, load_contract
from tests.support.calls import target_at
from tests.support.runs import failed, run_of

from .planting import GONE, Path, doctored

CURRENT = load_contract("current")
PIPELINE = CURRENT.pipeline_arn_pattern


def blamed(judging: Contract, kept: Contract, *prefixes: str) -> set[str]:
    """The clauses that a run finds broken on a target that keeps another contract."""
    with ReferenceServer(ReferenceSettings(contract=kept)) as server:
        settings = Settings(target_at(server.url), contract=judging.revision, suites=(Suite.CORE,), prefixes=prefixes)
        return failed(run_of(settings))


def named(judging: Contract, kept: Contract) -> set[str]:
    """The clauses of the differences that make the suite too strict."""
    differences = compare(judging, model_of(kept))
    return {id_ for each in differences if each.effect.direction is Direction.TOO_STRICT for id_ in each.clauses}


@pytest.mark.slow
@pytest.mark.parametrize(("judging", "kept"), [("documented", "current"), ("current", "documented")])
def test_a_run_by_another_revision_blames_clauses_that_are_named_and_no_others(judging: str, kept: str) -> None:
    contracts = load_contract(judging), load_contract(kept)
    found = blamed(*contracts, "request", "response", "idempotency.replay", "idempotency.mismatch")
    assert found
    assert found <= named(*contracts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("clientToken", "maxLength"), 128),
        (("clientToken", "maxLength"), 63),
        (("clientToken", "minLength"), 8),
        (("clientToken", "minLength"), GONE),
        (("clientToken", "pattern"), "^[!-~]+$"),
        (("imagePipelineArn", "pattern"), PIPELINE.replace("[a-z", "[A-Za-z")),
        (("imagePipelineArn", "pattern"), PIPELINE.replace("|aws", "")),
        (("tags", "maxProperties"), 200),
        (("tags", "minProperties"), 2),
        (("tags", "propertyNames", "maxLength"), 127),
        (("tags", "propertyNames", "pattern"), "^[a-zA-Z0-9]*$"),
        (("tags", "additionalProperties", "maxLength"), 257),
        (("tags", "additionalProperties", "minLength"), 1),
    ],
    ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else "dropped" if part is GONE else str(part),
)
def test_a_limit_that_moved_makes_a_run_blame_clauses_that_are_named_and_no_others(way: Path, value: Any) -> None:
    schema = doctored(CURRENT.request_schema, {("properties", *way): value})
    kept = replace(CURRENT, request_schema=schema)
    found = blamed(CURRENT, kept, "request")
    assert found
    assert found <= named(CURRENT, kept)
