"""What one line of a list says of a trace."""

from dataclasses import dataclass

from zappa_xray.traceview.printable import one_line, printable
from zappa_xray.traceview.repeated import most_repeated
from zappa_xray.traceview.trace import Trace


@dataclass(frozen=True)
class Summary:
    """A trace in short, in printable text. `start` and `duration` are in seconds.

    `repeated` is how often the query ran that ran most often below one parent.
    """

    id: str
    start: float
    duration: float
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
    return Summary(
        id=printable(trace.id),
        start=trace.start,
        duration=trace.duration,
        service=one_line(trace.root.name),
        method=one_line(trace.method),
        route=one_line(trace.route),
        url=one_line(trace.request.request.get("url", "")),
        status=trace.status if isinstance(trace.status, int) else None,
        queries=trace.query_count,
        marks=trace.marks,
        repeated=most_repeated(trace),
    )
