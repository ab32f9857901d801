"""Errors that no view of REST framework answers, such as an unknown address: in its form, JSON with `detail`."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse


def _answer(status: HTTPStatus) -> Callable[..., JsonResponse]:
    def view(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
        return JsonResponse({"detail": f"{status.phrase}."}, status=status)

    return view


def bad_request(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    too_large = isinstance(exception, RequestDataTooBig)
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    return _answer(status)(request)


permission_denied = _answer(HTTPStatus.FORBIDDEN)
not_found = _answer(HTTPStatus.NOT_FOUND)
server_error = _answer(HTTPStatus.INTERNAL_SERVER_ERROR)
