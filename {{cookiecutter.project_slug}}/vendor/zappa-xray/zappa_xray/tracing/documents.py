"""X-Ray documents: the copy of something in progress, and the cutting of what is too large."""

import json
from typing import Any

Document = dict[str, Any]

COPIED = ("id", "name", "trace_id", "parent_id", "type", "namespace", "start_time", "origin")
COPIED_DEEPER = ("http", "annotations", "metadata", "sql", "aws")
ESSENTIAL = (*COPIED, "end_time", "in_progress", "error", "throttle", "fault")
ESSENTIAL_ANNOTATIONS = ("route", "method", "status", "stage", "timed_out")
LONGEST_STRING = 2_000
LONGEST_STACK = 20


def in_progress_document(entity: Any) -> Document:
    """What is known of an open segment or subsegment, without its children.

    Cheap: it is made for every request. X-Ray replaces it by the complete one with the same id.
    """
    state = vars(entity)
    document = {key: state[key] for key in COPIED if state.get(key)}
    document |= {key: dict(state[key]) for key in COPIED_DEEPER if state.get(key)}
    document["in_progress"] = True
    return document


def without_messages(document: Document) -> Document:
    """Takes the messages of exceptions, which may hold personal data, out of a document."""
    cause = document.get("cause")
    for exception in cause["exceptions"] if isinstance(cause, dict) else ():
        exception.pop("message", None)
    for child in document.get("subsegments", ()):
        without_messages(child)
    return document


def serialized(document: Document) -> str:
    """The document as JSON in ASCII, so that its length is its size in bytes."""
    return json.dumps(document, default=str, skipkeys=True)


def shortened(document: Document, size: int) -> str:
    """The document as JSON of at most `size` bytes.

    Long texts are cut first, then the largest metadata, then stacks, then all but the essentials.
    What was cut stands in the metadata `tracing.shortened`.
    """
    document = json.loads(serialized(document))
    cut: list[str] = []
    for step in (_cut_strings, _cut_metadata, _cut_stacks, _keep_essentials):
        document = step(document, cut, size)
        document.setdefault("metadata", {}).setdefault("tracing", {})["shortened"] = cut[:20]
        if len(text := serialized(document)) <= size:
            break
    return text


def _cut_strings(document: Document, cut: list[str], size: int) -> Document:
    def shorten(value: Any, path: str) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_STRING:
            cut.append(f"{path}: {LONGEST_STRING} of {len(value)} characters are left")
            return value[:LONGEST_STRING]
        if isinstance(value, dict):
            return {
                key: shorten(below, f"{path}.{key}".lstrip(".")) for key, below in value.items()
            }
        if isinstance(value, list):
            return [shorten(below, path) for below in value]
        return value

    return shorten(document, "")  # type: ignore[no-any-return]  # a dictionary stays one


def _cut_metadata(document: Document, cut: list[str], size: int) -> Document:
    entries = [
        (len(serialized(value)), namespace, key)
        for namespace, values in document["metadata"].items()
        for key, value in values.items()
    ]
    too_much = len(serialized(document)) - size
    for length, namespace, key in sorted(entries, reverse=True):
        if too_much > 0 and (namespace, key) != ("tracing", "shortened"):
            del document["metadata"][namespace][key]
            cut.append(f"metadata.{namespace}.{key}: {length} bytes are left out")
            too_much -= length - 100
    return document


def _cut_stacks(document: Document, cut: list[str], size: int) -> Document:
    cause = document.get("cause")
    for exception in cause["exceptions"] if isinstance(cause, dict) else ():
        stack = exception.get("stack") or []
        if len(stack) > LONGEST_STACK:
            cut.append(f"cause: {LONGEST_STACK} of {len(stack)} frames are left")
            exception["stack"] = stack[-LONGEST_STACK:]
    return document


def _keep_essentials(document: Document, cut: list[str], size: int) -> Document:
    annotations = document.get("annotations", {})
    kept = {key: document[key] for key in ESSENTIAL if key in document}
    kept["annotations"] = {k: annotations[k] for k in ESSENTIAL_ANNOTATIONS if k in annotations}
    cut.append("all but the essentials is left out")
    del cut[:-20]
    return kept
