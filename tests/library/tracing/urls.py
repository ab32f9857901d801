"""Routes and views that behave as no service should."""

import random
import time
from typing import Any

from aws_xray_sdk.core import xray_recorder
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path, re_path
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


def ok(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("ok")


def query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        for _ in range(int(request.GET.get("n", "1"))):
            cursor.execute("SELECT 1 WHERE 1 = %s", [1])
    return HttpResponse("ok")


def long_queries(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        for _ in range(25):
            cursor.execute(f"SELECT 1 AS {'x' * 4_000}")
    return HttpResponse("ok")


def of_length(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", headers={"Content-Length": request.GET["length"]})


def nameless(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template("ok").render(Context()))


def missing(request: HttpRequest, **_: Any) -> HttpResponse:
    raise Http404("no such thing")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("not you")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("broken on purpose")


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(0.3)
    return HttpResponse("ok")


class InALibrary(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        time.sleep(0.3)
        return HttpResponse("ok")

    get.__code__ = get.__code__.replace(co_filename="/opt/python/library.py")


SLOW_QUERIES = {
    "mysql": "SELECT SLEEP(%s)",
    "postgresql": "SELECT pg_sleep(%s)",
    "sqlite": "SELECT wait(%s)",
}


def just_in_time(request: HttpRequest) -> HttpResponse:
    time.sleep(0.009 + random.random() / 500)  # no secret
    return HttpResponse("ok")


def slow_query(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.create_function("wait", 1, time.sleep)
    with connection.cursor() as cursor:
        cursor.execute(SLOW_QUERIES[connection.vendor], [0.3])
    return HttpResponse("ok")


def leaking(request: HttpRequest) -> HttpResponse:
    xray_recorder.begin_subsegment("never ended")
    return HttpResponse("ok")


def large(request: HttpRequest) -> HttpResponse:
    xray_recorder.put_metadata("large", "x" * 100_000)
    return HttpResponse("ok")


class Handled(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        raise APIException("broken in DRF")


class TooMany(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        raise Throttled


urlpatterns = [
    path("ok/", ok),
    path("query/", query),
    path("long-queries/", long_queries),
    path("missing/", missing),
    path("of-length/", of_length),
    path("nameless/", nameless),
    path("hidden/<slug:name>/", missing),
    path("forbidden/", forbidden),
    path("broken/", broken),
    path("slow/", slow),
    path("in-a-library/", InALibrary.as_view()),
    path("just-in-time/", just_in_time),
    path("slow-query/", slow_query),
    path("leaking/", leaking),
    path("large/", large),
    path("handled/", Handled.as_view()),
    path("too-many/", TooMany.as_view()),
    path("items/<int:pk>/", include([re_path(r"^parts/(?P<name>\w+)/$", ok)])),
]
