"""Summaries of traces -> what is known of each route of the last requests."""

from collections.abc import Iterable
from dataclasses import dataclass

from zappa_xray.traceview import durations
from zappa_xray.traceview.figures import percentile
from zappa_xray.traceview.summary import Summary


@dataclass(frozen=True)
class Route:
    """The figures of one method and route. `median` and `p99` are in seconds, by nearest rank.

    `queries` is the most that one request had, `repeated` how often the same one ran there,
    `n_plus_one` how many requests ran one query again and again. `filter` takes these requests.
    """

    method: str
    route: str
    filter: str
    requests: int
    median: float
    median_text: str
    p99: float
    p99_text: str
    errors: int
    faults: int
    time_outs: int
    queries: int
    n_plus_one: int
    repeated: int


def routes_of(summaries: Iterable[Summary]) -> list[Route]:
    """Return the figures of each route, what hurts first: failures, then slowness."""
    by_name: dict[tuple[str, str], list[Summary]] = {}
    for summary in summaries:
        by_name.setdefault((summary.method, summary.route), []).append(summary)
    routes = [_route(*name, found) for name, found in by_name.items()]
    return sorted(routes, key=lambda route: (-route.faults - route.time_outs, -route.p99))


def _route(method: str, route: str, found: list[Summary]) -> Route:
    took = sorted(summary.duration for summary in found)
    median, p99 = percentile(took, 50) or 0.0, percentile(took, 99) or 0.0
    name = f"{method} {route}".strip()
    return Route(
        method=method,
        route=route,
        filter=f'"{name}"',
        requests=len(found),
        median=median,
        median_text=durations.as_text(median),
        p99=p99,
        p99_text=durations.as_text(p99),
        errors=sum(not {"error", "throttle"}.isdisjoint(summary.marks) for summary in found),
        faults=sum("fault" in summary.marks for summary in found),
        time_outs=sum("timed out" in summary.marks for summary in found),
        queries=max(summary.queries for summary in found),
        n_plus_one=sum(summary.repeated > 0 for summary in found),
        repeated=max(summary.repeated for summary in found),
    )
