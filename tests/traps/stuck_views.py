"""Every kind of request that never ends, put beside an installed service."""

import os
import re
import socket
import sqlite3
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import trap_views
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from rest_framework import serializers
from rest_framework.response import Response

sys.path.append(os.environ["TRAP_LIBRARIES"])  # the service itself has no need of httpx
import httpx

URL = os.environ.get("TRAP_URL", "http://127.0.0.1:9")


def sleep(request: HttpRequest) -> HttpResponse:
    time.sleep(60)
    return HttpResponse("never")


def on_a_socket(request: HttpRequest) -> HttpResponse:
    host, _, port = URL.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as client:
        return HttpResponse(client.recv(1))


def lock(request: HttpRequest) -> HttpResponse:
    threading.Lock().acquire() and (never := threading.Lock()).acquire() and never.acquire()
    return HttpResponse("never")


def regex(request: HttpRequest) -> HttpResponse:
    re.match(r"(a+)+$", "a" * 60 + "b")
    return HttpResponse("never")


def commit(request: HttpRequest) -> HttpResponse:
    reader = sqlite3.connect(connection.settings_dict["NAME"])
    reader.execute("CREATE TABLE numbers (number)")
    reader.execute("INSERT INTO numbers VALUES (1)")
    reader.commit()
    reader.execute("BEGIN")
    reader.execute("SELECT number FROM numbers").fetchone()  # as long as it reads nobody commits
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO numbers VALUES (2)")
    return HttpResponse("never")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def content() -> Iterator[bytes]:
        yield b"first"
        time.sleep(60)

    return StreamingHttpResponse(content())


def with_requests(request: HttpRequest) -> HttpResponse:
    import requests

    return HttpResponse(requests.get(f"{URL}/outgoing/?token=SECRET", timeout=60))


def with_httpx(request: HttpRequest) -> HttpResponse:
    with httpx.Client(verify=False, timeout=60) as client:
        return HttpResponse(client.get(f"{URL}/outgoing/?token=SECRET").content)


def with_urllib(request: HttpRequest) -> HttpResponse:
    return HttpResponse(urllib.request.urlopen(f"{URL}/outgoing/?token=SECRET"))


def template(request: HttpRequest) -> HttpResponse:
    rendered = engines["django"].from_string("{% for one in slow %}{% endfor %}")
    return HttpResponse(rendered.render({"slow": slow_lines()}))


def slow_lines() -> Iterator[str]:
    time.sleep(60)
    yield "never"


class SlowSerializer(serializers.Serializer[Any]):
    name = serializers.SerializerMethodField()

    def get_name(self, instance: Any) -> str:
        time.sleep(60)
        return "never"


class Serialized(trap_views.Open):
    def get(self, request: Any) -> Response:
        return Response(SlowSerializer({}).data)


class Middleware:
    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "before" in request.GET:
            self.wait()
        response: HttpResponse = self.get_response(request)
        if "after" in request.GET:
            self.wait()
        return response

    def wait(self) -> None:
        time.sleep(60)


urlpatterns = [
    *trap_views.urlpatterns,
    path("stuck/sleep/", sleep),
    path("stuck/socket/", on_a_socket),
    path("stuck/lock/", lock),
    path("stuck/regex/", regex),
    path("stuck/commit/", commit),
    path("stuck/stream/", stream),
    path("stuck/requests/", with_requests),
    path("stuck/httpx/", with_httpx),
    path("stuck/urllib/", with_urllib),
    path("stuck/template/", template),
    path("stuck/serializer/", Serialized.as_view()),
]
