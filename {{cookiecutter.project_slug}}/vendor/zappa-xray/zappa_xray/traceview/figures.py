"""The figures of one route, wherever they were counted."""

import math
from dataclasses import asdict, dataclass
from typing import Any

NO_ROUTE_KNOWN = "(route not recorded)"
GATEWAY_TIMEOUT = 504
PERCENTS = (50, 90, 99)


@dataclass(frozen=True)
class Figures:
    """What is known of one method and route. Durations are in seconds, None when none is known.

    errors          answered 4xx, without `throttles`, which are 429
    faults          answered 5xx, or killed
    time_outs       passed the deadline; `cold_time_outs` of them in the first request of a process,
                    `after_kill` of these in a process whose predecessor Lambda had killed, None
                    where the source does not tell
    """

    method: str
    route: str
    requests: int = 0
    median: float | None = None
    p90: float | None = None
    p99: float | None = None
    maximum: float | None = None
    errors: int = 0
    throttles: int = 0
    faults: int = 0
    time_outs: int = 0
    cold_starts: int = 0
    cold_time_outs: int = 0
    after_kill: int | None = None

    def row(self) -> dict[str, Any]:
        """Return all figures by name, as they are written in JSON."""
        return asdict(self)


def by_hurt(routes: list[Figures]) -> list[Figures]:
    """Return the routes with what hurts first: failures, then throttles, then slowness."""
    return sorted(routes, key=_hurt)


def _hurt(figures: Figures) -> tuple[float, float, float]:
    return -figures.faults - figures.time_outs, -figures.throttles, -(figures.p99 or 0)


def rank(percent: float, count: int) -> int:
    """Return the place, from 1, of a percentile among `count` values by nearest rank."""
    return max(math.ceil(round(percent * count / 100, 9)), 1)


def percentile(ordered: list[float], percent: float) -> float | None:
    """Return a value of an ordered list, by nearest rank: `percent` % are no larger."""
    return ordered[rank(percent, len(ordered)) - 1] if ordered else None
