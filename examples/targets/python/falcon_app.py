"""On Falcon. Usage: waitress-serve --listen 127.0.0.1:PORT falcon_app:app."""

import falcon
from operation import PATH, RefusedError, invalid, parse, start, unknown_operation


class Executions:
    """The operation as a resource."""

    def on_put(self, request: falcon.Request, response: falcon.Response) -> None:
        """Start an image, or refuse to."""
        response.media = start(parse(request.bounded_stream.read()))


def refuse(_: falcon.Request, response: falcon.Response, refusal: RefusedError, __: dict[str, str]) -> None:
    """An error of the operation."""
    response.status, response.media = refusal.status, refusal.members()


def refuse_as_the_service(
    request: falcon.Request, response: falcon.Response, error: falcon.HTTPError, parameters: dict[str, str]
) -> None:
    """What Falcon itself refuses: another path or method."""
    unrouted = error.status_code in {404, 405}
    refusal = unknown_operation(error.status_code) if unrouted else invalid(error.title or "")
    refuse(request, response, refusal, parameters)


def fail(_: falcon.Request, response: falcon.Response, __: Exception, ___: dict[str, str]) -> None:
    """A mistake of ours."""
    response.status = 500
    response.media = {"__type": "ServiceException", "message": "Something went wrong."}


app = falcon.App()
app.add_route(PATH, Executions())
app.add_error_handler(Exception, fail)
app.add_error_handler(RefusedError, refuse)
app.add_error_handler(falcon.HTTPError, refuse_as_the_service)
