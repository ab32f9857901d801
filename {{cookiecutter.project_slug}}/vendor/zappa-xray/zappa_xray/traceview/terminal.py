"""Lines -> text on a terminal: with colours and bars there, plain in a pipe."""

import os
import textwrap
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.text import Text

from zappa_xray.traceview.lines import Line, lines_of
from zappa_xray.traceview.stacks import folded
from zappa_xray.traceview.story import story_of
from zappa_xray.traceview.summary import Summary, summary_of
from zappa_xray.traceview.trace import Trace

BAR_WIDTH = 24
STYLES = {
    **dict.fromkeys(("fault", "timed out", "deadline"), "bold red"),
    **dict.fromkeys(("error", "throttle", "in progress", "clock moved", "N+1"), "yellow"),
    **{"query": "green", "call": "magenta", "template": "yellow", "request": "blue"},
    **dict.fromkeys(("gateway", "lambda", "function"), "cyan"),
}


def headline(summary: Summary) -> Text:
    """Return the one line that stands above a trace's tree."""
    words = [summary.method, summary.route, summary.status]
    title = " ".join(str(word) for word in words if word not in (None, ""))
    line = Text(f"{title}  {summary.took}", style="bold")
    if summary.queries:
        line.append(f"  {summary.queries} quer{'y' if summary.queries == 1 else 'ies'}", "default")
    for mark in summary.marks:
        line.append(f"  {mark}", STYLES.get(mark, ""))
    return line.append(f"  {summary.id}", "dim")


def tree(trace: Trace, width: int, bars: bool = False, now: float | None = None) -> Iterator[Text]:
    """Yield a trace's story and lines, none wider than `width`; each exception stands once.

    What has not ended lasts until `now`, in seconds since 1970, where that is given.
    """
    summary = summary_of(trace)
    summary = summary if now is None else summary.so_far(now)
    yield headline(summary)
    for sentence in story_of(trace, summary).sentences:
        yield Text(textwrap.indent(textwrap.fill(sentence, max(width - 2, 40)), "  "), "bold")
    trace.last(summary.duration)
    total = trace.end - trace.start
    told = set()
    for line in lines_of(trace):
        text = Text(f"{line.took:>10}  ")
        if bars:
            text.append(bar(line, total), STYLES.get(line.kind, "default")).append("  ")
        text.append("  " * min(line.depth, 20))
        text.append(line.label, STYLES.get(line.kind, "default"))
        text.append("".join(f"  {mark}" for mark in line.marks), "red")
        room = len(line.where) + 2 if line.where else 0
        text.truncate(max(width - room, width // 2), overflow="ellipsis")
        if line.where:
            text.append(f"  {line.where}", "dim").truncate(width, overflow="ellipsis")
        yield text
        for title, exception in line.details:
            if title == "exception" and exception not in told:
                told.add(exception)
                yield Text(textwrap.indent(folded(exception), " " * 14), "red")


def bar(line: Line, total: float) -> str:
    """Return where on the trace's time axis, `total` seconds long, a line's spans are."""
    cells = [" "] * BAR_WIDTH
    for start, length in line.spans:
        first = min(int(cells_of(start, total)) if total else 0, BAR_WIDTH - 1)
        cell_count = max(round(cells_of(length, total)) if total else BAR_WIDTH, 1)
        for cell in range(first, min(first + cell_count, BAR_WIDTH)):
            cells[cell] = "█"
    return "".join(cells)


def cells_of(seconds: float, total: float) -> float:
    # A clock that was set back puts a span beyond the axis, even infinitely far.
    return min(seconds / total, 1) * BAR_WIDTH


def print_trace(console: Console, trace: Trace, now: float | None = None) -> None:
    width = console.width if console.is_terminal else 10_000
    for text in tree(trace, width, console.is_terminal, now):
        console.print(text, soft_wrap=True)
    console.print()


def console_for(stream: Any, no_color: bool = False) -> Console:
    """Return rich's console of a stream; neither colours nor bold with `no_color` or NO_COLOR."""
    plain = no_color or os.environ.get("NO_COLOR")  # https://no-color.org
    return Console(
        file=stream,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if plain else "auto",
    )
