"""Defects in what a used token brings back."""
