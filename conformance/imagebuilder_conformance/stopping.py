"""How a command ends before its time: what asks it to, how long it may take, and that no process outlives it.

SIGINT, SIGTERM and SIGHUP mean the same to every command. The first one raises `KeyboardInterrupt` in the main thread,
so that the command leaves what it has and says so; further ones change nothing, as the end is under way. A process that
is still there `GRACE` seconds later says its last words and is ended, whatever its threads wait for.
"""

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

GRACE = 4.0
"""How many seconds a command that is asked to end may take until it is ended."""

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP
# How many seconds its last words may take.
_LAST_WORDS = 1.0
# How often a child looks for its parent, in seconds.
_LOOK = 0.5


class Stopping:
    """What a command knows of signals that ask it to end. `exit_code` is that of a command that has to be ended."""

    def __init__(self, exit_code: int) -> None:
        self.requested: str | None = None
        """The name of the first signal that asked, if any did."""
        self._exit_code = exit_code
        self._armed = False
        self._last_words: Callable[[], object] = lambda: None

    def arm(self) -> None:
        """Raise `KeyboardInterrupt` where a signal comes from now on, or came already."""
        self._armed = True
        if self.requested:
            raise KeyboardInterrupt

    def disarm(self) -> None:
        """Interrupt nothing any more: the command is about to end by itself."""
        self._armed = False

    def at_the_end(self, last_words: Callable[[], object]) -> None:
        """What to do, on another thread, where the command has to be ended."""
        self._last_words = last_words

    def concluded(self, exit_code: object) -> None:
        """Take note that all is said and written: what may still have to be ended is what threads wait for."""
        self._last_words = lambda: None
        if isinstance(exit_code, int):
            self._exit_code = exit_code

    def on_signal(self, number: int, _: FrameType | None) -> None:
        """Handle a signal."""
        if self.requested is not None:
            return
        self.requested = signal.Signals(number).name
        try:
            _start_thread(self._enforce)
        except RuntimeError:
            # No thread can be started: the system ends the process.
            signal.alarm(round(GRACE + 1))
        if self._armed:
            raise KeyboardInterrupt

    def _enforce(self) -> None:
        time.sleep(GRACE)
        speaking = threading.Thread(target=self._last_words, name="the last words", daemon=True)
        # Python 3.12 starts no thread once the interpreter ends. The command has said all it had to say then.
        with suppress(RuntimeError):
            speaking.start()
            speaking.join(_LAST_WORDS)
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(self._exit_code)


def _start_thread(work: Callable[[], None]) -> None:
    """Start a thread of the system's; where gevent has put greenlets in place of threads, a signal can't start one.

    Raises:
        RuntimeError: None can be started.
    """
    patched = sys.modules.get("gevent.monkey")
    start = patched.get_original("_thread", "start_new_thread") if patched else _thread.start_new_thread
    start(work, ())


_current: Stopping | None = None


def current() -> Stopping:
    """That of the command which this process is; one that no signal reaches where it is none."""
    return _current or Stopping(0)


@contextmanager
def stoppable(exit_code: int) -> Iterator[Stopping]:
    """Handle the signals for a command. What is ignored already by the wish of `nohup` stays so."""
    global _current  # noqa: PLW0603  # a process has one set of signal handlers
    before = {}
    stopping = _current = Stopping(exit_code)
    for number in SIGNALS:
        # A shell that starts a job in the background ignores SIGINT for it: one that comes all the same is meant.
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, stopping.on_signal)
    try:
        yield stopping
    finally:
        if not stopping.requested:
            _current = None
        for number, handler in before.items():
            # An interpreter that ends puts its own handlers back to the system's, which kill, but none that ignore.
            signal.signal(number, signal.SIG_IGN if stopping.requested else handler)
        if stopping.requested:
            _forget_the_interrupt()


def _forget_the_interrupt() -> None:
    """Have the interpreter end with the command's exit code.

    Where an interrupt came while a text was executed (as libraries that make functions do), CPython remembers it,
    however it was handled, and `python -m` ends itself by SIGINT in place of any exit code. Executing another text
    clears that.
    """
    exec("")  # noqa: S102  # an empty one


def interrupt() -> None:
    """Do on any thread what Ctrl-C does: raise `KeyboardInterrupt` in the main thread, also out of a system call."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def end_with(parent: int) -> None:
    """Let this process end when its parent, the process of this id, has ended, however that ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    if sys.platform != "win32":
        threading.Thread(target=watch, name="ends with its parent", daemon=True).start()
