"""The first middleware of the service: it makes each request a subsegment, locally a segment."""

import re
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.http import XRAY_HEADER
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.ext.django.middleware import XRayMiddleware as SDKMiddleware
from aws_xray_sdk.ext.util import calculate_segment_name
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.in_flight import IN_LAMBDA, InFlight
from zappa_xray.tracing.route import readable, route_of

TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")


class XRayMiddleware(SDKMiddleware):
    """Records every request with its route, also those that fail and those that are killed."""

    _urls_are_loaded = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        work = InFlight(
            calculate_segment_name(request.META.get("HTTP_HOST"), xray_recorder),
            _trace_header(request),
            request.META.get("lambda.context"),
        )
        request.in_flight = work  # type: ignore[attr-defined]  # for process_view and the signal
        self._describe_request(request, work)
        try:
            response: HttpResponseBase = self.get_response(request)
        except BaseException as exception:  # SystemExit and the like: Django answers all others
            work.exception = exception
            self._finish(work, 500)
            raise
        self._finish(work, response.status_code, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> None:
        """Corrects the route where a middleware or a language has changed it since the start."""
        work: InFlight = request.in_flight  # type: ignore[attr-defined]  # set in __call__
        work.view = view
        route = readable(request.resolver_match.route) if request.resolver_match else None
        if route and work.entity.annotations.get("route") != route:
            self._put_route(work, request, route)
            work.send_in_progress()

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Does nothing: Http404 and the like are no faults, and a signal tells of the others."""

    def _describe_request(self, request: HttpRequest, work: InFlight) -> None:
        if work.entity.sampled:
            work.entity.http = {"request": _http_request(request)}
            work.entity.annotations |= {"method": request.method, "stage": settings.stage}
        if not self._urls_are_loaded:
            # The first route is known after all modules of the URLs are imported.
            work.send_in_progress()
            self._urls_are_loaded = True
        self._put_route(work, request, route_of(request))
        work.send_in_progress()

    def _put_route(self, work: InFlight, request: HttpRequest, route: str | None) -> None:
        work.title = f"{request.method} {route or ''}".rstrip()
        if route and work.entity.sampled:
            work.entity.annotations["route"] = route

    def _finish(
        self, work: InFlight, status: int, response: HttpResponseBase | None = None
    ) -> None:
        work.stop_watching()
        entity = work.entity
        if entity.sampled and entity.in_progress:
            entity.annotations["status"] = status
            entity.put_http_meta("status", status)
            if status >= 500:
                work.exception = work.exception or getattr(response, "handled_exception", None)
                work.add_cause()
            if response is not None:
                if (length := response.headers.get("Content-Length", "")).isdecimal():
                    entity.put_http_meta("content_length", int(length))
                response[XRAY_HEADER] = f"Root={entity.trace_id}"
        work.end()


def _trace_header(request: HttpRequest) -> TraceHeader:
    # In Lambda the environment has the header that counts.
    header = None if IN_LAMBDA else request.META.get("HTTP_X_AMZN_TRACE_ID")
    if not header:
        return TraceHeader()
    parsed = TraceHeader.from_header_str(header)
    return parsed if TRACE_ID.fullmatch(parsed.root or "") else TraceHeader()


def _http_request(request: HttpRequest) -> dict[str, Any]:
    recorded = settings.record
    path = request.get_full_path() if "query_string" in recorded else request.path
    try:
        url = f"{request.scheme}://{request.get_host()}{path}"
    except DisallowedHost:
        url = path
    described: dict[str, Any] = {"method": request.method, "url": url}
    if "user_agent" in recorded and "HTTP_USER_AGENT" in request.META:
        described["user_agent"] = request.META["HTTP_USER_AGENT"]
    if "client_address" in recorded:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
        described["client_ip"] = forwarded or request.META.get("REMOTE_ADDR", "")
        described["x_forwarded_for"] = bool(forwarded)
    return described
