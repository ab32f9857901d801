"""Run the packages and make the table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cold_start.variants import Variant, variants
from benchmarks.report import table
from benchmarks.tracing_service import service_of
from emulator.daemon import Daemon
from emulator.function import Function
from emulator.service import Service

ROUNDS = 12
WARM_REQUESTS = 30
TOKEN = {"Authorization": "Token benchmark"}


@dataclass(frozen=True)
class Start:
    """One fresh process, in seconds and bytes."""

    init: float
    first: float
    warm: float
    memory: int


def main(folder: str | None = None) -> str:
    """Return the table as Markdown. `folder` is an installed service, None for a new one."""
    with service_of(folder) as service, tempfile.TemporaryDirectory() as temporary:
        compared = variants(service, Path(temporary))
        return report(compared, measure(service, compared))


def measure(service: Service, compared: list[Variant]) -> dict[str, list[Start]]:
    """Start each variant ROUNDS times, by turns; one start of each before that is not counted."""
    starts: dict[str, list[Start]] = {variant.name: [] for variant in compared}
    with Daemon() as daemon:
        for count in range(ROUNDS + 1):
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
    ) as function:
        first = seconds_of_a_request(function)
        warm = median(seconds_of_a_request(function) for _ in range(WARM_REQUESTS))
        return Start(function.init_seconds, first, warm, function.peak_memory)


def seconds_of_a_request(function: Function) -> float:
    response = function.request("GET", "/api/notes/", headers=TOKEN)
    assert response["statusCode"] == 200, response
    return function.last_seconds


Value = Callable[[Variant, list[Start]], float]


def milliseconds(part: Callable[[Start], float]) -> Value:
    return lambda _variant, starts: median(map(part, starts)) * 1e3


ROWS: list[tuple[str, str, Value]] = [
    ("cold start: init + first request", "ms", milliseconds(lambda it: it.init + it.first)),
    ("- init", "ms", milliseconds(lambda it: it.init)),
    ("- first request", "ms", milliseconds(lambda it: it.first)),
    ("warm request", "ms", milliseconds(lambda it: it.warm)),
    ("zip", "MiB", lambda variant, _starts: variant.zip_bytes / 2**20),
    ("unpacked", "MiB", lambda variant, _starts: variant.unpacked_bytes / 2**20),
    ("peak memory", "MiB", lambda _variant, starts: median(it.memory for it in starts) / 2**20),
]


def report(compared: list[Variant], starts: dict[str, list[Start]]) -> str:
    """Return the table: medians, and what each is of the baseline's, which is the first one's."""
    baseline, *others = compared
    rows = []
    for name, unit, value in ROWS:
        base = value(baseline, starts[baseline.name])
        row = [name, f"{base:.1f} {unit}"]
        for variant in others:
            own = value(variant, starts[variant.name])
            row += [f"{own:.1f} {unit}", f"{own / base:.3f}"]
        rows.append(row)
    return table(head([variant.name for variant in compared]), rows)


def head(names: Sequence[str]) -> list[str]:
    """Return the headings of the columns; the first of `names` is what the others are compared to."""
    baseline, *others = names
    compared = [heading for name in others for heading in (name, f"{name} / baseline")]
    return ["", baseline, *compared]
