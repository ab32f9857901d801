"""Requests that Lambda killed, and those that ended after their deadline: out of the log's few lines."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zappa_xray.traceview.figures import GATEWAY_TIMEOUT, NO_ROUTE_KNOWN
from zappa_xray.traceview.log_lines import REQUEST_TITLE, Deadline, Death, RareLines
from zappa_xray.traceview.printable import one_line

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
GATEWAY_SECONDS = 29.0
BAD_GATEWAY = 502


@dataclass(frozen=True)
class Hurt:
    """A request that was killed, or that Django answered after its deadline; `duration` in seconds.

    `status` is what the client must have got.
    """

    method: str
    route: str
    duration: float
    status: int
    timed_out: bool
    cold: bool
    after_kill: bool

    @property
    def text(self) -> str:
        return f"{self.method} {self.route}"


def hurt_requests(lines: RareLines, ended: Collection[str]) -> Iterator[Hurt]:
    """Yield the requests among the lines; `ended` are ids of those that ended before a process died."""
    for request_id, deadline in lines.deadlines.items():
        if deadline.method:
            yield _late(deadline, lines.deaths.get(request_id))
    for request_id, death in lines.deaths.items():
        if request_id in ended or request_id in lines.deadlines:
            continue
        title = REQUEST_TITLE.fullmatch(lines.titles.get(request_id, ""))
        if title or request_id not in lines.titles:  # the title of background work is its name
            yield _dead(lines, death, title["method"] if title else "", title and title["route"])


def _late(deadline: Deadline, death: Death | None) -> Hurt:
    ran = death.seconds if death and deadline.status is None else deadline.seconds
    return Hurt(
        method=one_line(deadline.method),
        route=one_line(deadline.route or NO_ROUTE_KNOWN),
        duration=ran,
        status=_answered(ran, BAD_GATEWAY if deadline.status is None else deadline.status),
        timed_out=True,
        cold=deadline.cold,
        after_kill=deadline.after_kill,
    )


def _dead(lines: RareLines, death: Death, method: str, route: str | None) -> Hurt:
    """Return a request that its process died of, or before, or that let no other thread run."""
    cold = death.is_first or any(
        stream == death.stream and death.at - death.seconds - 1 <= at <= death.at
        for stream, at in lines.failed_inits
    )
    earlier = (
        other.stream == death.stream and other.at < death.at - death.seconds + 1
        for other in lines.deaths.values()
        if other is not death
    )
    return Hurt(
        method=one_line(method),
        route=one_line(route or NO_ROUTE_KNOWN),
        duration=death.seconds,
        status=_answered(death.seconds, BAD_GATEWAY),
        timed_out=death.timed_out,
        cold=cold,
        after_kill=cold and any(earlier),
    )


def _answered(seconds: float, otherwise: int) -> int:
    return GATEWAY_TIMEOUT if seconds >= GATEWAY_SECONDS else otherwise
