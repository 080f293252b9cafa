"""A run: selecting checks, probing the target first, folding what the checks and the passive oracles found."""
