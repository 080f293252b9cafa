"""Hypothesis strategies for the requests of StartImagePipelineExecution, and the edges that no draw should miss.

Strategies yield values drawn from a whole space; the functions named `..._edges` return short sequences that are
always the same, to be sent first. Both derive from a revision of the contract.
"""

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
    "invalid_client_token_edges",
    "invalid_client_tokens",
    "near_tokens",
    "printable_ascii",
]
