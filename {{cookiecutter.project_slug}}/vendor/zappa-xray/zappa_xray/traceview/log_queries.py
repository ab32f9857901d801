"""What CloudWatch Logs Insights is asked of a function's log.

Each request that ends has one line of JSON, with its method, route, status, `ms` and `cold_start`. One
that passes its deadline has a line without a status then, and both have `timed_out`.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ENDED = "ispresent(method) and ispresent(status) and ispresent(ms) and ispresent(cold_start)"
IN_TIME = f"{ENDED} and not ispresent(timed_out)"
# What few requests leave: lines with a deadline, the next process's word of a kill, Lambda's own lines.
RARE = (
    "fields @timestamp, @message, @logStream"
    " | filter ispresent(timed_out) or ispresent(killed_request_id)"
    " or @message like /^REPORT RequestId: .*Status: (timeout|error)/"
    " or @message like /^INIT_REPORT .*Phase: invoke.*Status: (timeout|error)/"
    # The same of a function whose log format is JSON.
    ' or @message like /"platform.(report|initReport)".*"status": ?"(timeout|error|failure)"/'
)
IDS_AT_ONCE = 100  # a query may have 10 000 characters
ROUTES_AT_ONCE, CHARACTERS_AT_ONCE = 20, 5_000


def in_time(options: dict[str, Any]) -> str:
    """Return the condition of requests that ended in time and that the command's options want."""
    conditions = [IN_TIME]
    if route := options.get("route"):
        conditions.append(f"route like /(?i){_escaped(route)}/")
    if status := options.get("status"):
        first = int(status.replace("x", "0"))
        last = first + (100 if "x" in status else 1)
        conditions.append(f"status >= {first} and status < {last}")
    if (seconds := options.get("slower_than")) is not None:
        conditions.append(f"ms > {seconds * 1000:g}")
    return " and ".join(conditions)


def counts(condition: str) -> str:
    """Return the query of the number of requests by what tells them apart."""
    return (
        f"filter {condition} | stats count(*) as requests, max(ms) as longest"
        " by method, route, status, cold_start"
    )


def percentiles(condition: str, percents: Sequence[float]) -> str:
    """Return the query of each route's percentiles of `ms`, named p0, p1, ... in their order."""
    asked = ", ".join(f"pct(ms, {percent:.12g}) as p{at}" for at, percent in enumerate(percents))
    return f"filter {condition} | stats {asked} by method, route"


def of_routes(condition: str, routes: Iterable[tuple[str, str]]) -> str:
    """Return the condition for these methods and routes only."""
    each = (f"(method = {quoted(method)} and route = {quoted(route)})" for method, route in routes)
    return f"{condition} and ({' or '.join(each)})"


def in_batches(routes: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield these methods and routes, as many at once as one query has room for."""
    batch: list[tuple[str, str]] = []
    for route in routes:
        if len(batch) == ROUTES_AT_ONCE or len(of_routes("", [*batch, route])) > CHARACTERS_AT_ONCE:
            yield batch
            batch = []
        batch.append(route)
    if batch:
        yield batch


def ended_among(request_ids: Sequence[str]) -> Iterator[str]:
    """Yield queries of the requests with these ids that have ended."""
    for first in range(0, len(request_ids), IDS_AT_ONCE):
        ids = ", ".join(map(quoted, request_ids[first : first + IDS_AT_ONCE]))
        yield (f"fields request_id | filter {ENDED} and request_id in [{ids}]")


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return re.escape(text).replace("/", "\\/")
