"""What X-Ray says of a stage's requests: figures of the traced ones, and the slowest of each route."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray import transaction_search
from zappa_xray.traceview import sampling
from zappa_xray.traceview.aws import reason
from zappa_xray.traceview.figures import Figures, by_hurt
from zappa_xray.traceview.filters import from_options
from zappa_xray.traceview.slowest import Slowest, slowest_of
from zappa_xray.traceview.stage import Stage
from zappa_xray.traceview.traced import Request, Traced, by_route, has_several, requests_in
from zappa_xray.traceview.xray import asking, retrieved, summaries, traces_of

EXPLAINED = 10  # routes whose slowest trace is fetched whole


@dataclass
class XRayPart:
    """All of it; `partial` is how many of the `requests` have a piece in progress.

    `sampling` says how many were sampled away, `search` that Transaction Search hides traces, if so.
    """

    routes: list[Figures] = field(default_factory=list)
    slowest: list[Slowest] = field(default_factory=list)
    requests: int = 0
    partial: int = 0
    sampling: str = ""
    search: str = ""

    def row(self) -> dict[str, Any]:
        """Return all but the figures, as they are written in JSON."""
        return {
            "requests": self.requests,
            "partial": self.partial,
            "sampling": self.sampling,
            "transaction_search": self.search,
            "slowest": [one.row() for one in self.slowest],
        }

    def sentences(self) -> Iterator[str]:
        """Yield what is to be known of these figures."""
        if self.partial:
            yield (
                f"{self.partial} of these traces have a piece in progress: "
                "it was killed, or goes on."
            )
        if self.search:
            yield self.search
        yield self.sampling


def xray_part(
    xray: Any,
    stage: Stage,
    start: datetime,
    end: datetime,
    options: dict[str, Any],
    tell: Callable[[str], object],
) -> XRayPart:
    """Ask X-Ray for the requests between start and end that the command's options want.

    `tell` gets the progress. Raises botocore's errors.
    """
    wanted, only_timed_out = from_options(options), options["timed_out"]
    found = summaries(xray, _expression(stage, options["slower_than"]), start, end, tell)
    requests = [
        request
        for request in _requests(xray, found)
        if wanted(request) and (request.timed_out or not only_timed_out)
    ]
    routes = by_route(requests)
    search = _search(xray)
    figures = by_hurt([route.figures() for route in routes])
    return XRayPart(
        routes=figures,
        slowest=_slowest(xray, routes, figures, search, (start, end)),
        requests=len(requests),
        partial=sum(request.partial for request in requests),
        sampling=sampling.sentence(xray, stage, start, end),
        search=search if isinstance(search, str) else _hidden(search),
    )


def _expression(stage: Stage, seconds: float | None) -> str:
    """Return the filter of X-Ray's that loses none; what it lets through is looked at here."""
    expression = f'service("{stage.function}")'
    if seconds is None:
        return expression
    # The duration is the trace's, of several requests; what was killed may have none.
    return f"{expression} AND (duration > {seconds:g} OR partial)"


def _requests(xray: Any, found: Iterable[dict[str, Any]]) -> Iterator[Request]:
    several: list[dict[str, Any]] = []
    for summary in found:
        if has_several(summary):
            several.append(summary)
        else:
            yield Request.from_summary(summary)
    traces = traces_of(xray, [summary["Id"] for summary in several])
    for summary in several:
        trace = traces.get(summary["Id"])
        inside = list(requests_in(trace)) if trace else []
        yield from inside or [Request.from_summary(summary)]


def _slowest(
    xray: Any,
    routes: list[Traced],
    order: list[Figures],
    search: transaction_search.Destination | str,
    times: tuple[datetime, datetime],
) -> list[Slowest]:
    by_key = {(route.method, route.route): route for route in routes}
    in_order = [by_key[(figures.method, figures.route)] for figures in order]
    slow = [(route, request) for route in in_order if (request := route.slowest())]
    ids = list(dict.fromkeys(request.trace_id for _, request in slow[:EXPLAINED]))
    traces = traces_of(xray, ids)
    missing = [identity for identity in ids if identity not in traces]
    if missing and isinstance(search, transaction_search.Destination) and search.is_search:
        traces |= retrieved(xray, missing, *times)
    return [
        slowest_of(route, request, traces.get(request.trace_id), xray.meta.region_name)
        for route, request in slow
    ]


def _search(xray: Any) -> transaction_search.Destination | str:
    """Return where traces go; a sentence where that is not known."""
    try:
        return transaction_search.destination(asking(xray))
    except (ClientError, BotoCoreError) as error:
        return f"Whether Transaction Search hides traces from X-Ray is not known: {reason(error)}."


def _hidden(destination: transaction_search.Destination) -> str:
    if not destination.hides_traces:
        return ""
    return (
        f"{destination.found}: X-Ray's part is of those. All of them: {transaction_search.MORE}; "
        "trace_show and trace_why find the others by their ids."
    )
