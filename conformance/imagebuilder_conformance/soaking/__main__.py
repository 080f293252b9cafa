"""A process of a soak: reads its options from standard input, as JSON."""

# Before anything else: gevent must replace sockets and locks before they are imported, and importing Locust does that.
import locust  # noqa: F401  # see above

import sys  # isort: skip
import traceback  # isort: skip

from imagebuilder_conformance.cli.exits import EXIT_INTERNAL_ERROR, EXIT_USAGE  # isort: skip
from imagebuilder_conformance.settings import UsageError  # isort: skip
from imagebuilder_conformance.soaking.options import Options  # isort: skip
from imagebuilder_conformance.soaking.process import soak  # isort: skip
from imagebuilder_reports.errors import ReportError  # isort: skip


def main() -> int:
    """Soak, and give the exit code. What goes wrong ends in one that can't be taken for a verdict."""
    try:
        return soak(Options.from_json(sys.stdin.read()))
    except (UsageError, ReportError) as error:
        sys.stderr.write(f"Error: {error}\n")
        return EXIT_USAGE
    except Exception:  # noqa: BLE001  # Python would exit 1, which says non-conformant
        traceback.print_exc()
        return EXIT_INTERNAL_ERROR


sys.exit(main())
