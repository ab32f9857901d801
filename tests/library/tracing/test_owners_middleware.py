"""Middleware of the owner's that puts another request or other URLs in the place of what came."""

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.http import require_POST
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.logs import TraceContextFilter

OURS = "zappa_xray.tracing.middleware.XRayMiddleware"
TEST = "tests.library.tracing.test_owners_middleware"


def ok(request: HttpRequest, **_: Any) -> HttpResponse:
    return HttpResponse("ok")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("broken on purpose")


urlpatterns = [
    path("ok/<int:pk>/", ok),
    path("broken/", broken),
    path("posts/<name>/", require_POST(ok)),
]
others = ModuleType("others")
others.urlpatterns = [path("special/<int:pk>/", ok)]  # type: ignore[attr-defined]  # a module made here

Answer = Callable[[HttpRequest], HttpResponse]


def replaces_the_request(get_response: Answer) -> Answer:
    return lambda request: get_response(WSGIRequest(request.environ))  # type: ignore[attr-defined]  # WSGI's


def replaces_the_urls(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = others  # type: ignore[assignment]  # a module, as Django allows
        return get_response(request)

    return middleware


pytestmark = pytest.mark.urls(TEST)
replaced_request = override_settings(MIDDLEWARE=[OURS, f"{TEST}.replaces_the_request"])
replaced_urls = override_settings(MIDDLEWARE=[OURS, f"{TEST}.replaces_the_urls"])


@replaced_request
def test_another_request_is_answered_and_recorded_as_the_first(trace_daemon: TraceDaemon) -> None:
    assert Client().get("/ok/7/").status_code == 200

    [document] = trace_daemon.complete
    assert document["annotations"]["route"] == "/ok/{id}/"


@replaced_request
def test_the_failure_of_another_request_has_its_cause(trace_daemon: TraceDaemon) -> None:
    assert Client(raise_request_exception=False).get("/broken/").status_code == 500

    [document] = trace_daemon.complete
    assert [one["type"] for one in document["cause"]["exceptions"]] == ["ValueError"]


@replaced_request
def test_the_line_of_another_request_names_no_path(caplog: pytest.LogCaptureFixture) -> None:
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.getMessage())

    handler = Kept()
    handler.addFilter(TraceContextFilter())
    log = logging.getLogger("django.request")
    log.addHandler(handler)
    try:
        Client().get("/posts/secret/")
    finally:
        log.removeHandler(handler)

    assert written == ["Method Not Allowed (GET): /posts/{name}/"]


@replaced_urls
@pytest.mark.parametrize(
    ("path", "route", "status"),
    [("/special/7/", "/special/{id}/", 200), ("/ok/7/", "(no route)", 404)],
)
def test_the_route_is_one_of_the_urls_that_were_asked(
    trace_daemon: TraceDaemon, path: str, route: str, status: int
) -> None:
    assert Client().get(path).status_code == status

    [document] = trace_daemon.complete
    assert document["annotations"]["route"] == route
