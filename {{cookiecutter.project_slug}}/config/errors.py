"""Errors in one form, JSON with `detail`: also Django's own, when no view of REST framework answers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from rest_framework import views
from rest_framework.response import Response


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as REST framework does, but a list of mere messages in `detail` as well.

    That is what a mistake outside any field comes to, such as one in the query string.
    """
    response = views.exception_handler(exception, context)
    if (
        response is not None
        and isinstance(response.data, list)
        and all(isinstance(message, str) for message in response.data)
    ):
        response.data = {"detail": " ".join(response.data)}
    return response


def _answer(status: HTTPStatus) -> Callable[..., JsonResponse]:
    def view(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
        return JsonResponse({"detail": f"{status.phrase}."}, status=status)

    return view


bad_request = _answer(HTTPStatus.BAD_REQUEST)
permission_denied = _answer(HTTPStatus.FORBIDDEN)
not_found = _answer(HTTPStatus.NOT_FOUND)
server_error = _answer(HTTPStatus.INTERNAL_SERVER_ERROR)
