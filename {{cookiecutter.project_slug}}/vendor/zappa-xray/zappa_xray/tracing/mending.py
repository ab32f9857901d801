"""What X-Ray may refuse or drop in a document, mended before it goes.

The limits are those of https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
and of the JSON schema 1.0.0 that is published there.
"""

import hashlib
import math
import os
import re
import time
from typing import Any

from zappa_xray.tracing.annotations import mended_annotations
from zappa_xray.tracing.documents import Document
from zappa_xray.tracing.plain import plain, well_formed
from zappa_xray.tracing.scrubbing import scrubbed

LONGEST_NAME = 200
LONGEST_VALUE = 250

# The schema's letters and digits are those of the Basic Multilingual Plane, and it has no
# backslash, which the text allows.
_FOREIGN = re.compile(r"[^\w\s.:/%&#=+@-]|[\U00010000-\U0010ffff]")
ID = re.compile(r"[0-9a-f]{16}")
TRACE_ID = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}")
LATEST = 1e11  # seconds since 1970; milliseconds, given by mistake, are more
_TEXTS = ("namespace", "type", "origin", "user")
_FLAGS = ("error", "throttle", "fault")


def mended(document: Document) -> Document:
    """A document that X-Ray takes, made of one that may hold anything in any of its fields.

    What was cut of annotations and texts stands in the metadata `tracing.mended`.
    """
    notes: list[str] = []
    _mend_identity(document)
    _mend_times(document)
    for key in _TEXTS:
        if key in document:
            document[key] = _text(document[key], key, notes)
    for key in _FLAGS:
        if key in document:
            document[key] = bool(document[key])
    for key, mend in _OBJECTS.items():
        if key in document:
            document[key] = mend(document[key], notes)
    left_over = mended_annotations(document, notes) if "annotations" in document else {}
    if "metadata" in document or notes or left_over:
        document["metadata"] = _metadata(document.get("metadata", {}), notes, left_over)
    if children := document.get("subsegments"):
        document["subsegments"] = [mended(child) for child in children]
    return document


def usable_name(name: object) -> str:
    """A name as X-Ray takes it: `_` for characters that it refuses, at most 200 of them."""
    text = _FOREIGN.sub("_", scrubbed(well_formed(str(plain(name)))).strip())
    return re.sub(r"\s", " ", text)[:LONGEST_NAME].strip() or "_"


def _mend_identity(document: Document) -> None:
    document["name"] = usable_name(document.get("name", ""))
    document.setdefault("id", os.urandom(8).hex())
    for key in ("id", "parent_id"):
        if key in document and not _matches(ID, document[key]):
            document[key] = _digest(document[key], 8)
    trace_id = document.get("trace_id")
    if not _matches(TRACE_ID, trace_id):
        document["trace_id"] = f"1-{int(time.time()):08x}-{_digest(trace_id, 12)}"


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _digest(value: object, size: int) -> str:
    # Always the same of the same, so that parent and child still know each other.
    return hashlib.blake2b(str(plain(value)).encode(), digest_size=size).hexdigest()


def _mend_times(document: Document) -> None:
    start = document.get("start_time")
    if not _is_time(start):
        start = document["start_time"] = time.time()
    if document.get("in_progress"):
        document["in_progress"] = True
        document.pop("end_time", None)
        return
    document["in_progress"] = False
    end = document.get("end_time", time.time())
    document["end_time"] = end if _is_time(end) and end >= start else start


def _is_time(value: object) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 < value < LATEST  # type: ignore[arg-type, operator]


def _text(value: object, path: str, notes: list[str]) -> str:
    text = well_formed(value if isinstance(value, str) else str(plain(value)))
    if len(text) > LONGEST_VALUE:
        notes.append(f"{path}: {LONGEST_VALUE} of {len(text)} characters are left")
    return text[:LONGEST_VALUE]


def _http(value: Any, notes: list[str]) -> Document:
    value = _dictionary(value)
    mended_http: Document = {}
    if request := _dictionary(value.get("request")):
        mended_http["request"] = {
            key: bool(below)
            if key in ("x_forwarded_for", "traced")
            else _text(scrubbed(below) if isinstance(below, str) else below, f"http.{key}", notes)
            for key, below in request.items()
        }
    if response := _dictionary(value.get("response")):
        numbers = {key: _number(below) for key, below in response.items()}
        mended_http["response"] = {k: below for k, below in numbers.items() if below is not None}
    return mended_http


def _number(value: object) -> int | float | None:
    try:
        number = plain(int(value) if isinstance(value, str) else value)
    except ValueError:
        return None
    return number if isinstance(number, (int, float)) and not isinstance(number, bool) else None


def _sql(value: Any, notes: list[str]) -> Document:
    return {
        key: well_formed(str(below)) if key == "sanitized_query" else _text(below, key, notes)
        for key, below in _dictionary(value).items()
    }


def _aws(value: Any, notes: list[str]) -> Document:
    # The SDK puts numbers and lists beside the texts that AWS documents.
    return {
        key: _text(below, f"aws.{key}", notes) if isinstance(below, str) else below
        for key, below in _dictionary(plain(value)).items()
    }


def _cause(value: Any, notes: list[str]) -> Document | str:
    if isinstance(value, str):
        return value if ID.fullmatch(value) else _digest(value, 8)
    cause = _dictionary(plain(value))
    return {
        "working_directory": str(cause.get("working_directory", "")),
        "exceptions": [_exception(one) for one in _dictionaries(cause.get("exceptions"))],
    }


def _exception(value: Document) -> Document:
    exception: Document = {key: str(value[key]) for key in ("message", "type") if key in value}
    for key in ("id", "cause"):
        if key in value:
            known = _matches(ID, value[key])
            exception[key] = value[key] if known else _digest(value[key], 8)
    numbers = {key: value[key] for key in ("truncated", "skipped") if type(value.get(key)) is int}
    return {"id": _digest(str(exception), 8), **exception, **numbers} | {
        "remote": bool(value.get("remote")),
        "stack": [_frame(one) for one in _dictionaries(value.get("stack"))],
    }


def _frame(value: Document) -> Document:
    frame = {key: str(value[key]) for key in ("path", "label") if key in value}
    return frame | ({"line": value["line"]} if type(value.get("line")) is int else {})


def _service(value: Any, notes: list[str]) -> Document:
    return {key: _text(below, key, notes) for key, below in _dictionary(value).items()}


def _precursors(value: Any, notes: list[str]) -> list[str]:
    return [one for one in value if _matches(ID, one)] if isinstance(value, list) else []


def _dictionary(value: Any) -> Document:
    if not isinstance(value, dict):
        return {}
    return {str(key): below for key, below in value.items()}


def _dictionaries(value: Any) -> list[Document]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _metadata(value: Any, notes: list[str], left_over: Document) -> Document:
    namespaces = {
        key: below if isinstance(below, dict) else {"value": below}
        for key, below in _dictionary(plain(value)).items()
    }
    if notes or left_over:
        own = {"mended": notes[:20]} if notes else {}
        own |= {"annotations": plain(left_over)} if left_over else {}
        namespaces["tracing"] = namespaces.get("tracing", {}) | own
    return namespaces


_OBJECTS = {
    "http": _http,
    "sql": _sql,
    "aws": _aws,
    "cause": _cause,
    "service": _service,
    "precursor_ids": _precursors,
}
