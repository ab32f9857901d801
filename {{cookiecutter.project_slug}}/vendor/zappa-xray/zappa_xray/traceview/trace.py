"""Documents -> the tree of one trace."""

from collections.abc import Iterable, Iterator
from typing import Any

from zappa_xray.traceview.packets import Document, seconds_of

TEMPLATE_SUFFIXES = (".html", ".txt", ".xml", ".js", ".css", ".svg")
ORIGINS = {
    "AWS::ApiGateway::Stage": "gateway",
    "AWS::Lambda": "lambda",
    "AWS::Lambda::Function": "function",
}


def part(document: Any, *keys: str) -> Document:
    """What is found below the keys when it is an object, else an empty one."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def objects(document: Document, key: str) -> list[Document]:
    """The objects of the list below the key; nothing when it is no list."""
    found = document.get(key)
    return [it for it in found if isinstance(it, dict)] if isinstance(found, list) else []


class Entity:
    """A segment or a subsegment with those below it."""

    def __init__(self, document: Document, parent_id: str | None, start: float = 0.0) -> None:
        self.document = document
        self.parent_id = parent_id
        self.parent: Entity | None = None
        self.children: list[Entity] = []
        self.name = str(document.get("name", ""))
        self.start = seconds_of(document.get("start_time")) or start
        self.end = seconds_of(document.get("end_time"))
        self.in_progress = bool(document.get("in_progress")) or self.end is None

    @property
    def duration(self) -> float | None:
        """In seconds; None for what has not ended."""
        return None if self.in_progress else max((self.end or 0) - self.start, 0.0)

    @property
    def annotations(self) -> Document:
        return part(self.document, "annotations")

    @property
    def request(self) -> Document:
        return part(self.document, "http", "request")

    @property
    def status(self) -> Any:
        return part(self.document, "http", "response").get("status")

    @property
    def sql(self) -> str | None:
        query = part(self.document, "sql").get("sanitized_query")
        return None if query is None else str(query)

    @property
    def marks(self) -> list[str]:
        """What stands out, in X-Ray's words: throttle and error are the caller's, fault is ours."""
        document = self.document
        marks = [mark for mark in ("fault", "throttle", "error") if document.get(mark) is True]
        if self.annotations.get("timed_out") is True:
            marks.insert(0, "timed out")
        return [*marks, "in progress"] if self.in_progress else marks

    @property
    def kind(self) -> str:
        if str(self.document.get("origin")) in ORIGINS:
            return ORIGINS[self.document["origin"]]
        if self.sql is not None:
            return "query"
        if self.document.get("namespace") in ("aws", "remote"):
            return "call"
        if self.request or "route" in self.annotations:
            return "request"
        # The SDK leaves no other mark on a template than its name.
        is_template = self.name == "template_render" or self.name.endswith(TEMPLATE_SUFFIXES)
        return "template" if is_template else "work"

    def below(self) -> Iterator["Entity"]:
        """This entity and all below it, parents first."""
        waiting = [self]
        while waiting:
            entity = waiting.pop()
            yield entity
            waiting.extend(reversed(entity.children))


class Trace:
    """The documents of one trace, joined. Raises ValueError when there is none."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self.roots = _linked(_newest(self.documents))
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
        entity = self.request
        return str(entity.annotations.get("method") or entity.request.get("method") or "")

    @property
    def route(self) -> str:
        """The request's route; its URL, or the name of the work, where there is none."""
        entity = self.request
        return str(entity.annotations.get("route") or entity.request.get("url") or entity.name)

    @property
    def status(self) -> Any:
        return next(
            (it.status for it in (self.root, self.request) if it.status is not None),
            self.request.annotations.get("status"),
        )

    @property
    def queries(self) -> int:
        return sum(entity.kind == "query" for entity in self.entities)

    @property
    def marks(self) -> list[str]:
        marks = dict.fromkeys([*self.request.marks, *self.root.marks])
        if self.in_progress:
            marks["in progress"] = None
        return list(marks)


def _newest(documents: Iterable[Document]) -> dict[str, Entity]:
    """Each segment and subsegment once: the complete one rather than its copy in progress."""
    entities: dict[str, Entity] = {}
    waiting: list[tuple[Document, str | None, float]] = [(it, None, 0.0) for it in documents]
    for document, parent_id, start in waiting:
        if document.get("inferred"):
            continue  # X-Ray's own second view of a call that is here already
        identity = str(document.get("id") or f"{parent_id} {len(entities)}")
        if document.get("parent_id"):
            parent_id = parent_id or str(document["parent_id"])
        entity = Entity(document, parent_id, start)
        if identity not in entities or not entity.in_progress or entities[identity].in_progress:
            entities[identity] = entity
        waiting += [(it, identity, entity.start) for it in objects(document, "subsegments")]
    return entities


def _linked(entities: dict[str, Entity]) -> list[Entity]:
    roots = []
    for entity in sorted(entities.values(), key=lambda entity: entity.start):
        parent = entities.get(entity.parent_id or "")
        if parent is None or _is_below(parent, entity):
            roots.append(entity)
        else:
            entity.parent = parent
            parent.children.append(entity)
    return roots


def _is_below(entity: Entity, other: Entity) -> bool:
    at: Entity | None = entity
    while at is not None and at is not other:
        at = at.parent
    return at is other
