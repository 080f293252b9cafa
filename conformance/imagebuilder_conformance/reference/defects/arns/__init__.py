"""Defects in what the ARN of a pipeline may be, and in how it is looked up."""
