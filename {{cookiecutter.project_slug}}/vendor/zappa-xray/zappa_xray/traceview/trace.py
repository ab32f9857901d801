"""Documents, which come in any order, some of them twice -> the tree of one trace."""

from collections.abc import Iterable

from zappa_xray.traceview.documents import Document, mappings_at
from zappa_xray.traceview.entity import Entity


class Trace:
    """The documents of one trace, joined. Raises ValueError when there is none."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self.roots = _joined(self.documents)
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


def _joined(documents: Iterable[Document]) -> list[Entity]:
    """Return the entities that have no parent here, each with its children, all by their start."""
    entities = _newest(documents)
    roots = []
    for entity in sorted(entities.values(), key=lambda entity: entity.start):
        parent = entities.get(entity.parent_id or "")
        if parent is None or _is_below(parent, entity):
            roots.append(entity)
        else:
            entity.parent = parent
            parent.children.append(entity)
    return roots


def _newest(documents: Iterable[Document]) -> dict[str, Entity]:
    """Return each entity once, by its id: the complete one rather than its copy in progress."""
    entities: dict[str, Entity] = {}
    waiting: list[tuple[Document, str | None, float]] = [(sent, None, 0.0) for sent in documents]
    for document, parent_id, start in waiting:
        if document.get("inferred"):
            continue  # X-Ray's own second view of a call that is here already
        identity = str(document.get("id") or f"{parent_id} {len(entities)}")
        if document.get("parent_id"):
            parent_id = parent_id or str(document["parent_id"])
        entity = Entity(document, parent_id, start)
        if identity not in entities or not entity.in_progress or entities[identity].in_progress:
            entities[identity] = entity
        below = mappings_at(document, "subsegments")
        waiting += [(subsegment, identity, entity.start) for subsegment in below]
    return entities


def _is_below(entity: Entity, other: Entity) -> bool:
    above: Entity | None = entity
    while above is not None and above is not other:
        above = above.parent
    return above is other
