"""The few lines of a function's log that tell of deadlines and kills."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from zappa_xray.traceview.amounts import milliseconds, status_in
from zappa_xray.traceview.documents import Document
from zappa_xray.traceview.insights import Row
from zappa_xray.traceview.platform_lines import in_text

REPORT = re.compile(
    r"REPORT RequestId: (?P<id>\S{1,64})\s+Duration: (?P<ms>[\d.]+) ms(?P<init>.*?\tInit Duration:)?"
    r".*?Status: (?P<status>timeout|error)",
    re.DOTALL,
)
INIT_REPORT = re.compile(r"INIT_REPORT .*Phase: invoke")
REQUEST_TITLE = re.compile(r"(?P<method>[A-Z]+) (?P<route>[/(].*)")


@dataclass(frozen=True)
class Deadline:
    """A request, or background work without a method, that has passed its deadline.

    `status` is what Django answered in the end, None when it had not, `seconds` long it had run.
    """

    method: str
    route: str
    seconds: float
    cold: bool
    after_kill: bool
    status: int | None


@dataclass(frozen=True)
class Death:
    """How Lambda ended an invocation; `seconds` is its duration, `at` its end since 1970.

    `is_first` says that it was the first of a process that had come up.
    """

    stream: str
    at: float
    seconds: float
    timed_out: bool
    is_first: bool


@dataclass
class RareLines:
    """All of them, by the request's id; `titles` are of killed work as the next process names it.

    `failed_inits` are the streams and times at which an init within an invocation failed, or ran out
    of its time.
    """

    deadlines: dict[str, Deadline] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    deaths: dict[str, Death] = field(default_factory=dict)
    failed_inits: list[tuple[str, float]] = field(default_factory=list)


def rare_lines(rows: Iterable[Row]) -> RareLines:
    """Read the rows of the query RARE."""
    lines = RareLines()
    for row in rows:
        line, stream = document_in(row.get("@message", "")), row.get("@logStream", "")
        message = in_text(row.get("@message", ""), line)
        if INIT_REPORT.match(message):
            lines.failed_inits.append((stream, moment(row)))
        elif report := REPORT.match(message):
            lines.deaths[report["id"]] = Death(
                stream=stream,
                at=moment(row),
                seconds=milliseconds(report["ms"]) or 0.0,
                timed_out=report["status"] == "timeout",
                is_first=report["init"] is not None,
            )
        else:
            _add(lines, line)
    return lines


def _add(lines: RareLines, line: Document) -> None:
    if killed := line.get("killed_request_id"):
        lines.titles[str(killed)] = str(line.get("killed_title") or "")
    request_id = str(line.get("request_id") or "")
    known = lines.deadlines.get(request_id)
    # The line of the end says more, whichever comes first.
    if line.get("timed_out") is True and request_id and (known is None or known.status is None):
        lines.deadlines[request_id] = Deadline(
            str(line.get("method") or ""),
            str(line.get("route") or ""),
            milliseconds(line.get("ms")) or 0.0,
            line.get("cold_start") is True,
            "killed_request_id" in line,
            status_in(line.get("status")),
        )


def document_in(message: str) -> Document:
    """Return the JSON of a line; an empty mapping where it is none."""
    try:
        line = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}


def moment(row: Row) -> float:
    """Return a row's time in seconds since 1970."""
    try:
        return datetime.fromisoformat(row.get("@timestamp", "")).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
