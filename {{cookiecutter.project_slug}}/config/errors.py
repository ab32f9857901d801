"""Errors that no view of REST framework answers, such as an unknown address: in its form, JSON with `detail`."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse


def _answer(status: HTTPStatus) -> Callable[..., JsonResponse]:
    def view(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
        return JsonResponse({"detail": f"{status.phrase}."}, status=status)

    return view


bad_request = _answer(HTTPStatus.BAD_REQUEST)
permission_denied = _answer(HTTPStatus.FORBIDDEN)
not_found = _answer(HTTPStatus.NOT_FOUND)
server_error = _answer(HTTPStatus.INTERNAL_SERVER_ERROR)
