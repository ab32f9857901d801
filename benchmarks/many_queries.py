"""How the cost of many queries grows: `python -m benchmarks.many_queries [SERVICE_FOLDER]`.

One request with 10, 100, 1 000 and 10 000 queries, in Lambda mode: without tracing, with the SDK's
own middleware, with this template's. The last columns are what the daemon got of each trace.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.tracing_service import measure, service_of
from emulator.daemon import Daemon

COUNTS = ("10", "100", "1000", "10000")
VARIANTS = ("no tracing", "the SDK", "this service")


def line(variant: str, measured: dict[str, Any], documents: list[dict[str, Any]]) -> str:
    """One line of the table; `documents` are those of the request's trace."""
    queries, seconds = measured["queries"], measured["seconds"]
    complete = [one for one in documents if "http" in one and not one["in_progress"]]
    counted = "".join(
        f", {one['metadata']['tracing']['left_out']['subsegments']} more counted"
        for one in complete
        if "metadata" in one
    )
    return (
        f"{variant:14}{queries:8}{seconds * 1e3:12.1f}{seconds / queries * 1e6:14.1f}"
        f"{len(documents):12}   {'yes' if complete else 'no':8}{counted.lstrip(', ')}"
    )


def lines(folder: str | None) -> Iterator[str]:
    """The table, line by line as it is measured."""
    yield f"{'':14}{'queries':>8}{'ms':>12}{'us a query':>14}{'documents':>12}   request"
    with service_of(folder) as service:
        for variant in VARIANTS:
            with Daemon() as daemon:
                for measured in measure(service, "many_queries.py", daemon, variant, *COUNTS):
                    yield line(variant, measured, daemon.of_trace(measured["trace_id"]))


def main() -> None:
    for text in lines(sys.argv[1] if len(sys.argv) > 1 else None):
        print(text, flush=True)


if __name__ == "__main__":
    main()
