"""The suite's own proof: every defect of the reference target is found, no conformant variation is blamed."""
