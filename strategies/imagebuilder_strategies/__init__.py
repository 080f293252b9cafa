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
from imagebuilder_strategies.bodies import malformed_bodies, malformed_body_edges
from imagebuilder_strategies.broken_arns import invalid_pipeline_arn_edges, invalid_pipeline_arns
from imagebuilder_strategies.encodings import bodies_with_unknown_members, equivalent_bodies, heavy_bodies
from imagebuilder_strategies.labels import (
    Edge,
    Invalid,
    InvalidArn,
    InvalidRequest,
    InvalidTags,
    InvalidToken,
    MalformedBody,
    NearMiss,
    NearTags,
    printable_ascii,
)
from imagebuilder_strategies.messages import invalid_request_edges, invalid_requests, request_edges, requests
from imagebuilder_strategies.near_misses import near_numbers, near_tokens, near_uuids
from imagebuilder_strategies.tags import invalid_tag_edges, invalid_tags, near_tags, tag_edges, tags
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
    "InvalidTags",
    "InvalidToken",
    "MalformedBody",
    "NearMiss",
    "NearTags",
    "bodies_with_unknown_members",
    "client_token_edges",
    "client_tokens",
    "equivalent_bodies",
    "heavy_bodies",
    "image_build_version_arns",
    "invalid_client_token_edges",
    "invalid_client_tokens",
    "invalid_pipeline_arn_edges",
    "invalid_pipeline_arns",
    "invalid_request_edges",
    "invalid_requests",
    "invalid_tag_edges",
    "invalid_tags",
    "malformed_bodies",
    "malformed_body_edges",
    "near_numbers",
    "near_tags",
    "near_tokens",
    "near_uuids",
    "pipeline_arn_edges",
    "pipeline_arns",
    "printable_ascii",
    "request_edges",
    "requests",
    "tag_edges",
    "tags",
    "unknown_pipeline_arn_edges",
    "unknown_pipeline_arns",
]
