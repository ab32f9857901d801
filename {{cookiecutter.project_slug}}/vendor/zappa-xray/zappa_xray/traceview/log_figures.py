"""Rows of Logs Insights -> the figures of each route: all requests, not samples."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from zappa_xray.traceview.amounts import amount, milliseconds, status_in
from zappa_xray.traceview.figures import NO_ROUTE_KNOWN, PERCENTS, Figures, rank
from zappa_xray.traceview.insights import Row
from zappa_xray.traceview.killed import Hurt
from zappa_xray.traceview.printable import one_line

Route = tuple[str, str]
Percentiles = list[float | None]


@dataclass
class Counted:
    """The requests of one route: those that ended in time, counted, and each of the others.

    `longest` and the durations are in seconds. The others count as slower than all that ended in time.
    """

    method: str
    route: str
    in_time: int = 0
    longest: float = 0.0
    cold_starts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    hurt: list[Hurt] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.in_time + len(self.hurt)

    def percents_in_time(self) -> list[float | None]:
        """Return which percentile of those in time is each of PERCENTS of all; None where none is.

        Each points at the middle of its rank, so that no rounding leads to a neighbour's.
        """
        ranks = [rank(percent, self.total) for percent in PERCENTS]
        return [
            100 * (place - 0.5) / self.in_time if place <= self.in_time else None for place in ranks
        ]

    def percentiles(self, in_time: Percentiles) -> Percentiles:
        """Return PERCENTS of all requests, `in_time` being those of `percents_in_time`."""
        slow = sorted(request.duration for request in self.hurt)
        return [
            slow[rank(percent, self.total) - self.in_time - 1] if own is None else value
            for percent, own, value in zip(PERCENTS, self.percents_in_time(), in_time, strict=True)
        ]

    def figures(self, in_time: Percentiles) -> Figures:
        """Return the figures of all requests of the route."""
        statuses = self.statuses + Counter(request.status for request in self.hurt)
        timed_out = [request for request in self.hurt if request.timed_out]
        median, p90, p99 = self.percentiles(in_time)
        return Figures(
            method=self.method,
            route=self.route,
            requests=self.total,
            median=median,
            p90=p90,
            p99=p99,
            maximum=max(self.longest, *(request.duration for request in self.hurt), 0.0),
            errors=sum(statuses[each] for each in statuses if 400 <= each < 500 and each != 429),
            throttles=statuses[429],
            faults=sum(statuses[each] for each in statuses if each >= 500),
            time_outs=len(timed_out),
            cold_starts=self.cold_starts + sum(request.cold for request in self.hurt),
            cold_time_outs=sum(request.cold for request in timed_out),
            after_kill=sum(request.cold and request.after_kill for request in timed_out),
        )


def counted(rows: Iterable[Row], hurt: Iterable[Hurt]) -> dict[Route, Counted]:
    """Return the requests of each method and route: rows of the query `counts`, and the others.

    A line of the service's own with the same fields is no request when they are no such numbers.
    """
    routes: dict[Route, Counted] = {}
    for row in rows:
        requests, status = amount(row.get("requests")), status_in(row.get("status"))
        longest = milliseconds(row.get("longest"))
        if requests is None or status is None or longest is None:
            continue
        route, number = _of(routes, route_of(row)), int(requests)
        route.in_time += number
        route.statuses[status] += number
        route.cold_starts += number * (row.get("cold_start") in ("1", "true"))
        route.longest = max(route.longest, longest)
    for request in hurt:
        _of(routes, (request.method, request.route)).hurt.append(request)
    return routes


def route_of(row: Row) -> Route:
    return one_line(row.get("method", "")), one_line(row.get("route") or NO_ROUTE_KNOWN)


def _of(routes: dict[Route, Counted], key: Route) -> Counted:
    return routes.setdefault(key, Counted(*key))
