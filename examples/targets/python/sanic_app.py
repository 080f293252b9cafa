"""On Sanic. Usage: python sanic_app.py PORT."""

import sys

from operation import PATH, RefusedError, invalid, parse, start, unknown_operation
from sanic import HTTPResponse, Request, Sanic, json
from sanic.exceptions import SanicException

app = Sanic("target")


@app.put(PATH)
async def start_image_pipeline_execution(request: Request) -> HTTPResponse:
    """Start an image, or refuse to."""
    # Not `request.json`: its parser takes raw control characters, and what follows a NUL.
    return json(start(parse(request.body)))


@app.exception(RefusedError)
async def refuse(_: Request, refusal: RefusedError) -> HTTPResponse:
    """An error of the operation."""
    return json(refusal.members(), refusal.status)


@app.exception(SanicException)
async def refuse_as_the_service(request: Request, error: SanicException) -> HTTPResponse:
    """What Sanic itself refuses, such as another path or method, for which it has pages."""
    unrouted = error.status_code in {404, 405}
    return await refuse(request, unknown_operation(error.status_code) if unrouted else invalid(str(error)))


@app.exception(Exception)
async def fail(_: Request, __: Exception) -> HTTPResponse:
    """A mistake of ours."""
    return json({"__type": "ServiceException", "message": "Something went wrong."}, 500)


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), single_process=True)
