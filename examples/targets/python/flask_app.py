"""On Flask. Usage: flask --app flask_app run --port PORT, or any WSGI server: gunicorn flask_app:app."""

from flask import Flask, request
from operation import PATH, RefusedError, invalid, start, unknown_operation
from werkzeug.exceptions import HTTPException

app = Flask(__name__)


@app.put(PATH)
def start_image_pipeline_execution() -> dict[str, str]:
    """Start an image, or refuse to."""
    return start(request.get_json())


@app.errorhandler(RefusedError)
def refuse(refusal: RefusedError) -> tuple[dict[str, str], int]:
    """An error of the operation."""
    return refusal.members(), refusal.status


@app.errorhandler(HTTPException)
def refuse_as_the_service(error: HTTPException) -> tuple[dict[str, str], int]:
    """What Flask itself refuses, but not with its page of HTML: another path or method, a body that is not JSON."""
    unrouted = error.code in {404, 405}
    return refuse(unknown_operation(error.code) if unrouted else invalid(error.description or error.name))


@app.errorhandler(Exception)
def fail(_: Exception) -> tuple[dict[str, str], int]:
    """A mistake of ours."""
    return {"__type": "ServiceException", "message": "Something went wrong."}, 500
