"""The oracles: small functions from exchanges to findings, with one failure type per broken rule."""
