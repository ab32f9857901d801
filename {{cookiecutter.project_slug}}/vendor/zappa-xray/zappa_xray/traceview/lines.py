"""The tree of one trace -> the lines that the page and the terminal show."""

from collections.abc import Iterable
from dataclasses import dataclass

from zappa_xray.traceview import durations
from zappa_xray.traceview.documents import mapping_at
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.labels import details_of, label_of, where_of
from zappa_xray.traceview.trace import Trace

REPEATED = 3  # from how many on the same query is one line
MOST_LINES = 1_000
MOST_SPANS = 200  # of one line


@dataclass(frozen=True)
class Line:
    """One line: what it is, when it ran and how long (seconds since the trace's start), and more.

    `spans` are several for a query that was repeated, `details` are titled texts, `where` is the
    line of the service's own code that a query came from. All text is printable.
    """

    depth: int
    kind: str
    label: str
    marks: list[str]
    spans: list[tuple[float, float]]
    took: str
    details: list[tuple[str, str]]
    where: str = ""


def lines_of(trace: Trace) -> list[Line]:
    """Return the lines of a trace, parents first, repeated queries of one parent as one line.

    A last line tells of what was not sent, of what is too much to be shown, or of both.
    """
    waiting = [([root], 0) for root in reversed(trace.roots)]
    lines: list[Line] = []
    shown = 0
    while waiting and len(lines) < MOST_LINES:
        entities, depth = waiting.pop()
        lines.append(_line(trace, entities, depth))
        shown += len(entities)
        children = (child for entity in entities for child in entity.children)
        waiting.extend((below, depth + 1) for below in reversed(grouped(children)))
    hidden = len(trace.entities) - shown + trace.unread
    return [*lines, *_what_is_not_here(trace, hidden)]


def _what_is_not_here(trace: Trace, hidden: int) -> Iterable[Line]:
    count, seconds = left_out(trace)
    if count:
        text = f"{count} more, each of them quick, were counted and not sent"
        yield Line(1, "left out", text, [], [], durations.as_text(seconds), [])
    if hidden:
        yield Line(1, "left out", f"{hidden} more are too many to be shown", [], [], "", [])


def left_out(trace: Trace) -> tuple[int, float]:
    """Return how many subsegments were counted and not sent, and how many seconds they took."""
    told = mapping_at(trace.request.document, "metadata", "tracing", "left_out")
    count, seconds = told.get("subsegments"), told.get("seconds")
    if not isinstance(count, int) or not 0 < count < 1e9:
        return 0, 0.0
    return int(count), seconds if isinstance(seconds, float) and 0 <= seconds < 1e9 else 0.0


def _line(trace: Trace, entities: list[Entity], depth: int) -> Line:
    """Return the line of one entity, or of several that ran the same query."""
    label = label_of(entities[0])
    if len(entities) > 1:
        label = f"{len(entities)} times the same query: {label}"
    ended = [entity.duration for entity in entities if entity.duration is not None]
    return Line(
        depth=depth,
        kind=entities[0].kind,
        label=label,
        marks=list(dict.fromkeys(mark for entity in entities for mark in entity.marks)),
        spans=[_span(trace, entity) for entity in entities[:MOST_SPANS]],
        took=durations.as_text(sum(ended) if ended else None),
        details=list(details_of(entities[0])),
        where=where_of(entities[0]),
    )


def _span(trace: Trace, entity: Entity) -> tuple[float, float]:
    """Return start and length; what has not ended lasts to the trace's end."""
    open_until_now = trace.end - entity.start
    return (
        entity.start - trace.start,
        open_until_now if entity.duration is None else entity.duration,
    )


def grouped(entities: Iterable[Entity]) -> list[list[Entity]]:
    """Return the entities in their order, those that ran the same query often in one group."""
    by_query: dict[object, list[Entity]] = {}
    for entity in entities:
        by_query.setdefault(entity.sql or entity, []).append(entity)
    groups: list[list[Entity]] = []
    for same in by_query.values():
        groups += [same] if len(same) >= REPEATED else [[entity] for entity in same]
    return sorted(groups, key=lambda group: group[0].start)


def most_repeated(trace: Trace) -> int:
    """Return how often the query ran that ran most often below one parent; 0 when none is repeated."""
    counts = [len(group) for entity in trace.entities for group in grouped(entity.children)]
    return max((count for count in counts if count > 1), default=0)
