"""Runs in the service: the same request without tracing, with the SDK's middleware, with ours.

The three take turns, some hundred requests each, so that all see the same machine.
"""

import itertools
import json
import logging
import os
import random
import sys
import threading
import time
import timeit
from collections.abc import Callable
from io import BytesIO
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

REQUESTS, BATCH = int(sys.argv[1]), 100
SILENT, EMPTY = "without its log line", "no tracing, an empty line"
# What logging itself costs for a line that says nothing, into the same pipe.
empty_line = logging.getLogger("benchmark")
empty_line.propagate = False
empty_line.addHandler(logging.StreamHandler())


def view(request: HttpRequest, pk: int) -> HttpResponse:
    empty_line.info("")
    return HttpResponse("ok")


def expect_200(status: str, headers: list[tuple[str, str]]) -> None:
    assert status == "200 OK", status


urlpatterns = [path("measured/<int:pk>/", view)]


class InvocationsContext:
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
        "lambda.context": InvocationsContext(),
        "lambda.event": {},
    }


def handler(middleware: list[str], *recording: Any) -> WSGIHandler:
    """A handler with this middleware, loaded with the emitter and the context that it works with."""
    from aws_xray_sdk.core import xray_recorder

    usual = (xray_recorder.emitter, xray_recorder.context)
    xray_recorder.emitter, xray_recorder.context = recording or usual
    try:
        return loaded(middleware)
    finally:
        xray_recorder.emitter, xray_recorder.context = usual


def loaded(middleware: list[str]) -> WSGIHandler:
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def memory_kib() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


# Not a new one for each request: the C library never gives a variable's old text back, and that
# leak of 144 bytes would be in the figures for memory.
HEADERS = itertools.cycle(
    [
        f"Root=1-{int(time.time()):08x}-{random.getrandbits(96):024x};"
        f"Parent={random.getrandbits(64):016x};Sampled=1"
        for _ in range(16)
    ]
)


def new_header() -> None:
    os.environ["_X_AMZN_TRACE_ID"] = next(HEADERS)


def each_microseconds(part: Callable[[], object]) -> float:
    return min(timeit.repeat(part, timer=time.thread_time, number=1_000, repeat=5)) / 1_000 * 1e6


def batch(application: WSGIHandler) -> float:
    """Microseconds of this thread for each request of a batch, on average: no waiting for others."""
    spent = 0
    for _ in range(BATCH):
        new_header()
        request = environ()
        started = time.thread_time_ns()
        response = application(request, expect_200)
        b"".join(response)
        response.close()
        spent += time.thread_time_ns() - started
    return spent / BATCH / 1e3


def main() -> None:
    django.setup()
    from aws_xray_sdk.core import xray_recorder
    from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
    from aws_xray_sdk.core.lambda_launcher import LambdaContext
    from aws_xray_sdk.core.models.trace_header import TraceHeader
    from zappa_xray.tracing.in_flight import InFlight
    from zappa_xray.tracing.logs import request_log
    from zappa_xray.tracing.recording import watcher

    ours = (xray_recorder.emitter, xray_recorder.context)
    the_sdks = (UDPEmitter(), LambdaContext())
    with override_settings(ROOT_URLCONF=__name__):
        variants = {
            "no tracing": (handler([]), *ours),
            EMPTY: (handler([]), *ours),
            "the SDK's middleware": (
                handler(["aws_xray_sdk.ext.django.middleware.XRayMiddleware"], *the_sdks),
                *the_sdks,
            ),
            SILENT: (handler(["zappa_xray.tracing.middleware.XRayMiddleware"]), *ours),
            "this service": (handler(["zappa_xray.tracing.middleware.XRayMiddleware"]), *ours),
        }
        times: dict[str, list[float]] = {name: [] for name in variants}
        for round_number in range(REQUESTS // BATCH + 5):
            if round_number == 5:  # after the warm-up
                memory, threads = memory_kib(), threading.active_count()
            for name, (application, emitter, context) in variants.items():
                xray_recorder.emitter, xray_recorder.context = emitter, context
                request_log.setLevel(logging.WARNING if name == SILENT else logging.INFO)
                empty_line.setLevel(logging.INFO if name == EMPTY else logging.WARNING)
                microseconds = batch(application)
                if round_number >= 5:
                    times[name].append(microseconds)
    new_header()
    work = InFlight("/measured/{id}/", TraceHeader(), InvocationsContext())
    parts = {
        "arming and disarming the deadline": lambda: (watcher.watch(work), watcher.forget(work)),
        "the copy in progress": lambda: (
            setattr(work, "copy_is_sent", False),
            work.send_in_progress(),
        ),
    }
    result = {
        "parts": {name: each_microseconds(part) for name, part in parts.items()},
        "microseconds": {name: min(batches) for name, batches in times.items()},
        "requests": REQUESTS,
        "memory_kib": [memory, memory_kib()],
        "threads": [threads, threading.active_count()],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
