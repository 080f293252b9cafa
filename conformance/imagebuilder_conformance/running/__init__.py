"""A run: what it selects and costs, its life from the preflight to the footer, in a pytest of its own or in yours."""
