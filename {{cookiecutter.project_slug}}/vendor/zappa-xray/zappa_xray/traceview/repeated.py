"""The same query again and again below one parent: what a missing select_related looks like."""

from collections.abc import Iterable

from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.trace import Trace

REPEATED = 3  # from how many on the same query is one line


def grouped(entities: Iterable[Entity]) -> list[list[Entity]]:
    """Return the entities in their order, those that ran the same query often in one group."""
    ungrouped = list(entities)
    same: dict[str | None, list[Entity]] = {}
    for entity in ungrouped:
        same.setdefault(entity.sql, []).append(entity)
    groups = []
    for entity in ungrouped:
        group = same[entity.sql]
        if entity.sql is None or len(group) < REPEATED:
            groups.append([entity])
        elif entity is group[0]:
            groups.append(group)
    return groups


def most_repeated(trace: Trace) -> int:
    """Return how often the query ran that ran most often below one parent; 0 when none is repeated."""
    counts = [len(group) for entity in trace.entities for group in grouped(entity.children)]
    return max((count for count in counts if count > 1), default=0)
