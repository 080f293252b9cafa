"""Targets in processes of their own."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(words: Sequence[str | Path]) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A program that tells its URL in its first line: the URL and the process, which is ended with the `with`.

    Raises:
        RuntimeError: it told none.
    """
    with subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            first = process.stdout.readline() if process.stdout else ""
            url = re.search(r"http://\S+", first)
            if url is None:
                raise RuntimeError(f"expected the target to say where it listens, got {first!r}")
            yield url[0], process
        finally:
            process.terminate()
