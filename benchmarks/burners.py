"""Processes that only keep the processor busy, so that a benchmark meets a loaded machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# They end by themselves too, should whoever started them be killed.
_LIFETIME = 900
_BURN = f"import time\nend = time.monotonic() + {_LIFETIME}\nwhile time.monotonic() < end:\n    sum(range(1000))\n"


@contextmanager
def burning(count: int) -> Iterator[None]:
    """Keep `count` processes busy for as long as the `with` lasts."""
    burners = [subprocess.Popen([sys.executable, "-c", _BURN]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in burners:
            burner.terminate()
        for burner in burners:
            burner.wait()
