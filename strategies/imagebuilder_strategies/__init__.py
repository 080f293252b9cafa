"""Hypothesis strategies for the operation."""
