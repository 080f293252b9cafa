"""The command `imagebuilder-conformance`."""

from imagebuilder_conformance.cli.main import main

__all__ = ["main"]
