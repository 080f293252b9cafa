"""The suite on real stacks: right targets are conformant, and variants named in advance break what is written there."""
