"""A function's log -> the figures of each route, by queries of CloudWatch Logs Insights."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

from zappa_xray.traceview import log_queries
from zappa_xray.traceview.amounts import milliseconds
from zappa_xray.traceview.figures import PERCENTS, Figures, by_hurt
from zappa_xray.traceview.filters import from_options
from zappa_xray.traceview.insights import MOST_ROWS, Insights, Row
from zappa_xray.traceview.killed import Hurt, hurt_requests
from zappa_xray.traceview.log_figures import Counted, Percentiles, Route, counted, route_of
from zappa_xray.traceview.log_lines import rare_lines

NONE: Percentiles = [None] * len(PERCENTS)


class RequestLog:
    """The requests in the log of a function between two times; `options` are the command's filters."""

    def __init__(
        self, insights: Insights, start: datetime, end: datetime, options: dict[str, Any]
    ) -> None:
        self._insights, self._start, self._end = insights, start, end
        self._options = options
        self._condition = log_queries.in_time(options)

    def figures(self) -> list[Figures]:
        """Return the figures of each route, what hurts first. Raises CommandError."""
        hurt, rows = self._hurt(), []
        if not self._options.get("timed_out"):
            rows = self._rows(log_queries.counts(self._condition), "Requests")
        routes = counted(rows, hurt)
        percentiles = self._percentiles(self._condition, PERCENTS) if rows else {}
        percentiles |= self._among_others(
            {key: route for key, route in routes.items() if route.in_time and route.hurt}
        )
        return by_hurt([route.figures(percentiles.get(key, NONE)) for key, route in routes.items()])

    def _hurt(self) -> list[Hurt]:
        """Return what was killed or late and is wanted."""
        lines = rare_lines(self._rows(log_queries.RARE, "Deadlines and kills"))
        ended = {
            row.get("request_id", "")
            for query in log_queries.ended_among(list(lines.deaths))
            for row in self._rows(query, "Requests that ended before their process")
        }
        wanted, only_timed_out = from_options(self._options), self._options.get("timed_out")
        return [
            request
            for request in hurt_requests(lines, ended)
            if wanted(request) and (request.timed_out or not only_timed_out)
        ]

    def _percentiles(self, condition: str, percents: Sequence[float]) -> dict[Route, Percentiles]:
        """Return these percentiles of each route's requests that ended in time, in seconds."""
        rows = self._rows(log_queries.percentiles(condition, percents), "Percentiles")
        if len(rows) >= MOST_ROWS:  # those of halves of the time do not add up
            raise CommandError(f"More than {MOST_ROWS} routes: ask for fewer with --route.")
        names = [f"p{at}" for at in range(len(percents))]
        return {route_of(row): [milliseconds(row.get(name)) for name in names] for row in rows}

    def _among_others(self, routes: dict[Route, Counted]) -> dict[Route, Percentiles]:
        """Return for routes with killed or late requests what `Counted.percents_in_time` asks for."""
        found: dict[Route, Percentiles] = {}
        for batch in log_queries.in_batches(routes):
            places = {key: routes[key].percents_in_time() for key in batch}
            asked = sorted({place for own in places.values() for place in own if place is not None})
            condition = log_queries.of_routes(self._condition, places)
            answers = self._percentiles(condition, asked) if asked else {}
            for key, own in places.items():
                known = dict(zip(asked, answers.get(key, ()), strict=False))
                found[key] = [None if place is None else known.get(place) for place in own]
        return found

    def _rows(self, query: str, what: str) -> list[Row]:
        return self._insights.rows(query, self._start, self._end, what)
