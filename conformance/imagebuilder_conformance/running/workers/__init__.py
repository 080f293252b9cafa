"""A run by several workers: one process leads and hands the checks out, the others make them."""
