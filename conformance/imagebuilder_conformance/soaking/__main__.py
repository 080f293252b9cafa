"""A process of a soak: reads its options from standard input, as JSON."""

import sys

from imagebuilder_conformance.stopping import stoppable


def main() -> int:
    """Soak, and give the exit code."""
    # First: what asks it to end while it is still starting is remembered.
    with stoppable(exit_code=3):
        # Then, before all else: gevent must replace sockets and locks before they are used. Importing Locust does that.
        import locust  # noqa: F401  # see above

        from imagebuilder_conformance.soaking.beginning import begin

        return begin(sys.stdin.read())


sys.exit(main())
