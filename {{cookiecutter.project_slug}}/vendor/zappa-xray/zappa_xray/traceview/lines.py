"""The tree of one trace -> the lines that the page and the terminal show."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zappa_xray.traceview.packets import Document
from zappa_xray.traceview.trace import Entity, Trace, objects, part

REPEATED = 3  # from how many on the same query is one line
NAMES = {"gateway": "API Gateway ", "lambda": "Lambda ", "function": "Function "}
LONG_COLUMN_LIST = re.compile(r"^SELECT .{40,}? FROM ")


@dataclass(frozen=True)
class Line:
    """One line: what it is, when it ran and how long (seconds since the trace's start), and more.

    `spans` are several for a query that was repeated, `details` are titled texts. All text is
    printable: whatever a caller put into a path or a header cannot steer a terminal.
    """

    depth: int
    kind: str
    label: str
    marks: list[str]
    spans: list[tuple[float, float]]
    duration: float | None
    details: list[tuple[str, str]]


def printable(value: Any) -> str:
    """Text without control, formatting and surrogate characters: they are shown as escapes."""
    return "".join(
        character
        if character.isprintable() or character == "\n"
        else character.encode("unicode_escape").decode()
        for character in str(value)
    )


def one_line(value: Any) -> str:
    return " ".join(printable(value).split())


def lines_of(trace: Trace) -> list[Line]:
    """All lines of a trace, parents first, repeated queries of one parent as one line."""
    waiting = [([root], 0) for root in reversed(trace.roots)]
    lines = []
    while waiting:
        entities, depth = waiting.pop()
        lines.append(_line(trace, entities, depth))
        for below in reversed(_grouped(entities)):
            waiting.append((below, depth + 1))
    return lines


def _grouped(entities: list[Entity]) -> list[list[Entity]]:
    """The children, those that ran the same query at least REPEATED times together."""
    children = [child for entity in entities for child in entity.children]
    same: dict[str | None, list[Entity]] = {}
    for child in children:
        same.setdefault(child.sql, []).append(child)
    groups = []
    for child in children:
        group = same[child.sql]
        if child.sql is None or len(group) < REPEATED:
            groups.append([child])
        elif child is group[0]:
            groups.append(group)
    return groups


def _line(trace: Trace, entities: list[Entity], depth: int) -> Line:
    entity, count = entities[0], len(entities)
    label = label_of(entity)
    durations = [it.duration for it in entities if it.duration is not None]
    return Line(
        depth=depth,
        kind=entity.kind,
        label=label if count == 1 else f"{count} times the same query: {label}",
        marks=list(dict.fromkeys(mark for it in entities for mark in it.marks)),
        spans=[
            (it.start - trace.start, trace.end - it.start if it.duration is None else it.duration)
            for it in entities
        ],
        duration=sum(durations) if durations else None,
        details=list(_details(entity)),
    )


def label_of(entity: Entity) -> str:
    """One line that says what a segment or subsegment did."""
    document, request = entity.document, entity.request
    if entity.kind == "query":
        return LONG_COLUMN_LIST.sub("SELECT … FROM ", one_line(entity.sql))
    if entity.kind == "call":
        operation = part(document, "aws").get("operation")
        what = [operation] if operation else [request.get("method"), request.get("url")]
    elif entity.kind == "request":
        what = [entity.annotations.get("method") or request.get("method")]
        what += [entity.annotations.get("route") or request.get("url")]
    else:
        return one_line(NAMES.get(entity.kind, "") + entity.name)
    words = [entity.name if entity.kind == "call" else None, *what, entity.status]
    return one_line(" ".join(str(word) for word in words if word is not None))


def _details(entity: Entity) -> Iterator[tuple[str, str]]:
    document = entity.document
    if entity.sql is not None:
        yield "SQL", printable(entity.sql)
    yield from (("exception", printable(text)) for text in _exceptions(document))
    if entity.kind != "call" and entity.request:
        yield "request", printable("\n".join(f"{k}: {v}" for k, v in entity.request.items()))
    for title in ("annotations", "metadata", "aws"):
        if part(document, title):
            text = json.dumps(document[title], indent=2, ensure_ascii=False)
            yield title, printable(text)


def _exceptions(document: Document) -> Iterator[str]:
    for exception in objects(part(document, "cause"), "exceptions"):
        frames = [
            f"  {frame.get('path')}:{frame.get('line')} {frame.get('label')}"
            for frame in objects(exception, "stack")
        ]
        yield "\n".join([f"{exception.get('type')}: {exception.get('message', '')}", *frames])


def summary_of(trace: Trace) -> dict[str, Any]:
    """What one line of a list shows of a trace; times in seconds."""
    return {
        "id": printable(trace.id),
        "start": trace.start,
        "duration": trace.duration,
        "service": one_line(trace.root.name),
        "method": one_line(trace.method),
        "route": one_line(trace.route),
        "url": one_line(trace.request.request.get("url", "")),
        "status": trace.status if isinstance(trace.status, int) else None,
        "queries": trace.queries,
        "marks": trace.marks,
        "repeated": max((len(group) for group in _repeated(trace)), default=0),
    }


def _repeated(trace: Trace) -> Iterator[list[Entity]]:
    for entity in trace.entities:
        yield from (group for group in _grouped([entity]) if len(group) > 1)
