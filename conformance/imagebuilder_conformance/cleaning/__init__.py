"""Cleaning up: what a run left on the target is found in its report, cancelled and deleted."""
