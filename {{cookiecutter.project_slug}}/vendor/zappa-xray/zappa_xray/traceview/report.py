"""Figures -> a table for a terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from zappa_xray.stages import console_address
from zappa_xray.traceview import durations
from zappa_xray.traceview.figures import Figures

COLUMNS = ("traced", "median", "p90", "p99", "max", "error", "throttle", "fault", "time-out")
BAD = "bold red"


def table(routes: list[Figures]) -> Table:
    """Return the figures of all routes for a terminal."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column("route", overflow="fold")
    for column in COLUMNS:
        made.add_column(column, justify="right", no_wrap=True)
    for figures in routes:
        made.add_row(
            Text(f"{figures.method} {figures.route}".strip(), "bold"),
            str(figures.requests),
            *(_duration(figures.percentile(percent)) for percent in (50, 90, 99)),
            _duration(figures.maximum),
            _count(figures.errors, ""),
            _count(figures.throttles, "yellow"),
            _count(figures.faults, BAD),
            _count(figures.time_outs, BAD),
        )
    return made


def _duration(seconds: float | None) -> str:
    return "-" if seconds is None else durations.as_text(seconds)


def _count(count: int, style: str) -> Text:
    return Text(str(count or "-"), style if count else "")


def slowest(routes: list[Figures], region: str) -> Iterator[str]:
    """Yield the slowest trace of each route, and its address in the console."""
    for figures in routes:
        if figures.slowest_trace:
            took = durations.as_text(figures.maximum)
            yield f"{figures.method} {figures.route}  {took}  {figures.slowest_trace}"
            yield f"  {console_address(region, figures.slowest_trace)}"
