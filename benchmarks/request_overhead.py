"""What tracing adds to a request: `python -m benchmarks.request_overhead [SERVICE_FOLDER]`.

One process serves 10 000 requests without tracing, 10 000 with the SDK's own middleware and 10 000
with this template's, by turns, in Lambda mode, each with a deadline and a daemon that listens; and
10 000 without the line that the service writes into its log for each. Beside it stands what logging
itself takes for an empty line, into the same pipe, because the SDK writes none. The figures are processor time
of the quickest hundred: what else the machine does slows all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.tracing_service import measure, service_of
from emulator.daemon import Daemon

REQUESTS = 10_000


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The table that is printed."""
    microseconds = result["microseconds"]
    bare = microseconds["no tracing"]
    beside = microseconds["the SDK's middleware"] - bare
    yield f"{'':26}{'us a request':>14}{'more than no tracing':>22}{'of the SDK':>12}"
    for name, value in microseconds.items():
        more = value - bare
        yield f"{name:26}{value:14.1f}{more:22.1f}{more / beside:12.2f}"
    for name, value in result["parts"].items():
        yield f"  of which {name}: {value:.1f}"
    (before, after), (first, last) = result["memory_kib"], result["threads"]
    yield f"{result['requests']} requests each, by turns in one process"
    yield f"memory {before / 1024:.1f} MiB before, {after / 1024:.1f} MiB after"
    yield f"threads {first} before, {last} after"


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else None
    with Daemon() as daemon, service_of(folder) as service:
        for line in lines(measure(service, "request_overhead.py", daemon, str(REQUESTS))):
            print(line)


if __name__ == "__main__":
    main()
