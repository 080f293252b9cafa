"""The conformance report."""
