"""Documents, which come in any order, some of them twice -> the tree of one trace."""

from collections.abc import Iterable

from zappa_xray.traceview.documents import Document, mapping_at, mappings_at, moment
from zappa_xray.traceview.entity import Entity
from zappa_xray.traceview.printable import text_of

MOST_ENTITIES = 10_000  # that are read of one trace, those nearest to its root


class Trace:
    """The documents of one trace, joined. Raises ValueError when there is none.

    `unread` is how many subsegments, at least, were too many to be read.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        if not self.documents:
            raise ValueError("a trace has at least one document")
        # X-Ray infers a second view of a call that is mostly here already.
        sent = [document for document in self.documents if not document.get("inferred")]
        entities, self.unread = _newest(sent or self.documents)
        self.roots = _joined(entities)
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
        """In seconds, of the root: what the caller waited for, as far as it is known."""
        if self.root.duration is not None:
            return self.root.duration
        told = mapping_at(self.request.document, "metadata", "tracing", "deadline")
        return max(self.end - self.start, moment(told.get("seconds")) or 0.0)

    def last(self, seconds: float) -> None:
        """Let what has not ended last so many seconds from the trace's start, or longer."""
        self.end = max(self.end, self.start + seconds)

    @property
    def in_progress(self) -> bool:
        return any(entity.in_progress for entity in self.entities)

    @property
    def timed_out(self) -> bool:
        """Whether something of it has passed its deadline."""
        return any(entity.annotations.get("timed_out") is True for entity in self.entities)


def _newest(documents: list[Document]) -> tuple[dict[str, Entity], int]:
    """Return each entity once, by its id, and the count of those that were too many.

    The complete one stands rather than its copy in progress.
    """
    entities: dict[str, Entity] = {}
    waiting: list[tuple[Document, str | None, float]] = []
    unread = 0

    def take(found: list[Document], parent_id: str | None, start: float) -> int:
        room = MOST_ENTITIES - len(waiting)
        waiting.extend((document, parent_id, start) for document in found[:room])
        return max(len(found) - room, 0)

    unread += take(documents, None, 0.0)
    for document, parent_id, start in waiting:
        identity = text_of(document.get("id") or f"{parent_id} {len(entities)}")
        if document.get("parent_id"):
            parent_id = parent_id or text_of(document["parent_id"])
        entity = Entity(document, parent_id, start)
        if identity not in entities or not entity.in_progress or entities[identity].in_progress:
            entities[identity] = entity
        unread += take(mappings_at(document, "subsegments"), identity, entity.start)
    return entities, unread


def _joined(entities: dict[str, Entity]) -> list[Entity]:
    """Return the entities that have no parent here, each with its children, all by their start."""
    in_order = sorted(entities.values(), key=lambda entity: entity.start)
    for entity in in_order:
        parent = entities.get(entity.parent_id or "")
        if parent is not None:
            entity.parent = parent
            parent.children.append(entity)
    roots = [entity for entity in in_order if entity.parent is None]
    reached = {id(entity) for root in roots for entity in root.below()}
    for entity in in_order:
        if id(entity) not in reached and entity.parent:  # it is below itself
            entity.parent.children.remove(entity)
            entity.parent = None
            roots.append(entity)
            reached |= {id(other) for other in entity.below()}
    return sorted(roots, key=lambda entity: entity.start)
