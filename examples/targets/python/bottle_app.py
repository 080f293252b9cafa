"""On Bottle. Usage: python bottle_app.py PORT; wsgiref, its own server, does one request at a time."""

import json
import sys

from bottle import Bottle, HTTPError, request, response
from operation import PATH, RefusedError, parse, start, unknown_operation

app = Bottle()


@app.put(PATH)
def start_image_pipeline_execution() -> dict[str, str]:
    """Start an image, or refuse to."""
    try:
        return start(parse(request.body.read()))
    except RefusedError as refusal:
        response.status = refusal.status
        return refusal.members()


def refuse_as_the_service(error: HTTPError) -> str:
    """What Bottle itself refuses or fails at, but not with its page of HTML."""
    response.content_type = "application/json"
    if error.status_code in {404, 405}:
        return json.dumps(unknown_operation().members())
    return json.dumps({"__type": "ServiceException", "message": "Something went wrong."})


for status in (404, 405, 500):
    app.error(status)(refuse_as_the_service)

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), quiet=True)
