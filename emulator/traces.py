"""What X-Ray makes of the documents that it got of one trace.

A document that came earlier under the same id is replaced, and a subsegment that was sent by itself
is found inside its parent: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

Document = dict[str, Any]


def assembled(documents: Iterable[Document]) -> list[Document]:
    """Return the segments of one trace in the order of their start, each with its subsegments.

    A subsegment whose parent never came stands among them by itself. The documents are not changed.
    """
    latest: dict[str, Document] = {}
    for document in chain.from_iterable(map(taken_apart, documents)):
        known = latest.get(document["id"], {})
        # A document in progress that arrives after the complete one says nothing new.
        if "end_time" in document or "end_time" not in known:
            latest[document["id"]] = document
    whole = {identity: dict(document) for identity, document in latest.items()}
    roots = []
    for document in sorted(whole.values(), key=lambda document: document["start_time"]):
        parent = whole.get(document.get("parent_id", ""))
        if document.get("type") == "subsegment" and parent is not None:
            for needless in ("parent_id", "trace_id", "type"):
                document.pop(needless, None)
            parent.setdefault("subsegments", []).append(document)
        else:
            roots.append(document)
    return roots


def taken_apart(document: Document) -> Iterator[Document]:
    """Yield a document and each subsegment inside it as if all had been sent by themselves."""
    yield {key: value for key, value in document.items() if key != "subsegments"}
    for inner in document.get("subsegments", []):
        named = {"trace_id": document["trace_id"], "parent_id": document["id"]}
        yield from taken_apart({**inner, **named, "type": "subsegment"})


def below(segments: Iterable[Document]) -> Iterator[Document]:
    """Yield segments and all that is inside them."""
    for segment in segments:
        yield segment
        yield from below(segment.get("subsegments", []))


def exceptions(document: Document) -> list[Document]:
    """Return the exceptions of a document's cause; a cause may also be the id of another one."""
    cause = document.get("cause")
    return cause.get("exceptions", []) if isinstance(cause, dict) else []
