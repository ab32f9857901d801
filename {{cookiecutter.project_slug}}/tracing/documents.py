"""X-Ray documents: the copy of something in progress, and the cutting of what is too large."""

from typing import Any

Document = dict[str, Any]

COPIED = ("id", "name", "trace_id", "parent_id", "type", "namespace", "start_time", "origin")
COPIED_DEEPER = ("http", "annotations", "metadata", "sql", "aws")
ESSENTIAL = (*COPIED, "end_time", "in_progress", "error", "throttle", "fault")


def in_progress_document(entity: Any) -> Document:
    """What is known of an open segment or subsegment, without its children.

    Cheap: it is made for every request. X-Ray replaces it by the complete one with the same id.
    """
    state = vars(entity)
    document = {key: state[key] for key in COPIED if state.get(key)}
    document |= {key: dict(state[key]) for key in COPIED_DEEPER if state.get(key)}
    document["in_progress"] = True
    return document
