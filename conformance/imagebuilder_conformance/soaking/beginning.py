"""How a process of a soak begins, once gevent has replaced what it replaces."""

import sys
import traceback

from imagebuilder_conformance.cli.exits import EXIT_INTERNAL_ERROR, EXIT_NO_VERDICT, EXIT_USAGE
from imagebuilder_conformance.machine import complaint
from imagebuilder_conformance.settings import UsageError
from imagebuilder_conformance.soaking.options import Options
from imagebuilder_conformance.soaking.process import soak
from imagebuilder_conformance.stopping import end_with


def begin(given: str) -> int:
    """Soak by the options, and give the exit code. What goes wrong ends in one that can't be taken for a verdict."""
    if not given:
        # Who was to give them has ended.
        return EXIT_NO_VERDICT
    try:
        options = Options.from_json(given)
        end_with(options.parent)
        return soak(options)
    except UsageError as error:
        sys.stderr.write(f"Error: {error}\n")
        return EXIT_USAGE
    except Exception as error:  # noqa: BLE001  # Python would exit 1, which says non-conformant
        sentence = complaint(error)
        if sentence is None:
            traceback.print_exc()
            return EXIT_INTERNAL_ERROR
        sys.stderr.write(f"Error: {sentence}\n")
        return EXIT_USAGE
