"""All benchmarks in one run: `make bench`. Shows their tables and writes them into README.md."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path

from benchmarks import growth, many_queries, report, request_overhead
from benchmarks.cold_start import measure
from benchmarks.tracing_service import measure as measure_in_service
from emulator.daemon import Daemon
from emulator.runtime.folder import python_version
from emulator.service import Service, bake, offered_python


def main() -> None:
    report.parts()  # before minutes of measuring: is there a place for the tables?
    with tempfile.TemporaryDirectory() as temporary:
        service = bake(Path(temporary), {"python_version": offered_python()})
        service.install()
        sections = [
            f"Measured in one run: {machine(service)}.",
            f"A cold start, medians of {measure.ROUNDS} fresh processes each, by turns (the middle half):",
            show(measure.main(str(service.folder))),
            drawn("A cold start of each, init phase and first request", "cold-start.svg"),
            "What grows with a service, as it is and without tracing:",
            show(fenced(list(growth.lines(growth.main(str(service.folder)))))),
            drawn("The same as curves", "growth.svg"),
            "What tracing adds to a warm request:",
            show(fenced(request_overhead_lines(service))),
            "A request with many queries:",
            show(fenced(list(many_queries.lines(str(service.folder))))),
        ]
    report.write("\n\n".join(sections))


def machine(service: Service) -> str:
    cores = os.cpu_count()
    python = python_version(service.python)
    return f"{cores} cores, {platform.system()} {platform.machine()}, Python {python}"


def request_overhead_lines(service: Service) -> list[str]:
    with Daemon() as daemon:
        count = str(request_overhead.REQUESTS)
        result = measure_in_service(service, "request_overhead.py", daemon, count)
    return list(request_overhead.lines(result))


def drawn(what: str, name: str) -> str:
    return f"![{what}](docs/{name})"


def fenced(lines: list[str]) -> str:
    return "\n".join(["```", *(line.rstrip() for line in lines), "```"])


def show(text: str) -> str:
    print(text, flush=True)
    return text


if __name__ == "__main__":
    main()
