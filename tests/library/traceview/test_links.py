import logging
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from zappa_xray.traceview.links import LinkedLines, link_from_debug_pages, site_at

TRACE = "1-6b031359-31fa260c26b54514a74acf22"
SITE = "http://127.0.0.1:8000"


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("planted")


urlpatterns = [path("fail/", fail)]


def answered(lines: LinkedLines, *headers: tuple[str, str]) -> None:
    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", list(headers))
        return []

    lines.remembering(application)({}, lambda *_: lambda data: None)


def line_of(lines: LinkedLines, text: str = "GET /api/") -> str | None:
    record = logging.makeLogRecord({"msg": '"%s HTTP/1.1" 200 5', "args": (text,)})
    return record.getMessage() if lines.filter(record) else None


def test_the_server_s_line_of_a_request_ends_with_the_address_of_its_trace() -> None:
    lines = LinkedLines(SITE)
    answered(lines, ("X-Amzn-Trace-Id", f"Root={TRACE};Sampled=1"))
    assert line_of(lines) == f'"GET /api/ HTTP/1.1" 200 5  {SITE}/__traces__/#{TRACE}'
    answered(lines, ("Content-Type", "image/png"))
    assert line_of(lines) == '"GET /api/ HTTP/1.1" 200 5'


@pytest.mark.parametrize("own", ["GET /__traces__/news", "GET /static/traceview/traces.css"])
def test_the_terminal_is_not_told_of_the_page_s_own_requests(own: str) -> None:
    assert line_of(LinkedLines(SITE), own) is None


@pytest.mark.urls(__name__)
def test_the_page_of_a_500_names_its_trace(settings: Settings) -> None:
    settings.DEBUG = True
    client = Client(raise_request_exception=False)
    link_from_debug_pages(SITE)
    try:
        page = client.get("/fail/", headers={"accept": "text/html"})
        text = client.get("/fail/", headers={"accept": "text/plain"})
    finally:
        got_request_exception.disconnect(dispatch_uid="zappa_xray.traceview.links")
    address = f"{SITE}/__traces__/#{page['X-Amzn-Trace-Id'].removeprefix('Root=')}"
    assert f'<body><p>Trace: <a href="{address}">{address}</a></p>' in page.content.decode()
    root = text["X-Amzn-Trace-Id"].removeprefix("Root=")
    assert text.content.decode().startswith(f"Trace: {SITE}/__traces__/#{root}\n\n")
    without = client.get("/fail/", headers={"accept": "text/html"}).content.decode()
    assert "RuntimeError" in without
    assert "/__traces__/#" not in without


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_a_browser_is_given_an_address_that_it_takes(address: str, site: str) -> None:
    assert site_at(address, "8000") == site
