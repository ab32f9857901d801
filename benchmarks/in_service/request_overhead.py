"""Runs in the service: the same request without tracing, with the SDK's middleware, with ours.

The three take turns, some hundred requests each, so that all see the same machine.
"""

import json
import os
import random
import statistics
import sys
import threading
import time
from io import BytesIO
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

REQUESTS, BATCH = int(sys.argv[1]), 100


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("measured/<int:pk>/", view)]


class LambdaContext:
    aws_request_id = "a request id"

    def get_remaining_time_in_millis(self) -> int:
        return 35_000


def environ() -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/measured/7/",
        "QUERY_STRING": "page=2",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "HTTP_HOST": "a1b2c3.execute-api.eu-central-1.amazonaws.com",
        "HTTP_USER_AGENT": "benchmark",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "https",
        "lambda.context": LambdaContext(),
        "lambda.event": {},
    }


def handler(middleware: list[str]) -> WSGIHandler:
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def memory_kib() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def batch(application: WSGIHandler) -> float:
    """Microseconds of each request of a batch, on average."""
    spent = 0.0
    for _ in range(BATCH):
        root = f"1-{int(time.time()):08x}-{random.getrandbits(96):024x}"
        os.environ["_X_AMZN_TRACE_ID"] = f"Root={root};Parent={random.getrandbits(64):016x};Sampled=1"
        request = environ()
        started = time.perf_counter()
        response = application(request, lambda *_: None)
        b"".join(response)
        response.close()
        spent += time.perf_counter() - started
    return spent / BATCH * 1e6


def main() -> None:
    django.setup()
    from aws_xray_sdk.core import xray_recorder
    from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter

    ours, the_sdks = xray_recorder.emitter, UDPEmitter()
    with override_settings(ROOT_URLCONF=__name__):
        variants = {
            "no tracing": (handler([]), ours),
            "the SDK's middleware": (
                handler(["aws_xray_sdk.ext.django.middleware.XRayMiddleware"]),
                the_sdks,
            ),
            "this service": (handler(["tracing.middleware.XRayMiddleware"]), ours),
        }
        times: dict[str, list[float]] = {name: [] for name in variants}
        for round_number in range(REQUESTS // BATCH + 5):
            if round_number == 5:  # after the warm-up
                memory, threads = memory_kib(), threading.active_count()
            for name, (application, emitter) in variants.items():
                xray_recorder.emitter = emitter
                microseconds = batch(application)
                if round_number >= 5:
                    times[name].append(microseconds)
    result = {
        "microseconds": {name: statistics.median(batches) for name, batches in times.items()},
        "requests": REQUESTS,
        "memory_kib": [memory, memory_kib()],
        "threads": [threads, threading.active_count()],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
