"""A stage's report -> what a terminal shows, as wide as that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from zappa_xray.traceview import durations
from zappa_xray.traceview.figures import Figures
from zappa_xray.traceview.stage_report import StageReport

BAD = "bold red"
GAP = 2
NARROWEST_ROUTE = 20
# What goes first where there is no room; the others stay.
LEFT_OUT_FIRST = ("p90", "after kill", "max", "throttle", "cold", "error", "median", "p99")


@dataclass(frozen=True)
class Column:
    """A column of the table: the figure of that name, a duration unless `style` is of a count."""

    title: str
    figure: str
    style: str | None = None

    def cell(self, figures: Figures) -> Text:
        value: Any = getattr(figures, self.figure)
        if self.style is None:
            return Text("-" if value is None else durations.as_text(value))
        return Text(str(value or "-"), self.style if value else "")


def columns(requests: str) -> tuple[Column, ...]:
    """Return all columns; `requests` is the title of the number of requests."""
    return (
        Column(requests, "requests", ""),
        Column("median", "median"),
        Column("p90", "p90"),
        Column("p99", "p99"),
        Column("max", "maximum"),
        Column("error", "errors", ""),
        Column("throttle", "throttles", "yellow"),
        Column("fault", "faults", BAD),
        Column("time-out", "time_outs", BAD),
        Column("cold", "cold_starts", ""),
        Column("after kill", "after_kill", BAD),
    )


def table(routes: list[Figures], width: int, requests: str) -> tuple[Table, list[str]]:
    """Return the table of all routes, and the titles of the columns that have no room.

    The route is never one of them. Where it is longer than its column it goes on in the next line.
    """
    names = [f"{figures.method} {figures.route}".strip() for figures in routes]
    longest = max(map(cell_len, ["route", *names]))
    shown = list(columns(requests))
    if all(figures.after_kill is None for figures in routes):
        shown.pop()  # X-Ray's summaries do not tell it
    left_out = []
    for title in LEFT_OUT_FIRST:
        if width - _width(shown, routes) >= min(longest, NARROWEST_ROUTE):
            break
        left_out += [column.title for column in shown if column.title == title]
        shown = [column for column in shown if column.title != title]
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    room = max(width - _width(shown, routes), 1)
    made.add_column("route", overflow="fold", width=min(longest, room))
    for column in shown:
        made.add_column(column.title, justify="right", no_wrap=True)
    for name, figures in zip(names, routes, strict=True):
        made.add_row(Text(name, "bold"), *(column.cell(figures) for column in shown))
    return made, left_out


def _width(shown: list[Column], routes: list[Figures]) -> int:
    """Return how wide these columns are, the gaps before them included."""
    return sum(
        GAP + max(len(column.title), *(len(column.cell(figures)) for figures in routes))
        for column in shown
    )


def printed(report: StageReport, width: int) -> Iterator[Table | str]:
    """Yield what is printed of a report, tables and lines; each part says where it comes from."""
    total = sum(figures.requests for figures in report.routes)
    span = f"{report.start:%Y-%m-%d %H:%M} to {report.end:%Y-%m-%d %H:%M} UTC"
    yield f"{report.stage.function}, {span}\n"
    if report.logged is not None:
        yield f"From the function's log, all requests: {total}"
    else:
        yield f"From X-Ray: {total} traced requests"
    if report.routes:
        title = "traced" if report.logged is None else "requests"
        made, left_out = table(report.routes, width, title)
        yield made
        if left_out:
            yield f"No room at {width} columns for {', '.join(left_out)}; --json has them."
    for line in report.gateway_sentences:
        yield f"From API Gateway's metrics: {line}"
    if report.xray is not None:
        yield f"\nFrom X-Ray, {report.xray.requests} traced requests, the slowest of each route:"
        for slowest in report.xray.slowest:
            yield from slowest.lines()
        yield from report.xray.sentences()
    yield from report.missing
