"""Run the packages and make the table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks import graph
from benchmarks.cold_start.variants import NAMES, OWN, Variant, variants
from benchmarks.report import table
from benchmarks.tracing_service import service_of
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service

ROUNDS = 12
WARM_REQUESTS = 30
TOKEN = {"Authorization": "Token benchmark"}
API, HEALTH = "/api/notes/", "/health/"


@dataclass(frozen=True)
class Start:
    """One fresh process, in seconds and bytes."""

    init: float
    first: float
    warm: float
    health: float
    memory: int


def main(folder: str | None = None) -> str:
    """Return the table as Markdown, and draw docs/cold-start.svg. `folder` is an installed service, None for a new one."""
    with service_of(folder) as service, tempfile.TemporaryDirectory() as temporary:
        compared = variants(service, Path(temporary))
        starts = measure(service, compared)
        graph.write("cold-start.svg", drawing(starts))
        return report(compared, starts)


def drawing(starts: Mapping[str, Sequence[Start]]) -> str:
    """Return the bars of each variant's cold start."""
    rows = {
        name: {
            "init phase": median(start.init for start in own) * 1e3,
            "first request": median(start.first for start in own) * 1e3,
        }
        for name, own in starts.items()
    }
    return graph.bars("A cold start", rows, "ms")


def measure(
    service: Service, compared: Sequence[Variant], rounds: int = ROUNDS
) -> dict[str, list[Start]]:
    """Start each variant `rounds` times, by turns; one start of each before that is not counted."""
    starts: dict[str, list[Start]] = {variant.name: [] for variant in compared}
    with Daemon() as daemon:
        for count in range(rounds + 1):
            for variant in compared:
                start = start_once(service, variant, daemon)
                if count:
                    starts[variant.name].append(start)
    return starts


def start_once(service: Service, variant: Variant, daemon: Daemon) -> Start:
    with Function(
        variant.package,
        daemon.address,
        python=service.python,
        name=service.function_name("dev"),
        environment=variant.environment,
        handler=variant.handler,
    ) as function:
        first = seconds_of_a_request(function, API)
        warm = median(seconds_of_a_request(function, API) for _ in range(WARM_REQUESTS))
        health = median(seconds_of_a_request(function, HEALTH) for _ in range(WARM_REQUESTS))
        return Start(function.init_seconds, first, warm, health, function.peak_memory)


def seconds_of_a_request(function: Function, path: str) -> float:
    response = function.request("GET", path, headers=TOKEN)
    assert response["statusCode"] == 200, response
    return function.last_seconds


def milliseconds(part: Callable[[Start], float]) -> Callable[[Start], float]:
    return lambda start: part(start) * 1e3


ROWS: list[tuple[str, str, Callable[[Start], float]]] = [
    (
        "cold start: init + first request",
        "ms",
        milliseconds(lambda start: start.init + start.first),
    ),
    ("- init", "ms", milliseconds(lambda start: start.init)),
    ("- first request", "ms", milliseconds(lambda start: start.first)),
    ("warm `/api/notes/`", "ms", milliseconds(lambda start: start.warm)),
    ("warm `/health/`", "ms", milliseconds(lambda start: start.health)),
    ("peak memory", "MiB", lambda start: start.memory / 2**20),
]
SIZES: list[tuple[str, Callable[[Variant], int | None]]] = [
    ("zip", lambda variant: variant.zip_bytes),
    ("unpacked", lambda variant: variant.unpacked_bytes),
]


def report(compared: Sequence[Variant], starts: dict[str, list[Start]]) -> str:
    """Return the table: medians with the middle half of the starts, and what they are of each baseline."""
    names = [variant.name for variant in compared]
    rows = []
    for title, unit, value in ROWS:
        measured = {name: [value(start) for start in starts[name]] for name in names}
        cells = [spread(measured[name], unit) for name in names]
        rows.append(row(title, cells, [median(measured[name]) for name in names], names))
    for title, size in SIZES:
        sizes = [None if (own := size(one)) is None else own / 2**20 for one in compared]
        cells = ["" if one is None else f"{one:.1f} MiB" for one in sizes]
        rows.append(row(title, cells, sizes, names))
    return table(head(names), rows)


def spread(values: Sequence[float], unit: str) -> str:
    """Return the median and the first and third quartile of some values."""
    if len(values) == 1:
        return f"{values[0]:.1f} {unit}"
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return f"{middle:.1f} {unit} ({low:.1f}-{high:.1f})"


def row(
    title: str, cells: Sequence[str], values: Sequence[float | None], names: Sequence[str]
) -> list[str]:
    """Return a row: after this service's cell come its ratios to each variant before it."""
    own = names.index(OWN)
    mine = values[own]
    ratios = ["" if mine is None or not one else f"{mine / one:.3f}" for one in values[:own]]
    return [title, *cells[: own + 1], *ratios, *cells[own + 1 :]]


def head(names: Sequence[str] = NAMES) -> list[str]:
    """Return the headings of the columns."""
    own = names.index(OWN)
    ratios = [f"/ {name}" for name in names[:own]]
    return ["", *names[: own + 1], *ratios, *names[own + 1 :]]
