"""Defects in reading the body of a request."""
