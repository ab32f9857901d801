"""The page at /__traces__/ and what it asks for. Nothing of it answers unless DEBUG is on."""

import functools
import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zappa_xray.traceview import durations
from zappa_xray.traceview.collector import collector
from zappa_xray.traceview.documents import TRACE_ID, Document
from zappa_xray.traceview.filters import from_words
from zappa_xray.traceview.lines import lines_of
from zappa_xray.traceview.near import is_near
from zappa_xray.traceview.printable import printable
from zappa_xray.traceview.routes import routes_of
from zappa_xray.traceview.story import Story, story_of
from zappa_xray.traceview.summary import summary_of, unreadable
from zappa_xray.traceview.trace import Trace

logger = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
LONGEST_TEXT = 2_000_000  # characters of the documents of one trace
FAR = "The traces are shown on this machine, and to the addresses in the setting INTERNAL_IPS."
AXIS = (0, 0.25, 0.5, 0.75)  # where on the axis a duration is written
View = Callable[..., HttpResponse]


def while_debugging(view: View) -> View:
    """A view that answers 404 unless DEBUG is on and who asks is near.

    Its page runs no code but its own files.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, **parameters: str) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
        if not is_near(request.META.get("REMOTE_ADDR", "")):
            raise Http404(FAR)
        response = view(request, **parameters)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    return never_cache(require_safe(guarded))


@while_debugging
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "traceview/page.html", {"most": collector.store.traces})


@while_debugging
def news(request: HttpRequest) -> HttpResponse:
    """What has changed since the serial that the last answer named; all, from another run.

    Each trace says whether the words in `filter` take it. `found` is the id of a trace in these
    words that is kept. With `view=routes` there are the figures of the routes of all that are taken.
    """
    known = request.GET.get("since", "")
    same_run = request.GET.get("run") == collector.run_id and known.isdecimal()
    serial, summaries = collector.store.changed_since(int(known[:15]) if same_run else 0)
    words = request.GET.get("filter", "")
    wanted = from_words(words)
    asked_for = TRACE_ID.search(words)
    found = asked_for and collector.store.documents(asked_for[0]) and asked_for[0]
    routes = []
    if request.GET.get("view") == "routes":
        routes = routes_of(filter(wanted, collector.store.changed_since(0)[1]))
    return JsonResponse(
        {
            "run": collector.run_id,
            "serial": serial,
            "address": collector.address,
            "problem": collector.problem,
            "malformed": collector.store.malformed,
            "dropped": collector.store.dropped,
            "refused": collector.refused,
            "filter": words,
            "found": found or None,
            "routes": [asdict(route) for route in routes],
            "traces": [asdict(summary) | {"wanted": wanted(summary)} for summary in summaries],
        }
    )


@while_debugging
def trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    documents = _kept(trace_id)
    try:
        return JsonResponse(_shown(Trace(documents)))
    except Exception as error:  # somebody has sent what nobody has thought of
        logger.debug("Trace %s cannot be read", trace_id, exc_info=True)
        summary = asdict(unreadable(trace_id, 0.0)) | {"took": type(error).__name__}
        return JsonResponse(
            {
                "summary": summary,
                "total": 0,
                "axis": [],
                "lines": [],
                "story": asdict(Story([], "")),
            }
        )


def _shown(found: Trace) -> dict[str, Any]:
    summary = summary_of(found).so_far(time.time())
    found.last(summary.duration)
    total = found.end - found.start
    return {
        "summary": asdict(summary),
        "story": asdict(story_of(found, summary)),
        "total": total,
        "axis": [durations.as_text(total * share) for share in AXIS],
        "lines": [asdict(line) for line in lines_of(found)],
    }


@while_debugging
def documents(request: HttpRequest, trace_id: str) -> HttpResponse:
    text = printable(_kept(trace_id), LONGEST_TEXT)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _kept(trace_id: str) -> list[Document]:
    found = collector.store.documents(trace_id)
    if not found:
        raise Http404("This trace is not, or no longer, among those kept.")
    return found
