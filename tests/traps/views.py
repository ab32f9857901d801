"""URLs that misbehave, put beside an installed service for the tests of the traps."""

import io
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import rest_framework.exceptions
from aws_xray_sdk.core import xray_recorder
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import viewsets
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView
from zappa_xray import traced

logger = logging.getLogger(__name__)


class Open(APIView):
    """A DRF view that anybody may call, without throttles."""

    permission_classes = [AllowAny]
    throttle_classes: list[type] = []


class Notes(viewsets.ViewSet):
    """A router's view set that needs no database."""

    permission_classes = [AllowAny]
    throttle_classes: list[type] = []

    def list(self, request: Any, **_: Any) -> Response:
        return Response([])

    def retrieve(self, request: Any, pk: str, **_: Any) -> Response:
        return Response({"pk": pk})


def ok(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("ok")


def query(request: HttpRequest) -> HttpResponse:
    count = int(request.GET.get("n", "1"))
    with connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute("SELECT 1 WHERE 1 = %s", [1])
    return HttpResponse("ok")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404("no such thing")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("not you")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("broken on purpose")


def leaking(request: HttpRequest) -> HttpResponse:
    xray_recorder.begin_subsegment("never ended")
    return HttpResponse("ok")


def streams(request: HttpRequest) -> StreamingHttpResponse:
    def content() -> Iterator[bytes]:
        yield b"first"
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        time.sleep(0.2)
        if "break" in request.GET:
            raise ValueError("broken while it is sent")
        yield b"second"

    return StreamingHttpResponse(content())


def streams_asynchronously(request: HttpRequest) -> StreamingHttpResponse:
    async def content() -> AsyncIterator[bytes]:
        yield b"first"
        raise ValueError("broken while it is sent")

    return StreamingHttpResponse(content())


def sends_a_file(request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(b"x" * 10_000), filename="numbers.csv")


class Throttled(Open):
    def get(self, request: Any) -> Response:
        raise rest_framework.exceptions.Throttled


class Handled(Open):
    """DRF turns this into a 500 by itself; Django never hears of the exception."""

    def get(self, request: Any) -> Response:
        raise rest_framework.exceptions.APIException("broken in DRF")


class DRFMissing(Open):
    def get(self, request: Any) -> Response:
        raise Http404


def sleep(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET.get("seconds", "60")))
    return HttpResponse("awake")


def loop(request: HttpRequest) -> HttpResponse:
    while True:
        pass


def locked(request: HttpRequest) -> HttpResponse:
    """Waits for SQLite's lock in C code: another connection never lets it go."""
    connection.ensure_connection()
    holder = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    holder.execute("BEGIN EXCLUSIVE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = %s", ["SECRET-PARAMETER"])
    return HttpResponse("never")


def connects(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    return HttpResponse("never")


def calls(request: HttpRequest) -> HttpResponse:
    import requests

    requests.get(os.environ["TRAP_URL"] + "/outgoing/?token=SECRET", timeout=60)
    return HttpResponse("never")


def asks_aws(request: HttpRequest) -> HttpResponse:
    import boto3

    boto3.client("s3", endpoint_url=os.environ["TRAP_URL"]).list_buckets()
    return HttpResponse("never")


def large(request: HttpRequest) -> HttpResponse:
    xray_recorder.put_metadata("large", "x" * 200_000)
    xray_recorder.put_metadata("small", "kept")
    return HttpResponse("ok")


def many_large(request: HttpRequest) -> HttpResponse:
    xray_recorder.put_metadata("numbers", list(range(50_000)))
    return HttpResponse("ok")


def threads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted(thread.name for thread in threading.enumerate())))


class StuckMiddleware:
    """Waits before any view is known, as a middleware that asks another service would."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "stuck-in-middleware" in request.GET:
            time.sleep(60)
        if "broken-in-middleware" in request.GET:
            raise RuntimeError("a middleware fails")
        return self.get_response(request)


def sized(request: HttpRequest, kind: str, size: int) -> HttpResponseBase:
    """Answer with so many bytes of JSON, of a picture, or of a stream that does not say its length."""
    if kind == "json":
        return HttpResponse(b"x" * size, content_type="application/json")
    if kind == "picture":
        return HttpResponse(b"x" * size, content_type="image/png")
    pieces = (b"x" * 100_000 for _ in range(size // 100_000))
    return StreamingHttpResponse(pieces, content_type="text/csv")


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.POST.get("field", ""))))


router = DefaultRouter()
router.register("notes", Notes, basename="note")


@traced("part in a thread")
def part_in_a_thread() -> None:
    logger.warning("in a thread")


def hangs_in_a_folder_that_is_gone(request: HttpRequest) -> HttpResponse:
    """Its threads have ended before it hangs."""
    thread = threading.Thread(target=part_in_a_thread)
    thread.start()
    thread.join()
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)
    time.sleep(60)
    return HttpResponse("too late")


urlpatterns = [
    path("api/", include(router.urls)),
    path("ok/", ok),
    path("items/<int:pk>/parts/<slug:name>/", ok),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?:page-(\d+)/)?$", ok),
    path("spaced/", include(([path("<uuid:token>/", ok, name="x")], "app"), namespace="spaced")),
    path("query/", query),
    path("missing/", missing),
    path("forbidden/", forbidden),
    path("broken/", broken),
    path("leaking/", leaking),
    path("streams/", streams),
    path("streams-asynchronously/", streams_asynchronously),
    path("file/", sends_a_file),
    path("sized/<str:kind>/<int:size>/", sized),
    path("form/", csrf_exempt(form)),
    path("throttled/", Throttled.as_view()),
    path("handled/", Handled.as_view()),
    path("drf-missing/", DRFMissing.as_view()),
    path("sleep/", sleep),
    path("loop/", loop),
    path("locked/", locked),
    path("connects/", connects),
    path("calls/", calls),
    path("asks-aws/", asks_aws),
    path("large/", large),
    path("many-large/", many_large),
    path("threads/", threads),
    path("folder-is-gone/", hangs_in_a_folder_that_is_gone),
]

handler400 = "config.errors.bad_request"


@traced
def scheduled(event: Any, context: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "done"


@traced("nightly work")
def failing(event: Any, context: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    raise LookupError("the nightly work fails")


@traced
def without_arguments() -> str:
    return "done"


@traced
def sleeping(event: Any, context: Any) -> None:
    time.sleep(60)


def plain(event: Any, context: Any) -> str:
    """What a service schedules, without a decorator."""
    logger.info("in the function")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "done"


def second(event: Any) -> str:
    return "also done"


def task(number: int, *, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return f"{number} {text}"


def plain_failing(event: Any, context: Any) -> None:
    raise LookupError("the plain work fails")


def fails_with_a_url(event: Any, context: Any) -> None:
    url = "https://anna:" + "SECRET@example.org/?token=SECRET"
    raise LookupError(f"no answer from {url}")


def returns_what_is_no_json(event: Any, context: Any) -> object:
    return iter(())


def exits(event: Any, context: Any) -> None:
    raise SystemExit(3)


def with_parts(event: Any, context: Any) -> None:
    outer()


@traced("outer part")
def outer() -> None:
    inner()


@traced("inner part")
def inner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def connection_is_fresh() -> bool:
    fresh = connection.connection is None
    connection.ensure_connection()
    return fresh
