"""`python -m imagebuilder_conformance`: the command, where its script is not on the path."""

from imagebuilder_conformance.cli import main

if __name__ == "__main__":
    main(prog_name="imagebuilder-conformance")
