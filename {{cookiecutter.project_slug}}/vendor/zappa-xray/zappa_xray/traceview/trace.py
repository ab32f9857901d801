"""One trace: the tree of its entities, and what is said of it as a whole."""

from collections.abc import Iterable
from typing import Any

from zappa_xray.traceview.documents import Document
from zappa_xray.traceview.joining import joined


class Trace:
    """The documents of one trace, joined. Raises ValueError when there is none."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self.roots = joined(self.documents)
        if not self.roots:
            raise ValueError("a trace has at least one document")
        self.id = str(self.documents[0].get("trace_id", ""))
        self.entities = [entity for root in self.roots for entity in root.below()]
        self.start = min(entity.start for entity in self.entities)
        self.end = max(entity.end or entity.start for entity in self.entities)
        self.root = self.roots[0]
        # Behind a gateway the request that Django saw is further down.
        self.request = next(
            (entity for entity in self.entities if "route" in entity.annotations),
            next((entity for entity in self.entities if entity.request), self.root),
        )

    @property
    def duration(self) -> float:
        """In seconds, of the root: what the caller waited for."""
        return self.end - self.start if self.root.duration is None else self.root.duration

    @property
    def in_progress(self) -> bool:
        return any(entity.in_progress for entity in self.entities)

    @property
    def method(self) -> str:
        request = self.request
        return str(request.annotations.get("method") or request.request.get("method") or "")

    @property
    def route(self) -> str:
        """The request's route; its URL, or the name of the work, where there is none."""
        request = self.request
        return str(request.annotations.get("route") or request.request.get("url") or request.name)

    @property
    def status(self) -> Any:
        """What the caller got; what Django answered where the root does not say."""
        statuses = (self.root.status, self.request.status, self.request.annotations.get("status"))
        return next((status for status in statuses if status is not None), None)

    @property
    def query_count(self) -> int:
        return sum(entity.kind == "query" for entity in self.entities)

    @property
    def marks(self) -> list[str]:
        marks = dict.fromkeys([*self.request.marks, *self.root.marks])
        if self.in_progress:
            marks["in progress"] = None
        return list(marks)
