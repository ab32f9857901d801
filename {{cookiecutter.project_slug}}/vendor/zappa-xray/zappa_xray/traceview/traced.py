"""Summaries of X-Ray -> figures of each route, of the traced requests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from zappa_xray.traceview.amounts import status_in
from zappa_xray.traceview.figures import GATEWAY_TIMEOUT, NO_ROUTE_KNOWN, Figures, percentile
from zappa_xray.traceview.printable import one_line
from zappa_xray.traceview.trace import Trace

# A trace that lasts so many seconds longer than its first request has another one.
LONGER_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What the report needs of one request; `duration` is in seconds, None where X-Ray has none."""

    trace_id: str
    method: str
    route: str
    status: int | None
    duration: float | None
    error: bool
    throttle: bool
    fault: bool
    timed_out: bool
    cold: bool = False
    partial: bool = False

    @property
    def text(self) -> str:
        return f"{self.method} {self.route}"

    @classmethod
    def from_summary(cls, summary: dict[str, Any]) -> "Request":
        """Take a TraceSummary of X-Ray, whose HasError and HasThrottle are of any segment.

        https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
        """
        annotations = {key: values[0] for key, values in annotations_of(summary).items() if values}
        http = summary.get("Http", {})
        status = http.get("HttpStatus")
        # Without a root that has ended there is no response's time, but the trace's.
        duration = summary.get("ResponseTime", summary.get("Duration"))
        return cls(
            trace_id=summary["Id"],
            method=one_line(annotations.get("method") or http.get("HttpMethod") or ""),
            route=one_line(annotations.get("route") or NO_ROUTE_KNOWN),
            status=status,
            duration=None if duration is None else round(duration, 6),
            timed_out=True in annotations_of(summary).get("timed_out", ())
            or status == GATEWAY_TIMEOUT,
            cold=annotations.get("cold_start") is True,
            partial=bool(summary.get("IsPartial")),
            **_marks(status, summary),
        )


def _marks(status: int | None, summary: dict[str, Any]) -> dict[str, bool]:
    """Return what the root's status says; where it has none, what the summary says of any segment."""
    if status is not None:
        throttle = status == 429
        return {
            "throttle": throttle,
            "error": 400 <= status < 500 and not throttle,
            "fault": status >= 500,
        }
    throttle = bool(summary.get("HasThrottle"))
    return {
        "throttle": throttle,
        "error": bool(summary.get("HasError")) and not throttle,
        "fault": bool(summary.get("HasFault")),
    }


def annotations_of(summary: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the values of each annotation: of a trace of several requests they are several."""
    return {
        key: [
            next(iter(value["AnnotationValue"].values()))
            for value in values
            if value.get("AnnotationValue")
        ]
        for key, values in summary.get("Annotations", {}).items()
    }


def has_several(summary: dict[str, Any]) -> bool:
    """Whether several requests came with this one trace id, so that one summary cannot tell them."""
    annotations = annotations_of(summary)
    if any(len(set(annotations.get(key, ()))) > 1 for key in ("method", "route")):
        return True
    request, lasted = Request.from_summary(summary), summary.get("Duration")
    if request.timed_out or request.partial:  # the function outlives its answer
        return False
    if request.duration is None or lasted is None:
        return False
    return bool(lasted - request.duration > LONGER_SECONDS)


def requests_in(trace: Trace) -> Iterator[Request]:
    """Yield each request of a trace that has several, with its root's status and duration."""
    for root in trace.roots:
        entity = next((each for each in root.below() if "route" in each.annotations), None)
        if entity is None:
            continue
        status = status_in(root.status) or status_in(entity.annotations.get("status"))
        marks = {"HasError": root.document.get("error"), "HasFault": root.document.get("fault")}
        yield Request(
            trace_id=trace.id,
            method=one_line(entity.annotations.get("method", "")),
            route=one_line(entity.annotations["route"]),
            status=status,
            duration=root.duration,
            timed_out=entity.annotations.get("timed_out") is True or status == GATEWAY_TIMEOUT,
            cold=entity.annotations.get("cold_start") is True,
            partial=any(each.in_progress for each in root.below()),
            **_marks(status, marks),
        )


@dataclass
class Traced:
    """The traced requests of one method and route, and the slowest of them."""

    method: str
    route: str
    requests: list[Request] = field(default_factory=list)

    def slowest(self) -> Request | None:
        """Return the one that took longest; None where no duration is known."""
        known = [request for request in self.requests if request.duration is not None]
        return max(known, key=lambda request: request.duration or 0.0, default=None)

    def figures(self) -> Figures:
        durations = sorted(each.duration for each in self.requests if each.duration is not None)
        timed_out = [request for request in self.requests if request.timed_out]
        return Figures(
            method=self.method,
            route=self.route,
            requests=len(self.requests),
            median=percentile(durations, 50),
            p90=percentile(durations, 90),
            p99=percentile(durations, 99),
            maximum=durations[-1] if durations else None,
            errors=sum(request.error for request in self.requests),
            throttles=sum(request.throttle for request in self.requests),
            faults=sum(request.fault for request in self.requests),
            time_outs=len(timed_out),
            cold_starts=sum(request.cold for request in self.requests),
            cold_time_outs=sum(request.cold for request in timed_out),
        )


def by_route(requests: Iterable[Request]) -> list[Traced]:
    """Return the traced requests of each method and route."""
    routes: dict[tuple[str, str], Traced] = {}
    for request in requests:
        key = (request.method, request.route)
        routes.setdefault(key, Traced(*key)).requests.append(request)
    return list(routes.values())
