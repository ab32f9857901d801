"""X-Ray documents of the SDK's segments and subsegments, complete and in progress."""

from collections.abc import Iterator
from typing import Any

from zappa_xray.tracing.conf import settings
from zappa_xray.tracing.plain import plain
from zappa_xray.tracing.scrubbing import scrubbed

Document = dict[str, Any]

# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html; the SDK sends
# whatever is set on the object.
_FIELDS = (
    *("id", "name", "start_time", "trace_id", "parent_id", "type", "namespace", "end_time"),
    *("http", "sql", "annotations", "metadata", "aws", "error", "throttle", "fault"),
    *("user", "origin", "service", "precursor_ids"),
)
_FIELDS_AT_THE_START = ("id", "name", "start_time", "trace_id", "parent_id", "type", "namespace")
_COPIED = ("http", "annotations", "metadata", "sql", "aws")


def document_of(entity: Any, *, with_children: bool = True) -> Document:
    """The document of a segment or subsegment, with those below it.

    Raises RecursionError for those that are some hundreds deep.
    """
    state = vars(entity)
    document = {key: state[key] for key in _FIELDS if state.get(key)}
    document["in_progress"] = state["in_progress"]
    if "parent_id" not in document and (parent := state.get("parent_segment")):
        document["parent_id"] = parent.id
    if cause := state.get("cause"):
        document["cause"] = _cause(cause) if isinstance(cause, dict) else cause
    if with_children and state["subsegments"]:
        document["subsegments"] = [document_of(child) for child in list(state["subsegments"])]
    return document


def documents_of_each(entity: Any) -> Iterator[Document]:
    """The documents of a segment or subsegment and of each below it, one by one."""
    pending = [entity]
    while pending:
        one = pending.pop()
        pending.extend(one.subsegments)
        yield document_of(one, with_children=False)


def in_progress_document(entity: Any) -> Document:
    """What is known of an open segment or subsegment, without its children.

    X-Ray replaces it by the complete one with the same id.
    """
    state = vars(entity)
    document = {key: state[key] for key in _FIELDS_AT_THE_START if state.get(key)}
    for key in _COPIED:
        if state.get(key):
            document[key] = dict(state[key])
    if origin := state.get("origin"):
        document["origin"] = origin
    document["in_progress"] = True
    return document


def _cause(cause: dict[str, Any]) -> dict[str, Any]:
    exceptions = cause.get("exceptions")
    known = exceptions if isinstance(exceptions, (list, tuple)) else ()
    return cause | {"exceptions": [_exception(one) for one in known]}


def _exception(exception: Any) -> dict[str, Any]:
    attributes = exception if isinstance(exception, dict) else getattr(exception, "__dict__", {})
    described = {key: value for key, value in attributes.items() if value or value is False}
    if "exception_message" not in settings.record:
        described.pop("message", None)
    elif "message" in described:
        described["message"] = scrubbed(str(plain(described["message"])))
    return described
