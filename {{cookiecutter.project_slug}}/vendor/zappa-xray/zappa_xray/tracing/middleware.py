"""The first middleware of the service: it makes each request a subsegment, locally a segment."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.django.middleware import XRayMiddleware as SDKMiddleware
from aws_xray_sdk.ext.util import calculate_segment_name
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.header import answer, header_of
from zappa_xray.tracing.hosts import known_host
from zappa_xray.tracing.in_flight import InFlight, work_of
from zappa_xray.tracing.invocation import IN_LAMBDA, invocation
from zappa_xray.tracing.plain import type_of
from zappa_xray.tracing.recording import announce, attempt, begin, end
from zappa_xray.tracing.route import route_of, route_of_match


class XRayMiddleware(SDKMiddleware):
    """Records every request with its route, also those that fail and those that are killed."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        header = header_of(request)
        work = begin(
            _segment_name(request),
            header,
            request.META.get("lambda.context"),
            settings.deadline_seconds,
        )
        request.in_flight = work  # type: ignore[attr-defined]
        attempt(_describe_request, work, request)
        announce(work)
        try:
            response: HttpResponseBase = self.get_response(request)
        except BaseException as exception:  # SystemExit and the like: Django answers all others
            work.exception = exception
            attempt(work.put_status, 500)
            end(work)
            raise
        attempt(_describe_response, work, request, response)
        if isinstance(response, StreamingHttpResponse):
            attempt(follow, response, work)
        elif invocation.ends_requests and work.outer is None:
            work.answered = True  # Zappa closes it, and what hangs or fails then is part of it
        else:
            end(work)
        return response

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> None:
        """Corrects the route where a middleware or a language has changed it since the start."""
        if work := work_of(request):
            work.view = view
            attempt(_correct_route, work, request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Does nothing: Http404 and the like are no faults, and a signal tells of the others."""


def follow(response: StreamingHttpResponse, work: InFlight) -> None:
    """Ends the work when its response is closed, or breaks while it is sent."""
    work.answered = work.streams = True
    file = getattr(response, "file_to_stream", None)
    watch: Callable[..., Any] = _watched_async if response.is_async else _watched
    response.streaming_content = watch(response.streaming_content, work)
    if file is not None:
        response.file_to_stream = file  # type: ignore[attr-defined]  # a server may send it by itself
    response.close = _closing(response, work)  # type: ignore[method-assign]


def _watched(content: Iterator[bytes], work: InFlight) -> Iterator[bytes]:
    try:
        yield from content
    except GeneratorExit:
        work.note("stream", "closed before its end")
        raise
    except BaseException as exception:
        _breaks(work, exception)
        end(work)
        raise


async def _watched_async(content: AsyncIterator[bytes], work: InFlight) -> AsyncIterator[bytes]:
    try:
        async for chunk in content:
            yield chunk
    except BaseException as exception:
        _breaks(work, exception)  # in a copy of the context: it ends where it began
        raise


def _breaks(work: InFlight, exception: BaseException) -> None:
    work.exception = exception
    if IN_LAMBDA:  # Zappa reads all of it before it answers, and then answers 500
        attempt(work.put_status, 500)


def _closing(response: HttpResponseBase, work: InFlight) -> Callable[[], None]:
    close = response.close

    def close_and_end() -> None:
        vars(response).pop("close", None)  # no circle is left for the garbage collector
        try:
            close()
        except BaseException as exception:
            if work.exception is None:
                _breaks(work, exception)
            raise
        finally:
            end(work)

    return close_and_end


def _describe_request(work: InFlight, request: HttpRequest) -> None:
    work.facts["route"], work.facts["method"] = None, request.method
    if work.entity.sampled:
        work.entity.http["request"] = _http_request(request)
        work.entity.annotations["method"] = request.method
        work.entity.annotations["stage"] = settings.stage
    _put_route(work, request, route_of(request))


def _correct_route(work: InFlight, request: HttpRequest) -> None:
    match = request.resolver_match
    route = route_of_match(request, match) if match else None
    if route and work.facts["route"] != route:
        _put_route(work, request, route)


def _put_route(work: InFlight, request: HttpRequest, route: str | None) -> None:
    work.facts["route"] = route
    work.title = f"{request.method} {route or ''}".rstrip()
    if route and work.entity.sampled:
        work.entity.annotations["route"] = route


def _describe_response(work: InFlight, request: HttpRequest, response: HttpResponseBase) -> None:
    work.reopen()
    status = getattr(response, "status_code", None)
    if not isinstance(status, int):  # Django cannot send it, and Zappa answers 500
        work.exception = TypeError(
            f"{type_of(response)} is no response with a number as its status"
        )
        work.put_status(500)
        return
    if work.view is None and hasattr(request, "urlconf"):  # other URLs, which have no such page
        _put_route(work, request, route_of(request))
    work.put_status(status)
    if status < 500:
        work.exception = None
    elif work.exception is None:
        work.exception = getattr(response, "handled_exception", None)
    if work.entity.sampled:
        if (length := response.headers.get("Content-Length", "")).isdecimal() and len(length) < 16:
            work.entity.http.setdefault("response", {})["content_length"] = int(length)
        answer(request, response, work.entity)


def _segment_name(request: HttpRequest) -> str:
    if not xray_recorder.dynamic_naming:
        return str(xray_recorder.service)
    try:
        return str(calculate_segment_name(request.META.get("HTTP_HOST"), xray_recorder))
    except Exception:  # a host name that DYNAMIC_NAMING cannot compare
        return str(xray_recorder.service)


def _http_request(request: HttpRequest) -> dict[str, Any]:
    recorded = settings.record
    path = request.get_full_path() if "query_string" in recorded else request.path
    try:
        url = f"{request.scheme}://{known_host(request)}{path}"
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
