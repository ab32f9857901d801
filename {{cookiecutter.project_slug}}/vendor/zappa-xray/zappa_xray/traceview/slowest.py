"""What X-Ray adds to a route's figures: its slowest trace, why it was slow, and what took its time."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from zappa_xray.stages import console_address
from zappa_xray.traceview import durations
from zappa_xray.traceview.lines import lines_of
from zappa_xray.traceview.trace import Trace
from zappa_xray.traceview.traced import Request, Traced
from zappa_xray.traceview.why.sentence import sentence
from zappa_xray.traceview.why.waiting import killed

LONGEST = 3
OF_INTEREST = ("query", "call", "template", "work")
# Lambda's own, around what the request does: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
AROUND = ("Invocation", "Overhead")


@dataclass(frozen=True)
class Took:
    """A subsegment, or a query that was repeated, and its `seconds` in all."""

    label: str
    seconds: float


@dataclass(frozen=True)
class Slowest:
    """The slowest trace of a route, of `traced` ones; `cause` is empty where nothing failed."""

    method: str
    route: str
    traced: int
    trace_id: str
    duration: float
    address: str
    cause: str = ""
    subsegments: tuple[Took, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return all of it by name, as it is written in JSON."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield what is printed of it."""
        name = f"{self.method} {self.route}".strip()
        took = durations.as_text(self.duration)
        yield f"{name}  {self.traced} traced, the slowest {took}  {self.trace_id}"
        if self.cause:
            yield f"  {self.cause}"
        for part in self.subsegments:
            yield f"  {durations.as_text(part.seconds):>9}  {part.label}"
        yield f"  {self.address}"


def slowest_of(traced: Traced, request: Request, trace: Trace | None, region: str) -> Slowest:
    """Return what is known of a route's slowest request; `trace` is None where X-Ray gave none."""
    return Slowest(
        method=traced.method,
        route=traced.route,
        traced=len(traced.requests),
        trace_id=request.trace_id,
        duration=request.duration or 0.0,
        address=console_address(region, request.trace_id),
        cause=cause_of(trace) if trace else "",
        subsegments=tuple(longest_in(trace)) if trace else (),
    )


def cause_of(trace: Trace) -> str:
    """Return why a request was killed or failed, on one line; empty where it did neither."""
    if verdict := killed(trace):
        return sentence(verdict)
    told = [
        text for line in lines_of(trace) for title, text in line.details if title == "exception"
    ]
    return told[0].splitlines()[0] if told and told[0] else ""


def longest_in(trace: Trace) -> list[Took]:
    """Return the subsegments, calls and repeated queries that took longest, and not what is around them."""
    lines = lines_of(trace)
    innermost = [
        line
        for line, following in zip(lines, [*lines[1:], None], strict=True)
        if (following is None or following.depth <= line.depth)
        and line.kind in OF_INTEREST
        and line.label not in AROUND
    ]
    took = [Took(line.label, sum(length for _, length in line.spans)) for line in innermost]
    return sorted(took, key=lambda part: part.seconds, reverse=True)[:LONGEST]
