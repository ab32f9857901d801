"""Summaries of traces -> figures for each route."""

import csv
import io
import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from zappa_xray.traceview.lines import one_line
from zappa_xray.traceview.terminal import in_time
from zappa_xray.traceview.xray import Stage

NO_ROUTE_KNOWN = "(route not recorded)"
GATEWAY_TIMEOUT = 504
COLUMNS = ("traced", "median", "p90", "p99", "max", "error", "throttle", "fault", "time-out")


@dataclass(frozen=True)
class Request:
    """What the report needs of one trace; seconds is None for one that has no response time."""

    trace_id: str
    method: str
    route: str
    seconds: float | None
    error: bool
    throttle: bool
    fault: bool
    timed_out: bool

    @classmethod
    def of(cls, summary: dict[str, Any]) -> "Request":
        """Takes a TraceSummary of X-Ray."""
        annotations = {
            key: next(iter(values[0]["AnnotationValue"].values()))
            for key, values in summary.get("Annotations", {}).items()
            if values and values[0].get("AnnotationValue")
        }
        http = summary.get("Http", {})
        seconds = summary.get("ResponseTime")
        throttle = bool(summary.get("HasThrottle")) or http.get("HttpStatus") == 429
        return cls(
            trace_id=summary["Id"],
            method=one_line(annotations.get("method") or http.get("HttpMethod") or ""),
            route=one_line(annotations.get("route") or NO_ROUTE_KNOWN),
            seconds=None if seconds is None else round(seconds, 6),
            error=bool(summary.get("HasError")) and not throttle,
            throttle=throttle,
            fault=bool(summary.get("HasFault")),
            timed_out=annotations.get("timed_out") is True
            or http.get("HttpStatus") == GATEWAY_TIMEOUT,
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
    seconds: array[float] = field(default_factory=lambda: array("d"))

    def add(self, request: Request) -> None:
        self.requests += 1
        self.errors += request.error
        self.throttles += request.throttle
        self.faults += request.fault
        self.time_outs += request.timed_out
        if request.seconds is not None:
            self.seconds.append(request.seconds)
            if self.maximum is None or request.seconds > self.maximum:
                self.maximum, self.slowest_trace = request.seconds, request.trace_id

    def percentile(self, percent: int) -> float | None:
        """Exact, by nearest rank: a duration that was measured; `percent` % took no longer."""
        rank = math.ceil(percent * len(self.seconds) / 100)
        return sorted(self.seconds)[rank - 1] if self.seconds else None

    def row(self, stage: Stage) -> dict[str, Any]:
        """All figures by name, as they are written in JSON and CSV."""
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
            "slowest_trace_address": self.slowest_trace and stage.console(self.slowest_trace),
        }


def figures_of(requests: Iterable[Request]) -> list[Figures]:
    """The figures of each method and route, what hurts first: failures, then slowness."""
    routes: dict[tuple[str, str], Figures] = {}
    for request in requests:
        key = (request.method, request.route)
        routes.setdefault(key, Figures(*key)).add(request)
    return sorted(
        routes.values(),
        key=lambda it: (-(it.faults + it.time_outs), -it.throttles, -(it.percentile(99) or 0)),
    )


def table(figures: list[Figures]) -> Table:
    """The figures for a terminal."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column("route", overflow="fold")
    for column in COLUMNS:
        made.add_column(column, justify="right", no_wrap=True)
    for one in figures:
        made.add_row(
            Text(f"{one.method} {one.route}".strip(), "bold"),
            str(one.requests),
            *(in_time(one.percentile(percent)) if one.seconds else "-" for percent in (50, 90, 99)),
            in_time(one.maximum) if one.maximum is not None else "-",
            *_counts(one),
        )
    return made


def _counts(one: Figures) -> Iterator[Text]:
    yield Text(str(one.errors or "-"))
    yield Text(str(one.throttles or "-"), "yellow" if one.throttles else "")
    yield Text(str(one.faults or "-"), "bold red" if one.faults else "")
    yield Text(str(one.time_outs or "-"), "bold red" if one.time_outs else "")


def slowest(figures: list[Figures], stage: Stage) -> Iterator[str]:
    """The slowest trace of each route, with its address in the console."""
    for one in figures:
        if one.slowest_trace:
            yield f"{one.method} {one.route}  {in_time(one.maximum)}  {one.slowest_trace}"
            yield f"  {stage.console(one.slowest_trace)}"


def as_csv(rows: list[dict[str, Any]]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0] if rows else (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
