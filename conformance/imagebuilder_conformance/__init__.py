"""The conformance suite: target, client, oracles, suites, reference target, command line."""
