"""The operation on one of the stores. Usage: python target.py STORE right|naive PLACE.

The handler is that of the example emulator; only where it keeps its tokens differs. Right use adds a token only if it
is not there, and takes what is there else. Naive use looks a token up, and puts it a moment later.
"""

import itertools
import json
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "examples" / "emulator")]

import emulator
import served
from kept import UnfitError


class Images(emulator.Images):
    """The images, kept in a store."""

    def __init__(self, store: served.Store, *, naive: bool) -> None:
        super().__init__()
        self.store, self.naive, self.numbering = store, naive, threading.Lock()
        self.numbers = itertools.count(1)

    def start(self, token: str, pipeline: str) -> str:
        """The image of a token, started if it is new. Raises `RefusedError`."""
        try:
            token.encode()
            kept = self.store.get(token)
        except (UnicodeEncodeError, UnfitError):
            raise emulator.RefusedError(400, "InvalidRequestException", "The token is no text to keep.") from None
        if kept is None:
            if pipeline not in emulator.PIPELINES:
                raise emulator.RefusedError(404, "ResourceNotFoundException", f"There is no {pipeline}.")
            with self.numbering:
                number = next(self.numbers)
            mine = json.dumps([pipeline, f"{pipeline.rpartition(':')[0]}:image/recipe/1.0.0/{number}"])
            if self.naive:
                self.store.put(token, mine)
                kept = mine
            else:
                kept = mine if self.store.add(token, mine) else self.store.get(token) or mine
        first, image = json.loads(kept)
        if first != pipeline:
            raise emulator.RefusedError(400, "IdempotentParameterMismatchException", "The token was used before.")
        return str(image)


class Server(ThreadingHTTPServer):
    """Many may connect at once."""

    request_queue_size = 64
    daemon_threads = True


class Handler(emulator.Handler):
    """What can't be kept is refused, as text that no store takes."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        """Start an image, or refuse to; a store that fails is a server error."""
        try:
            super().do_PUT()
        except OSError:
            raise
        except Exception as error:
            message = {"message": f"{type(error).__name__}"}
            self.answer(500, message, "00000000-0000-4000-8000-000000000000", "ServiceException")


def main() -> None:
    """Serve."""
    name, use, place = sys.argv[1:]
    emulator.IMAGES = Images(served.STORES[name](place), naive=use == "naive")
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
