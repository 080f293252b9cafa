"""On Tornado. Usage: python tornado_app.py PORT."""

import asyncio
import sys

from operation import PATH, RefusedError, invalid, parse, start, unknown_operation
from tornado.web import Application, HTTPError, RequestHandler


class Handler(RequestHandler):
    """Answers one request; every path comes here, so that all errors leave by `write_error`."""

    def prepare(self) -> None:
        """Refuse other paths."""
        if self.request.path != PATH:
            raise HTTPError(404)

    def put(self) -> None:
        """Start an image, or refuse to."""
        self.write(start(parse(self.request.body)))

    def write_error(self, status_code: int, **kwargs: object) -> None:
        """Errors in the form of the operation, those of Tornado too, which would be HTML."""
        _, error, _ = kwargs.get("exc_info", (None, None, None))
        refusal = error if isinstance(error, RefusedError) else self.refusal(status_code)
        self.set_status(refusal.status)
        self.finish(refusal.members())

    def refusal(self, status: int) -> RefusedError:
        """What Tornado refused or failed at."""
        if status >= 500:
            return RefusedError(status, "ServiceException", "Something went wrong.")
        return unknown_operation(status) if status in {404, 405} else invalid("The request can't be read.")


async def main() -> None:
    """Serve until the process ends."""
    Application([(".*", Handler)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
