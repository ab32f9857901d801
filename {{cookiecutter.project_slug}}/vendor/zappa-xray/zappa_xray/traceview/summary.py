"""What one line of a list says of a trace."""

from dataclasses import dataclass

from zappa_xray.traceview import durations
from zappa_xray.traceview.lines import most_repeated
from zappa_xray.traceview.printable import one_line
from zappa_xray.traceview.trace import Trace


@dataclass(frozen=True)
class Summary:
    """A trace in short, in printable text. `start` and `duration` are in seconds.

    `route` is the URL, or the name of the work, where there is none. `status` is what the caller
    got, or what Django answered where the root does not say. `repeated` is how often the query ran
    that ran most often below one parent.
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

    @property
    def text(self) -> str:
        """What a filter looks for words in."""
        return " ".join([self.method, self.route, self.url, self.service, *self.marks])


def summary_of(trace: Trace) -> Summary:
    root, request = trace.root, trace.request
    http, annotations = request.request, request.annotations
    statuses = (root.status, request.status, annotations.get("status"))
    status = next((status for status in statuses if status is not None), None)
    in_progress = ["in progress"] if trace.in_progress else []
    return Summary(
        id=one_line(trace.id),
        start=trace.start,
        duration=trace.duration,
        took=durations.as_text(trace.duration),
        service=one_line(root.name),
        method=one_line(annotations.get("method") or http.get("method") or ""),
        route=one_line(annotations.get("route") or http.get("url") or request.name),
        url=one_line(http.get("url", "")),
        status=status if isinstance(status, int) else None,
        queries=sum(entity.kind == "query" for entity in trace.entities),
        marks=list(dict.fromkeys([*request.marks, *root.marks, *in_progress])),
        repeated=most_repeated(trace),
    )
