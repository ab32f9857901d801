"""Documents as JSON that X-Ray takes."""

import json
from functools import lru_cache
from typing import Any

from zappa_xray.tracing.annotations import annotations_are_usable
from zappa_xray.tracing.documents import Document
from zappa_xray.tracing.mending import ID, LATEST, LONGEST_VALUE, TRACE_ID, mended, usable_name
from zappa_xray.tracing.scrubbing import without_credentials

_ORDINARY = {
    *("id", "name", "start_time", "trace_id", "parent_id", "type", "namespace", "end_time"),
    *("in_progress", "http", "sql", "annotations", "error", "throttle", "fault"),
}
_NAMESPACES = ("local", "remote", "aws")
_NOTHING: dict[str, Any] = {}
_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def serialized(document: Document) -> tuple[Document, str]:
    """The document, mended where that is needed, and its JSON in ASCII: its length is its size."""
    if not _is_usable(document):
        document = mended(document)
    text = _encode(document)
    return document, without_credentials(text) if "@" in text else text


def _is_usable(document: Document) -> bool:
    """Whether X-Ray takes the document as it is: a quick look at what nearly all documents have."""
    try:
        return (
            document.keys() <= _ORDINARY
            and _is_usable_name(document["name"])
            and ID.fullmatch(document["id"]) is not None
            and ("parent_id" not in document or ID.fullmatch(document["parent_id"]) is not None)
            and TRACE_ID.fullmatch(document["trace_id"]) is not None
            and document.get("namespace", "local") in _NAMESPACES
            and document.get("type", "subsegment") == "subsegment"
            and _are_usable_times(document)
            and all(document.get(flag, True) is True for flag in ("error", "throttle", "fault"))
            and ("http" not in document or _is_usable_http(**document["http"]))
            and ("sql" not in document or _is_usable_sql(**document["sql"]))
            and annotations_are_usable(document.get("annotations", _NOTHING))
        )
    except Exception:  # of a wrong type somewhere
        return False


@lru_cache(maxsize=512)
def _is_usable_name(name: str) -> bool:
    return usable_name(name) == name


def _are_usable_times(document: Document) -> bool:
    start = document["start_time"]
    if type(start) is not float or not 0 < start < LATEST:
        return False
    if document["in_progress"] is True:
        return "end_time" not in document
    end = document["end_time"]
    return type(end) is float and start <= end < LATEST and document["in_progress"] is False


def _is_usable_http(request: Document = _NOTHING, response: Document = _NOTHING) -> bool:
    return all(
        type(text) is str and len(text) <= LONGEST_VALUE and text.isascii() and "?" not in text
        for text in request.values()
    ) and all(type(number) is int and abs(number) < LATEST for number in response.values())


def _is_usable_sql(sanitized_query: str = "", **others: str) -> bool:
    return type(sanitized_query) is str and all(
        type(text) is str and len(text) <= LONGEST_VALUE for text in others.values()
    )
