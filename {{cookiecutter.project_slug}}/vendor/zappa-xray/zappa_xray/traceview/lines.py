"""The tree of one trace -> the lines that the page and the terminal show."""

from collections.abc import Iterable
from dataclasses import dataclass

from zappa_xray.traceview import durations
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.labels import details_of, label_of
from zappa_xray.traceview.trace import Trace

REPEATED = 3  # from how many on the same query is one line


@dataclass(frozen=True)
class Line:
    """One line: what it is, when it ran and how long (seconds since the trace's start), and more.

    `spans` are several for a query that was repeated, `details` are titled texts. All text is
    printable.
    """

    depth: int
    kind: str
    label: str
    marks: list[str]
    spans: list[tuple[float, float]]
    took: str
    details: list[tuple[str, str]]


def lines_of(trace: Trace) -> list[Line]:
    """Return all lines of a trace, parents first, repeated queries of one parent as one line."""
    waiting = [([root], 0) for root in reversed(trace.roots)]
    lines = []
    while waiting:
        entities, depth = waiting.pop()
        lines.append(_line(trace, entities, depth))
        children = (child for entity in entities for child in entity.children)
        waiting.extend((below, depth + 1) for below in reversed(grouped(children)))
    return lines


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
        spans=[_span(trace, entity) for entity in entities],
        took=durations.as_text(sum(ended) if ended else None),
        details=list(details_of(entities[0])),
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
