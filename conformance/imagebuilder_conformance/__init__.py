"""The conformance suite: target, client, oracles, suites, reference target, command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagebuilder_conformance.configuration.usage import UsageError
    from imagebuilder_conformance.embedding import check_target

__all__ = ["UsageError", "check_target"]


def __getattr__(name: str) -> Any:
    # Every pytest that has this package installed imports it: what it does not use costs it nothing.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from imagebuilder_conformance import embedding

    return getattr(embedding, name)
