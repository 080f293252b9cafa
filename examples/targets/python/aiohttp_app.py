"""On aiohttp. Usage: python aiohttp_app.py PORT."""

import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from operation import PATH, RefusedError, invalid, parse, start, unknown_operation

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def start_image_pipeline_execution(request: web.Request) -> web.StreamResponse:
    """Start an image, or refuse to."""
    return web.json_response(start(parse(await request.read())))


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors in the form of the operation, those of aiohttp too, which would be plain text."""
    try:
        return await handler(request)
    except RefusedError as error:
        refusal = error
    except web.HTTPException as error:
        unrouted = error.status in {404, 405}
        refusal = unknown_operation(error.status) if unrouted else invalid(error.reason)
    except Exception:  # noqa: BLE001  # nobody else is left to answer
        refusal = RefusedError(500, "ServiceException", "Something went wrong.")
    return web.json_response(refusal.members(), status=refusal.status)


app = web.Application(middlewares=[errors])
app.router.add_put(PATH, start_image_pipeline_execution)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
