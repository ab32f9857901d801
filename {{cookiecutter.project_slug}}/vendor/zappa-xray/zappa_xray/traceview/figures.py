"""Summaries of traces -> figures of each route."""

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from zappa_xray.stages import console_address
from zappa_xray.traceview.printable import one_line

NO_ROUTE_KNOWN = "(route not recorded)"
GATEWAY_TIMEOUT = 504


@dataclass(frozen=True)
class Request:
    """What the report needs of one trace; `duration` is in seconds, None where X-Ray has none."""

    trace_id: str
    method: str
    route: str
    status: int | None
    duration: float | None
    error: bool
    throttle: bool
    fault: bool
    timed_out: bool

    @property
    def text(self) -> str:
        return f"{self.method} {self.route}"

    @classmethod
    def from_summary(cls, summary: dict[str, Any]) -> "Request":
        """Take a TraceSummary of X-Ray."""
        annotations = {
            key: next(iter(values[0]["AnnotationValue"].values()))
            for key, values in summary.get("Annotations", {}).items()
            if values and values[0].get("AnnotationValue")
        }
        http = summary.get("Http", {})
        status, duration = http.get("HttpStatus"), summary.get("ResponseTime")
        throttle = bool(summary.get("HasThrottle")) or status == 429
        return cls(
            trace_id=summary["Id"],
            method=one_line(annotations.get("method") or http.get("HttpMethod") or ""),
            route=one_line(annotations.get("route") or NO_ROUTE_KNOWN),
            status=status,
            duration=None if duration is None else round(duration, 6),
            error=bool(summary.get("HasError")) and not throttle,
            throttle=throttle,
            fault=bool(summary.get("HasFault")),
            timed_out=annotations.get("timed_out") is True or status == GATEWAY_TIMEOUT,
        )


@dataclass
class Figures:
    """What is known of one method and route. Durations are in seconds, None when none is known."""

    method: str
    route: str
    requests: int = 0
    errors: int = 0
    throttles: int = 0
    faults: int = 0
    time_outs: int = 0
    maximum: float | None = None
    slowest_trace: str | None = None
    durations: array[float] = field(default_factory=lambda: array("d"))

    def add(self, request: Request) -> None:
        self.requests += 1
        self.errors += request.error
        self.throttles += request.throttle
        self.faults += request.fault
        self.time_outs += request.timed_out
        if request.duration is not None:
            self.durations.append(request.duration)
            if self.maximum is None or request.duration > self.maximum:
                self.maximum, self.slowest_trace = request.duration, request.trace_id

    def percentile(self, percent: int) -> float | None:
        """Return a duration that was measured, by nearest rank: `percent` % took no longer."""
        rank = math.ceil(percent * len(self.durations) / 100)
        return sorted(self.durations)[rank - 1] if self.durations else None

    def row(self, region: str) -> dict[str, Any]:
        """Return all figures by name, as they are written in JSON."""
        return {
            "method": self.method,
            "route": self.route,
            "requests": self.requests,
            "median": self.percentile(50),
            "p90": self.percentile(90),
            "p99": self.percentile(99),
            "maximum": self.maximum,
            "errors": self.errors,
            "throttles": self.throttles,
            "faults": self.faults,
            "time_outs": self.time_outs,
            "slowest_trace": self.slowest_trace,
            "slowest_trace_address": self.slowest_trace
            and console_address(region, self.slowest_trace),
        }


def figures_of(requests: Iterable[Request]) -> list[Figures]:
    """Return the figures of each method and route, what hurts first: failures, then slowness."""
    routes: dict[tuple[str, str], Figures] = {}
    for request in requests:
        key = (request.method, request.route)
        routes.setdefault(key, Figures(*key)).add(request)
    return sorted(routes.values(), key=_hurt)


def _hurt(figures: Figures) -> tuple[float, float, float]:
    failures = figures.faults + figures.time_outs
    return -failures, -figures.throttles, -(figures.percentile(99) or 0)
