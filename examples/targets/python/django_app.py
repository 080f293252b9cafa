"""On Django, in one file. Usage: python django_app.py runserver --noreload PORT, or waitress-serve django_app:app."""

import sys

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.management import execute_from_command_line
from django.http import HttpResponse, JsonResponse
from django.urls import path
from operation import PATH, RefusedError, parse, start, unknown_operation

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)
django.setup()


def refused(refusal: RefusedError) -> JsonResponse:
    """An error of the operation."""
    return JsonResponse(refusal.members(), status=refusal.status)


def start_image_pipeline_execution(request: WSGIRequest) -> HttpResponse:
    """Start an image, or refuse to. Django's own refusal of a method would be an empty page of HTML."""
    try:
        if request.method != "PUT":
            raise unknown_operation(405)
        return JsonResponse(start(parse(request.body)))
    except RefusedError as refusal:
        return refused(refusal)


def refuse_path(_: WSGIRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django names it
    """Another path."""
    return refused(unknown_operation())


def refuse_request(_: WSGIRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # likewise
    """A request that Django can't read."""
    return refused(RefusedError(400, "InvalidRequestException", "The request can't be read."))


def fail(_: WSGIRequest) -> HttpResponse:
    """A mistake of ours."""
    return refused(RefusedError(500, "ServiceException", "Something went wrong."))


urlpatterns = [path(PATH.removeprefix("/"), start_image_pipeline_execution)]
handler400, handler404, handler500 = refuse_request, refuse_path, fail
app = WSGIHandler()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
