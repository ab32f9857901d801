"""From what a developer looks at to the trace: the server's lines and Django's page of a 500."""

import logging
import threading
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from aws_xray_sdk.core import xray_recorder
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.views.debug import ExceptionReporter

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.store import OWN_PATH

HEADER = "x-amzn-trace-id"
OUR_OWN = (f" {OWN_PATH}", "/traceview/")
EVERYWHERE = ("0", "0.0.0.0", "::")  # noqa: S104  # compared, not bound: no browser takes them


def site_at(address: str, port: str | int) -> str:
    """Return the URL of the server for a browser on this machine."""
    host = "127.0.0.1" if address in EVERYWHERE else address
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class LinkedLines(logging.Filter):
    """Puts the address of a request's trace behind the line that the server prints of it.

    `site` is where the server is to be reached. The page's own requests have no line: it asks for
    news every second.
    """

    def __init__(self, site: str) -> None:
        super().__init__()
        self._site = site
        self._of_this_thread = threading.local()  # each connection has one

    def remembering(self, application: WSGIApplication) -> WSGIApplication:
        """Return the application, with each response's trace kept for the line that follows."""

        def remember(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            self._of_this_thread.trace_id = None

            def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
                named = "".join(value for name, value in headers if name.lower() == HEADER)
                if found := TRACE_ID.search(named):
                    self._of_this_thread.trace_id = found[0]
                return start_response(status, headers, *error)

            return application(environ, start)

        return remember

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if "GET " in message and any(part in message for part in OUR_OWN):
            return False
        if trace_id := getattr(self._of_this_thread, "trace_id", None):
            record.msg, record.args = "%s  %s%s", (message, self._site, address_of(trace_id))
            self._of_this_thread.trace_id = None
        return True


def address_of(trace_id: str) -> str:
    """Return where the page shows a trace, below the address of the server."""
    return f"{OWN_PATH}#{trace_id}"


def link_from_debug_pages(site: str) -> None:
    """Let Django's page of an unhandled exception name the trace, which `site` shows."""

    def receive(request: HttpRequest | None = None, **signal: Any) -> None:
        entity = xray_recorder.get_trace_entity()
        if request is not None and entity is not None and entity.sampled:
            reporter = _reporter(request, site + address_of(entity.trace_id))
            setattr(request, "exception_reporter_class", reporter)  # noqa: B010  # not in the stubs

    got_request_exception.connect(receive, weak=False, dispatch_uid="zappa_xray.traceview.links")


def _reporter(request: HttpRequest, address: str) -> Callable[..., ExceptionReporter]:
    default = import_string(settings.DEFAULT_EXCEPTION_REPORTER)
    usual: type[ExceptionReporter] = getattr(request, "exception_reporter_class", default)

    class LinkingReporter(usual):  # type: ignore[valid-type,misc]  # the service's own, if it has one
        def get_traceback_html(self) -> str:
            link = f'<p>Trace: <a href="{escape(address)}">{escape(address)}</a></p>'
            html: str = super().get_traceback_html()
            return html.replace("<body>", f"<body>{link}", 1)

        def get_traceback_text(self) -> str:
            return f"Trace: {address}\n\n{super().get_traceback_text()}"

    return LinkingReporter
