"""What comes late or in an odd moment: the exit code is the command's all the same."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ASKED_TWICE = """
import os, signal, sys
from imagebuilder_conformance.stopping import SIGNALS, stoppable

class Late:
    def __del__(self, kill=os.kill, own=os.getpid(), numbers=SIGNALS):
        for number in numbers:
            kill(own, number)

late = Late()
with stoppable(3) as stopping:
    try:
        stopping.arm()
        os.kill(os.getpid(), int(sys.argv[1]))
    except KeyboardInterrupt:
        sys.exit(3)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_after_the_first_leave_the_exit_code_as_it_is(number: signal.Signals) -> None:
    words = [sys.executable, "-c", ASKED_TWICE, str(int(number))]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")


AMID_A_TEXT = """
import os, signal, sys
from imagebuilder_conformance.stopping import stoppable

with stoppable(3) as stopping:
    stopping.arm()
    try:
        exec("import os, signal; os.kill(os.getpid(), signal.SIGINT); [None for _ in range(1000)]")
    except KeyboardInterrupt:
        sys.exit(3)
"""


def test_an_interrupt_while_a_library_executes_a_text_does_not_replace_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(AMID_A_TEXT)
    words = [sys.executable, "-m", "interrupted"]
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")


WAITING_AT_THE_END = """
import signal, threading, os
from imagebuilder_conformance import stopping

stopping.GRACE = 0.5
with stopping.stoppable(3) as current:
    try:
        current.arm()
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        threading.Thread(target=threading.Event().wait).start()
"""


def test_a_process_that_threads_keep_from_ending_is_ended() -> None:
    words = [sys.executable, "-c", WAITING_AT_THE_END]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (3, "")
