"""Hypothesis strategies for the requests of StartImagePipelineExecution, and the edges that no draw should miss.

Strategies yield values drawn from a whole space; the functions named `..._edges` return short sequences that are
always the same, to be sent first. Both derive from a revision of the contract.
"""

from imagebuilder_strategies.arns import (
    image_build_version_arns,
    pipeline_arn_edges,
    pipeline_arns,
    unknown_pipeline_arn_edges,
    unknown_pipeline_arns,
)
from imagebuilder_strategies.broken_arns import invalid_pipeline_arn_edges, invalid_pipeline_arns
from imagebuilder_strategies.labels import (
    Edge,
    Invalid,
    InvalidArn,
    InvalidRequest,
    InvalidToken,
    MalformedBody,
    NearMiss,
    printable_ascii,
)
from imagebuilder_strategies.near_misses import near_tokens
from imagebuilder_strategies.tokens import (
    client_token_edges,
    client_tokens,
    invalid_client_token_edges,
    invalid_client_tokens,
)

__all__ = [
    "Edge",
    "Invalid",
    "InvalidArn",
    "InvalidRequest",
    "InvalidToken",
    "MalformedBody",
    "NearMiss",
    "client_token_edges",
    "client_tokens",
    "image_build_version_arns",
    "invalid_client_token_edges",
    "invalid_client_tokens",
    "invalid_pipeline_arn_edges",
    "invalid_pipeline_arns",
    "near_tokens",
    "pipeline_arn_edges",
    "pipeline_arns",
    "printable_ascii",
    "unknown_pipeline_arn_edges",
    "unknown_pipeline_arns",
]
