"""On FastAPI, the request described by a Pydantic model. Usage: uvicorn fastapi_app:app --port PORT."""

from typing import Annotated

import operation
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints
from starlette.exceptions import HTTPException

app = FastAPI()


class StartRequest(BaseModel):
    """What the operation takes; Pydantic ignores other members."""

    clientToken: Annotated[str, StringConstraints(min_length=1, max_length=operation.LONGEST_TOKEN)]  # noqa: N815
    imagePipelineArn: Annotated[str, StringConstraints(pattern=f"^{operation.PIPELINE_ARN.pattern}$")]  # noqa: N815


@app.put(operation.PATH)
def start_image_pipeline_execution(request: StartRequest) -> dict[str, str]:
    """Start an image, or refuse to."""
    return operation.start(request.model_dump())


def answer(refusal: operation.RefusedError) -> JSONResponse:
    """An error of the operation."""
    return JSONResponse(refusal.members(), refusal.status)


@app.exception_handler(operation.RefusedError)
def refuse(_: Request, refusal: operation.RefusedError) -> JSONResponse:
    """What the operation refuses."""
    return answer(refusal)


@app.exception_handler(RequestValidationError)
def refuse_what_is_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """What the model refuses: 400, where FastAPI says 422."""
    return answer(operation.invalid(f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}"))


@app.exception_handler(HTTPException)
def refuse_as_the_service(_: Request, error: HTTPException) -> JSONResponse:
    """What FastAPI itself refuses: another path or method, a body that can't be read."""
    unrouted = error.status_code in {404, 405}
    return answer(operation.unknown_operation(error.status_code) if unrouted else operation.invalid(error.detail))


@app.exception_handler(Exception)
def fail(_: Request, __: Exception) -> JSONResponse:
    """A mistake of ours."""
    return answer(operation.RefusedError(500, "ServiceException", "Something went wrong."))
