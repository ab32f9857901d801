"""Runs in the service: one request with many queries, in a process with one way of tracing."""

import json
import os
import random
import sys
import time
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

VARIANT, COUNTS = sys.argv[1], [int(count) for count in sys.argv[2:]]
OURS = "zappa_xray.tracing.middleware.XRayMiddleware"
THE_SDKS = "aws_xray_sdk.ext.django.middleware.XRayMiddleware"


def view(request: HttpRequest, count: int) -> HttpResponse:
    with connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute("SELECT 1 WHERE 1 = %s", [1])
            cursor.fetchall()
    return HttpResponse("ok")


urlpatterns = [path("queries/<int:count>/", view)]


def new_trace() -> str:
    root = f"1-{int(time.time()):08x}-{random.getrandbits(96):024x}"
    os.environ["_X_AMZN_TRACE_ID"] = f"Root={root};Parent={random.getrandbits(64):016x};Sampled=1"
    return root


def main() -> None:
    left_out = {
        "no tracing": {"zappa_xray.tracing", "aws_xray_sdk.ext.django"},
        "the SDK": {"zappa_xray.tracing"},
    }
    middleware = {"no tracing": [], "the SDK": [THE_SDKS], "this service": [OURS]}
    apps = [app for app in settings.INSTALLED_APPS if app not in left_out.get(VARIANT, ())]
    settings.INSTALLED_APPS = apps
    settings.MIDDLEWARE = middleware[VARIANT]
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    django.setup()
    client = Client()
    new_trace()
    client.get("/queries/10/")
    measured: list[dict[str, Any]] = []
    for count in COUNTS:
        trace_id = new_trace()
        started = time.perf_counter()
        client.get(f"/queries/{count}/")
        seconds = time.perf_counter() - started
        measured.append({"queries": count, "seconds": seconds, "trace_id": trace_id})
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
