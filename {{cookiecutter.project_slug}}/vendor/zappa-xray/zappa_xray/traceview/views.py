"""The page at /__traces__/ and what it asks for. Nothing of it answers unless DEBUG is on."""

import functools
import json
from collections.abc import Callable
from dataclasses import asdict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zappa_xray.traceview import durations
from zappa_xray.traceview.collector import collector
from zappa_xray.traceview.filters import from_words
from zappa_xray.traceview.lines import lines_of
from zappa_xray.traceview.printable import printable
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.trace import Trace

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
AXIS = (0, 0.25, 0.5, 0.75)  # where on the axis a duration is written
View = Callable[..., HttpResponse]


def while_debugging(view: View) -> View:
    """A view that answers 404 unless DEBUG is on, and whose page runs no code but its own files."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, **parameters: str) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
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

    Each trace says whether the words in `filter` take it.
    """
    known = request.GET.get("since", "")
    same_run = request.GET.get("run") == collector.run_id and known.isdecimal()
    serial, summaries = collector.store.changed_since(int(known[:15]) if same_run else 0)
    words = request.GET.get("filter", "")
    wanted = from_words(words)
    return JsonResponse(
        {
            "run": collector.run_id,
            "serial": serial,
            "address": collector.address,
            "problem": collector.problem,
            "malformed": collector.store.malformed,
            "dropped": collector.store.dropped,
            "filter": words,
            "traces": [asdict(summary) | {"wanted": wanted(summary)} for summary in summaries],
        }
    )


@while_debugging
def trace(request: HttpRequest, trace_id: str) -> HttpResponse:
    found = _kept(trace_id)
    total = found.end - found.start
    axis = [durations.as_text(total * share) for share in AXIS]
    lines = [asdict(line) for line in lines_of(found)]
    summary = asdict(summary_of(found))
    return JsonResponse({"summary": summary, "total": total, "axis": axis, "lines": lines})


@while_debugging
def documents(request: HttpRequest, trace_id: str) -> HttpResponse:
    text = json.dumps(_kept(trace_id).documents, indent=2, ensure_ascii=False)
    return HttpResponse(printable(text), content_type="text/plain; charset=utf-8")


def _kept(trace_id: str) -> Trace:
    found = collector.store.trace(trace_id)
    if found is None:
        raise Http404("This trace is not, or no longer, among those kept.")
    return found
