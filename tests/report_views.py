"""Views of the tests of the report and of why, put beside an installed service."""

import ctypes
import os
import socket
import sqlite3
import threading
import time
import urllib.request

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def item(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse("item", status=int(request.GET.get("status", "200")))


def query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("asked")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("not you")


def broken(request: HttpRequest) -> HttpResponse:
    raise LookupError("broken on purpose")


def sleeps(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET.get("seconds", "60")))
    return HttpResponse("awake")


def locked(request: HttpRequest) -> HttpResponse:
    connection.ensure_connection()
    holder = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    holder.execute("BEGIN EXCLUSIVE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = %s", ["x"])
    return HttpResponse("never")


def connects(request: HttpRequest) -> HttpResponse:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = []
        for _ in range(4):  # what listens and never accepts takes no more than a few
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(address)
            waiting.append(client)
        urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/orders/", timeout=60)
    return HttpResponse("never")


def calls(request: HttpRequest) -> HttpResponse:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urllib.request.urlopen(f"http://127.0.0.1:{silent.getsockname()[1]}/prices/", timeout=60)
    return HttpResponse("never")


def in_c(request: HttpRequest) -> HttpResponse:
    # As a regular expression that never ends, but for the processor: a PyDLL's call keeps the interpreter.
    threading.Thread(target=ctypes.PyDLL(None).sleep, args=(60,)).run()
    return HttpResponse("never")


def crashes(request: HttpRequest) -> HttpResponse:
    ctypes.string_at(0)
    return HttpResponse("never")


def killed(request: HttpRequest) -> HttpResponse:
    os.kill(os.getpid(), 9)
    return HttpResponse("never")


def large(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x" * 7_000_000)


urlpatterns = [
    path("items/<int:pk>/", item),
    path("query/", query),
    path("forbidden/", forbidden),
    path("broken/", broken),
    path("sleeps/", sleeps),
    path("locked/", locked),
    path("connects/", connects),
    path("calls/", calls),
    path("in-c/", in_c),
    path("crashes/", crashes),
    path("killed/", killed),
    path("large/", large),
]
