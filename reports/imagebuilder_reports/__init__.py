"""The conformance report: its events, model, reading, writers, comparing and gating."""
