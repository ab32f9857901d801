"""The JSON of a subsegment as nearly all are, written in one go.

Each request and each query passes here: it takes a third of the time that making a document,
looking at it and encoding it does, and looks at the same things.
"""

import re
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from zappa_xray.tracing.annotations import LONGEST_ANNOTATION, MOST_ANNOTATIONS
from zappa_xray.tracing.mending import LATEST, LONGEST_VALUE, usable_name

_IDS = re.compile("1-[0-9a-f]{8}-[0-9a-f]{24} [0-9a-f]{16} [0-9a-f]{16}")
_KEY = re.compile("[A-Za-z0-9_]{1,500}")
_NUMBERS = ("status", "content_length")
_FLAGS = ("error", "throttle", "fault")
_NAMESPACES = ("local", "remote", "aws")


class _Unusual(Exception):
    """There is something that has to be looked at more closely."""


def ordinary_json(subsegment: Any, *, complete: bool) -> str | None:
    """The document of an ordinary subsegment; None for one that may need mending or is a segment."""
    try:
        return _written(subsegment, complete)
    except Exception:  # whatever a service has put in the place of what belongs there
        return None


def _written(subsegment: Any, complete: bool) -> str:
    # By attributes: asked for its dictionary, an object makes one.
    if subsegment.metadata or subsegment.aws:
        raise _Unusual
    text = _identity(subsegment)
    if complete:
        if subsegment.cause or subsegment.subsegments:
            raise _Unusual
        text += _end(subsegment)
    else:
        text += '"in_progress":true'
    if http := subsegment.http:
        text += f',"http":{_http(subsegment, **http)}'
    if sql := subsegment.sql:
        text += f',"sql":{_sql(**sql)}'
    if annotations := subsegment.annotations:
        if len(annotations) > MOST_ANNOTATIONS:
            raise _Unusual
        text += (
            f',"annotations":{{{",".join(map(_annotation, annotations, annotations.values()))}}}'
        )
    if "\\ud" in text or ("://" in text and "@" in text):  # half a pair, or credentials in a URL
        raise _Unusual
    return text + "}"


def _identity(subsegment: Any) -> str:
    trace_id, own_id, parent_id = subsegment.trace_id, subsegment.id, subsegment.parent_id
    name, namespace, start = subsegment.name, subsegment.namespace, subsegment.start_time
    identity = (trace_id, own_id, parent_id, name, namespace, start, subsegment.type)
    known = getattr(subsegment, "_identity", None)  # of the copy that was sent at the start
    if known and known[0] == identity:
        return known[1]  # type: ignore[no-any-return]
    if (
        subsegment.type != "subsegment"
        or namespace not in _NAMESPACES
        or type(start) is not float
        or not _IDS.fullmatch(f"{trace_id} {own_id} {parent_id}")
    ):
        raise _Unusual
    text = (
        f'{{"id":"{own_id}","name":{_name(name)},"start_time":{start!r},'
        f'"trace_id":"{trace_id}","parent_id":"{parent_id}","type":"subsegment",'
        f'"namespace":"{namespace}",'
    )
    subsegment._identity = identity, text
    return text


@lru_cache(maxsize=512)
def _name(name: str) -> str:
    if usable_name(name) != name:
        raise _Unusual
    return quoted(name)


def _end(subsegment: Any) -> str:
    start, end = subsegment.start_time, subsegment.end_time
    if type(end) is not float or not 0 < start <= end < LATEST or subsegment.in_progress:
        raise _Unusual
    text = f'"end_time":{end!r},"in_progress":false'
    for flag in _FLAGS:
        if getattr(subsegment, flag, None) is True:
            text = f'"{flag}":true,{text}'
    return text


def _http(
    subsegment: Any,
    request: dict[str, str] | None = None,
    response: dict[str, int] | None = None,
) -> str:
    parts = []
    if request:
        known = getattr(subsegment, "_request", None)  # of the copy that was sent at the start
        if not known or known[0] != request:
            known = subsegment._request = {**request}, f'"request":{{{_texts(request)}}}'
        parts.append(known[1])
    if response:
        numbers = [
            f'"{key}":{value}'
            if type(value) is int and abs(value) < LATEST and key in _NUMBERS
            else _refuse()
            for key, value in response.items()
        ]
        parts.append(f'"response":{{{",".join(numbers)}}}')
    return f"{{{','.join(parts)}}}"


def _sql(sanitized_query: str = "", **others: str) -> str:
    text = _texts(others)
    if sanitized_query:
        text += f',"sanitized_query":{quoted(sanitized_query)}'
    return f"{{{text.lstrip(',')}}}"


def _texts(texts: dict[str, str]) -> str:
    return ",".join(
        [
            f"{quoted(key)}:{quoted(value)}"
            if len(value) <= LONGEST_VALUE and "?" not in value and "#" not in value
            else _refuse()
            for key, value in texts.items()
        ]
    )


@lru_cache(maxsize=1024, typed=True)  # routes, methods, statuses: few of them, and True is not 1
def _annotation(key: str, value: Any) -> str:
    if not _KEY.fullmatch(key):
        raise _Unusual
    if value is True or value is False:
        return f'"{key}":{"true" if value else "false"}'
    if type(value) is str and len(value) <= LONGEST_ANNOTATION:
        return f'"{key}":{quoted(value)}'
    if type(value) is int and abs(value) < LATEST:
        return f'"{key}":{value}'
    raise _Unusual


def _refuse() -> str:
    raise _Unusual
