"""What one line of a list says of a trace."""

from dataclasses import dataclass, replace

from zappa_xray.traceview import durations
from zappa_xray.traceview.amounts import status_in
from zappa_xray.traceview.lines import REPEATED, left_out, most_repeated
from zappa_xray.traceview.printable import one_line
from zappa_xray.traceview.trace import Trace

LONGEST_LIFE = 900.0  # seconds; no function runs longer than a quarter of an hour
UNREADABLE = "(this trace cannot be read)"


@dataclass(frozen=True)
class Summary:
    """A trace in short, in printable text. `start` and `duration` are in seconds.

    `route` is the URL, or the name of the work, where there is none. `status` is what the caller
    got, or what Django answered where the root does not say. `repeated` is how often the query ran
    that ran most often below one parent, `left_out` how many subsegments were counted and not
    sent. `number` counts the traces in the order in which they came, whatever their clocks say.
    """

    id: str
    start: float
    duration: float
    took: str
    service: str
    method: str
    route: str
    url: str
    status: int | None
    queries: int
    marks: list[str]
    repeated: int
    left_out: int = 0
    is_open: bool = False
    number: int = 0

    @property
    def text(self) -> str:
        """What a filter looks for words in."""
        return " ".join([self.method, self.route, self.url, self.service, *self.marks, self.id])

    def so_far(self, now: float) -> "Summary":
        """Return the same with the time that has gone by, when its end has not been told."""
        if not self.is_open:
            return self
        gone_by = now - self.start
        seconds = max(self.duration, gone_by if gone_by < LONGEST_LIFE else 0.0)
        return replace(self, duration=seconds, took=f"{durations.as_text(seconds)} so far")


def summary_of(trace: Trace) -> Summary:
    root, request = trace.root, trace.request
    http, annotations = request.request, request.annotations
    statuses = (root.status, request.status, annotations.get("status"))
    repeated = most_repeated(trace)
    in_progress = ["in progress"] if trace.in_progress else []
    n_plus_one = ["N+1"] if repeated >= REPEATED else []
    return Summary(
        id=one_line(trace.id),
        start=trace.start,
        duration=trace.duration,
        took=durations.as_text(trace.duration),
        service=one_line(root.name),
        method=one_line(annotations.get("method") or http.get("method") or ""),
        route=one_line(annotations.get("route") or http.get("url") or request.name),
        url=one_line(http.get("url", "")),
        status=next(filter(None, map(status_in, statuses)), None),
        queries=sum(entity.kind == "query" for entity in trace.entities),
        marks=list(dict.fromkeys([*request.marks, *root.marks, *in_progress, *n_plus_one])),
        repeated=repeated,
        left_out=left_out(trace)[0],
        is_open=root.duration is None,
    )


def unreadable(trace_id: str, start: float) -> Summary:
    """Return what is said of a trace that came at `start` and cannot be read."""
    marks = ["unreadable"]
    return Summary(trace_id, start, 0.0, "", "", "", UNREADABLE, "", None, 0, marks, 0)
