"""The suite from a caller's own code, such as the tests of an emulator: `check_target`."""

from imagebuilder_conformance.configuration.usage import UsageError
from imagebuilder_conformance.embedding.checking import check_target

__all__ = ["UsageError", "check_target"]
