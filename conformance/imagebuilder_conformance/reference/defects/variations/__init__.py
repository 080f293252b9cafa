"""Conformant variations: behaviours that are unusual and right, about which a suite must say nothing."""
