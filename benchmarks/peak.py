"""The most memory that a process had, and the command of the suite in a process that says so in the end.

    python -m benchmarks.peak WORDS...

What the system says of a child that has ended counts the moment before it became another program, too, when it was as
large as its parent.
"""

import atexit
import re
import resource
import sys
from pathlib import Path

from benchmarks.measuring import Process

_SAID = "peak MiB: "


def peak() -> float:
    """The greatest resident set that this process had so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) / 2**10
    # In bytes on macOS, in kilobytes elsewhere.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def peak_said(process: Process) -> float:
    """The peak that a process said in the end."""
    return float(process.output.rsplit(_SAID, 1)[-1])


def main() -> None:
    """Do what the command does, and say the peak in the end."""
    from imagebuilder_conformance.cli import main as command

    atexit.register(lambda: print(f"{_SAID}{peak():.1f}"))
    command(sys.argv[1:], prog_name="imagebuilder-conformance")


if __name__ == "__main__":
    main()
