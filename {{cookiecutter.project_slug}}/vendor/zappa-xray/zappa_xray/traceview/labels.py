"""What the lines of a trace say of an entity: a label, and details below it."""

import json
import re
from collections.abc import Iterator

from zappa_xray.traceview.documents import Document, mapping_at, mappings_at
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.printable import one_line, printable

NAMES = {"gateway": "API Gateway ", "lambda": "Lambda ", "function": "Function "}
LONG_COLUMN_LIST = re.compile(r"^SELECT .{40,}? FROM ")


def label_of(entity: Entity) -> str:
    """Return one line that says what a segment or subsegment did."""
    document, request = entity.document, entity.request
    if entity.kind == "query":
        return LONG_COLUMN_LIST.sub("SELECT … FROM ", one_line(entity.sql))
    if entity.kind == "call":
        operation = mapping_at(document, "aws").get("operation")
        called = [operation] if operation else [request.get("method"), request.get("url")]
        words = [entity.name, *called, entity.status]
    elif entity.kind == "request":
        method = entity.annotations.get("method") or request.get("method")
        route = entity.annotations.get("route") or request.get("url")
        words = [method, route, entity.status]
    else:
        words = [NAMES.get(entity.kind, "") + entity.name]
    return one_line(" ".join(str(word) for word in words if word is not None))


def details_of(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield titles and texts of what else is known of it, exceptions with their stacks."""
    document = entity.document
    if entity.sql is not None:
        yield "SQL", printable(entity.sql)
    yield from (("exception", printable(text)) for text in _exceptions(document))
    if entity.kind != "call" and entity.request:
        facts = (f"{name}: {value}" for name, value in entity.request.items())
        yield "request", printable("\n".join(facts))
    for title in ("annotations", "metadata", "aws"):
        if mapping_at(document, title):
            text = json.dumps(document[title], indent=2, ensure_ascii=False)
            yield title, printable(text)


def _exceptions(document: Document) -> Iterator[str]:
    for exception in mappings_at(mapping_at(document, "cause"), "exceptions"):
        frames = [
            f"  {frame.get('path')}:{frame.get('line')} {frame.get('label')}"
            for frame in mappings_at(exception, "stack")
        ]
        yield "\n".join([f"{exception.get('type')}: {exception.get('message', '')}", *frames])
