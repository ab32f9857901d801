"""What AWS documents of a segment document, as a list of what a packet breaks.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html and the limits of
the JSON schema 1.0.0 that is published there.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]

LARGEST = 64 * 1024
HEADER = b'{"format":"json","version":1}\n'
SYMBOLS = "_.:/%&#=+-@ "
NUMBER = (int, float)


def broken_rules(packet: bytes) -> list[str]:
    """The rules that a packet to the X-Ray daemon breaks; none for a good one."""
    if not packet.startswith(HEADER):
        return ["the header"]
    text = packet.removeprefix(HEADER)
    if len(packet) > 65_507 or len(text) > LARGEST:
        return [f"the size: {len(text)}"]

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        document = json.loads(text.decode("utf-8"), parse_constant=refuse)
        json.dumps(document, ensure_ascii=False).encode("utf-8")  # no halves of surrogate pairs
    except ValueError as error:
        return [f"JSON: {error}"]
    return [*_independent(document), *_any(document)]


def _independent(document: Document) -> Iterator[str]:
    if not re.fullmatch(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}", document.get("trace_id", "")):
        yield "trace_id"
    if document.get("type") == "subsegment" and "parent_id" not in document:
        yield "parent_id of an independent subsegment"


def _any(document: Document) -> Iterator[str]:
    yield from _identity(document)
    yield from _times(document)
    yield from _texts(document)
    yield from _annotations(document.get("annotations", {}))
    if any(not isinstance(value, dict) for value in document.get("metadata", {}).values()):
        yield "metadata is no object of objects"
    yield from _cause(document.get("cause", {}))
    yield from _numbers(document, "")
    for child in document.get("subsegments", ()):
        yield from _any(child)


def _identity(document: Document) -> Iterator[str]:
    name = document.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode("utf-16-le")) // 2 <= 200:
        yield f"name: {name!r}"
    elif any(not (character.isalnum() or character in SYMBOLS) for character in name):
        yield f"characters of the name {name!r}"
    for key in ("id", *(("parent_id",) if "parent_id" in document else ())):
        if not re.fullmatch("[0-9a-f]{16}", str(document.get(key))):
            yield f"{key}: {document.get(key)}"


def _times(document: Document) -> Iterator[str]:
    start, end = document.get("start_time"), document.get("end_time")
    if not isinstance(start, NUMBER):
        yield f"start_time: {start!r}"
    elif document.get("in_progress"):
        if end is not None:
            yield "both end_time and in_progress"
    elif not isinstance(end, NUMBER) or end < start:
        yield f"end_time: {end!r} of {start!r}"


def _texts(document: Document) -> Iterator[str]:
    http = document.get("http", {})
    request, response = http.get("request", {}), http.get("response", {})
    texts = {
        key: request[key] for key in ("method", "url", "user_agent", "client_ip") if key in request
    }
    texts |= {
        key: value for key, value in document.get("sql", {}).items() if key != "sanitized_query"
    }
    texts |= {
        key: document[key] for key in ("user", "origin", "namespace", "type") if key in document
    }
    for key, value in texts.items():
        if not isinstance(value, str) or len(value) > 250:
            yield f"{key}: {value!r}"
    if not isinstance(document.get("sql", {}).get("sanitized_query", ""), str):
        yield "sanitized_query"
    for key, value in response.items():
        if not isinstance(value, NUMBER) or isinstance(value, bool):
            yield f"http.response.{key}: {value!r}"
    for key in ("error", "throttle", "fault", "in_progress"):
        if not isinstance(document.get(key, True), bool):
            yield key


def _annotations(annotations: Document) -> Iterator[str]:
    if len(annotations) > 50:
        yield f"{len(annotations)} annotations"
    for key, value in annotations.items():
        if not re.fullmatch("[a-zA-Z0-9_]{1,500}", key):
            yield f"annotation's key {key!r}"
        if not isinstance(value, (str, bool, *NUMBER)) or len(str(value)) > 1_000:
            yield f"annotation {key}: {value!r}"


def _cause(cause: Document | str) -> Iterator[str]:
    if isinstance(cause, str):
        if len(cause) != 16:
            yield f"cause: {cause}"
        return
    for exception in cause.get("exceptions", ()):
        if len(exception["id"]) != 16:
            yield f"id of an exception: {exception['id']}"
        for key in ("message", "type", "cause"):
            if not isinstance(exception.get(key, ""), str):
                yield f"{key} of an exception"
        for frame in exception.get("stack", ()):
            if not isinstance(frame.get("line", 0), int) or not isinstance(frame["path"], str):
                yield f"frame {frame}"


def _numbers(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _numbers(below, f"{path}.{key}")
    elif isinstance(value, list):
        for below in value:
            yield from _numbers(below, path)
    elif isinstance(value, int) and abs(value) >= 2**63:
        yield f"{path} is no number of 64 bits"
