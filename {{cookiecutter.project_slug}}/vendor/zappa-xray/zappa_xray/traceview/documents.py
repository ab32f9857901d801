"""What the X-Ray daemon is sent: a packet is a header line, then one document in JSON.

Whoever can send to its address can write anything: nothing of a document is taken on trust.
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
"""

import json
import math
import re
from typing import Any

Document = dict[str, Any]

TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
HEADER = {"format": "json", "version": 1}


class MalformedPacketError(ValueError):
    """A packet that AWS's daemon would not take."""


def body_of(packet: bytes) -> bytes:
    """Return the document of a packet, still in JSON. Raises MalformedPacketError."""
    header, _, body = packet.partition(b"\n")
    try:
        if json.loads(header.decode()) == HEADER:
            return body
    except (ValueError, RecursionError):
        pass
    raise MalformedPacketError


def packet_of(body: bytes) -> bytes:
    """Return the packet of a document in JSON."""
    return json.dumps(HEADER).encode() + b"\n" + body


def document_of(body: bytes | str) -> Document:
    """Return a document with an id, its trace's id, and a time. Raises MalformedPacketError."""
    try:
        text = body if isinstance(body, str) else body.decode()
        document = json.loads(text, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedPacketError from error
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("id"), str)
        or not TRACE_ID.fullmatch(str(document.get("trace_id")))
        or moment(document.get("start_time")) is None
    ):
        raise MalformedPacketError
    return document


def _finite(text: str) -> float | str:
    """Return a number, or the text of one that JSON has not, so that all is JSON for any reader."""
    number = float(text)
    return number if math.isfinite(number) else text


def moment(value: Any) -> float | None:
    """Return a time in seconds since 1970, or None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e11 and math.isfinite(value) else None


def mapping_at(document: Any, *keys: str) -> Document:
    """Return the mapping below these keys, one after the other; an empty one where there is none."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def mappings_at(document: Document, key: str) -> list[Document]:
    """Return the mappings in the list below `key`; none where there is no list."""
    found = document.get(key)
    if not isinstance(found, list):
        return []
    return [element for element in found if isinstance(element, dict)]
