"""What the suite costs, what it finds and whom it blames, measured side by side. `benchmarks/run` runs it all."""
