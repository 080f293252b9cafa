"""Schemathesis on the same operation, set up as a careful user would."""
