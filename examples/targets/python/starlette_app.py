"""On Starlette. Usage: uvicorn starlette_app:app --port PORT, or another ASGI server: hypercorn, granian."""

from operation import PATH, RefusedError, invalid, parse, start, unknown_operation
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def start_image_pipeline_execution(request: Request) -> JSONResponse:
    """Start an image, or refuse to."""
    return JSONResponse(start(parse(await request.body())))


async def refuse(_: Request, refusal: RefusedError) -> JSONResponse:
    """An error of the operation."""
    return JSONResponse(refusal.members(), refusal.status)


async def refuse_as_the_service(request: Request, error: HTTPException) -> JSONResponse:
    """What Starlette itself refuses, which it would do in plain text: another path or method."""
    unrouted = error.status_code in {404, 405}
    return await refuse(request, unknown_operation(error.status_code) if unrouted else invalid(error.detail))


async def fail(_: Request, __: Exception) -> JSONResponse:
    """A mistake of ours."""
    return JSONResponse({"__type": "ServiceException", "message": "Something went wrong."}, 500)


app = Starlette(
    routes=[Route(PATH, start_image_pipeline_execution, methods=["PUT"])],
    exception_handlers={RefusedError: refuse, HTTPException: refuse_as_the_service, Exception: fail},
)
