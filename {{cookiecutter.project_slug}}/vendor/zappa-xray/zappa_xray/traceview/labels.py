"""What the lines of a trace say of an entity: a label, and details below it."""

import re
from collections.abc import Iterator

from zappa_xray.traceview.documents import Document, mapping_at, mappings_at
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.printable import one_line, printable, text_of

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
    return one_line(" ".join(text_of(word) for word in words if word is not None))


def details_of(entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield titles and texts of what else is known of it, exceptions with their stacks."""
    document = entity.document
    if entity.sql is not None:
        yield "SQL", printable(entity.sql)
    yield from (("exception", printable(text)) for text in exceptions_of(document))
    if entity.kind != "call" and entity.request:
        facts = (f"{name}: {text_of(value)}" for name, value in entity.request.items())
        yield "request", printable("\n".join(facts))
    for title in ("annotations", "metadata", "aws"):
        if mapping_at(document, title):
            yield title, printable(document[title])


def where_of(entity: Entity) -> str:
    """Return the line of the service's own code that a query came from, where that was recorded."""
    return one_line(mapping_at(entity.document, "metadata", "tracing").get("where", ""))


def exceptions_of(document: Document) -> Iterator[str]:
    """Yield each exception of its cause: type and message, then a line for each frame."""
    for exception in mappings_at(mapping_at(document, "cause"), "exceptions"):
        kind, message = text_of(exception.get("type")), text_of(exception.get("message", ""))
        frames = [
            "  {}:{} {}".format(*(text_of(frame.get(key)) for key in ("path", "line", "label")))
            for frame in mappings_at(exception, "stack")
        ]
        yield "\n".join([f"{kind}: {message}", *frames])
