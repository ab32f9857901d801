"""The JSON of a subsegment as nearly all are, written in one go.

Each request and each query passes here: it takes a third of the time that making a document,
looking at it and encoding it does, and looks at the same things.
"""

import re
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from zappa_xray.tracing.annotations import LONGEST_ANNOTATION, MOST_ANNOTATIONS, OURS
from zappa_xray.tracing.mending import LATEST, LONGEST_VALUE, usable_name

_IDS = re.compile("1-[0-9a-f]{8}-[0-9a-f]{24} [0-9a-f]{16} [0-9a-f]{16}")
_NAMESPACES = ("local", "remote", "aws")


class _Unusual(Exception):
    """There is something that has to be looked at more closely."""


def ordinary_json(subsegment: Any, *, complete: bool) -> str | None:
    """The document of an ordinary subsegment; None for one that may need mending or is a segment."""
    try:
        return _written(vars(subsegment), complete)
    except Exception:  # whatever a service has put in the place of what belongs there
        return None


def _written(state: dict[str, Any], complete: bool) -> str:
    ids = state["trace_id"], state["id"], state["parent_id"]
    start, namespace = state["start_time"], state["namespace"]
    if (
        state["type"] != "subsegment"
        or state["metadata"]
        or state["aws"]
        or (complete and (state["cause"] or state["subsegments"]))
        or not _IDS.fullmatch(f"{ids[0]} {ids[1]} {ids[2]}")
        or namespace not in _NAMESPACES
        or type(start) is not float
    ):
        raise _Unusual
    text = (
        f'{{"id":"{ids[1]}","name":{_name(state["name"])},"start_time":{start!r},'
        f'"trace_id":"{ids[0]}","parent_id":"{ids[2]}","type":"subsegment",'
        f'"namespace":"{namespace}",{_end(state, start) if complete else '"in_progress":true'}'
    )
    if http := state["http"]:
        text += f',"http":{_http(**http)}'
    if sql := state["sql"]:
        text += f',"sql":{_sql(**sql)}'
    if annotations := state["annotations"]:
        text += f',"annotations":{_annotations(annotations)}'
    if "\\ud" in text or ("@" in text and "://" in text):  # half a pair, or credentials in a URL
        raise _Unusual
    return text + "}"


@lru_cache(maxsize=512)
def _name(name: str) -> str:
    if usable_name(name) != name:
        raise _Unusual
    return quoted(name)


def _end(state: dict[str, Any], start: float) -> str:
    end = state["end_time"]
    if type(end) is not float or not 0 < start <= end < LATEST or state["in_progress"]:
        raise _Unusual
    flags = "".join(
        [f'"{flag}":true,' for flag in ("error", "throttle", "fault") if state.get(flag) is True]
    )
    return f'{flags}"end_time":{end!r},"in_progress":false'


def _http(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None) -> str:
    parts = []
    if request:
        parts.append(f'"request":{{{_texts(request)}}}')
    if response:
        numbers = [
            f"{quoted(key)}:{value}" if type(value) is int and abs(value) < LATEST else _refuse()
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


def _annotations(annotations: dict[str, Any]) -> str:
    if len(annotations) > MOST_ANNOTATIONS:
        raise _Unusual
    parts = []
    for key, value in annotations.items():
        if key not in OURS:
            raise _Unusual
        if value is True or value is False:
            parts.append(f'"{key}":{"true" if value else "false"}')
        elif type(value) is str and len(value) <= LONGEST_ANNOTATION:
            parts.append(f'"{key}":{quoted(value)}')
        elif type(value) is int and abs(value) < LATEST:
            parts.append(f'"{key}":{value}')
        else:
            raise _Unusual
    return f"{{{','.join(parts)}}}"


def _refuse() -> str:
    raise _Unusual
