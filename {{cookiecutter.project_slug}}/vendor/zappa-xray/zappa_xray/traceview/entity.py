"""A segment or a subsegment: one node in the tree of a trace."""

from collections.abc import Iterator
from typing import Any

from zappa_xray.traceview.documents import Document, mapping_at, moment
from zappa_xray.traceview.printable import text_of

TEMPLATE_SUFFIXES = (".html", ".txt", ".xml", ".js", ".css", ".svg")
ORIGINS = {
    "AWS::ApiGateway::Stage": "gateway",
    "AWS::Lambda": "lambda",
    "AWS::Lambda::Function": "function",
}


class Entity:
    """A segment or a subsegment with those below it."""

    def __init__(self, document: Document, parent_id: str | None, start: float = 0.0) -> None:
        self.document = document
        self.parent_id = parent_id
        self.parent: Entity | None = None
        self.children: list[Entity] = []
        self.name = text_of(document.get("name", ""))
        self.start = moment(document.get("start_time")) or start
        self.end = moment(document.get("end_time"))
        self.in_progress = bool(document.get("in_progress")) or self.end is None

    @property
    def duration(self) -> float | None:
        """In seconds; None for what has not ended."""
        return None if self.in_progress else max((self.end or 0) - self.start, 0.0)

    @property
    def annotations(self) -> Document:
        return mapping_at(self.document, "annotations")

    @property
    def request(self) -> Document:
        return mapping_at(self.document, "http", "request")

    @property
    def status(self) -> Any:
        return mapping_at(self.document, "http", "response").get("status")

    @property
    def sql(self) -> str | None:
        query = mapping_at(self.document, "sql").get("sanitized_query")
        return None if query is None else text_of(query)

    @property
    def marks(self) -> list[str]:
        """What stands out, in X-Ray's words: throttle and error are the caller's, fault is ours."""
        document = self.document
        marks = [mark for mark in ("fault", "throttle", "error") if document.get(mark) is True]
        if self.annotations.get("timed_out") is True:
            marks.insert(0, "timed out")
        if self.end is not None and self.end < self.start:
            marks.append("clock moved")
        return [*marks, "in progress"] if self.in_progress else marks

    @property
    def kind(self) -> str:
        """What it records, in one word."""
        origin = self.document.get("origin")
        if isinstance(origin, str) and origin in ORIGINS:
            return ORIGINS[origin]
        if self.sql is not None:
            return "query"
        if self.document.get("namespace") in ("aws", "remote"):
            return "call"
        if mapping_at(self.document, "metadata", "tracing", "deadline") and self.name == "deadline":
            return "deadline"
        if self.request or "route" in self.annotations:
            return "request"
        # The SDK leaves no other mark on a template than its name.
        is_template = self.name == "template_render" or self.name.endswith(TEMPLATE_SUFFIXES)
        return "template" if is_template else "work"

    def below(self) -> Iterator["Entity"]:
        """Yield this entity and all below it, parents first."""
        waiting = [self]
        while waiting:
            entity = waiting.pop()
            yield entity
            waiting.extend(reversed(entity.children))
