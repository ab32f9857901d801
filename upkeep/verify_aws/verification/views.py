import time

from django.http import HttpRequest, HttpResponse

LONGER_THAN_A_FUNCTION_LIVES = 1000  # seconds


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("asked to fail")


def hangs(request: HttpRequest) -> HttpResponse:
    time.sleep(LONGER_THAN_A_FUNCTION_LIVES)
    return HttpResponse()
