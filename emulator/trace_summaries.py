"""X-Ray's BatchGetTraces and GetTraceSummaries: moto joins no documents, refuses a filter expression,
and leaves annotations, times, the state of the root and pages out of a summary.

https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html
https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSummaries.html

Of the language only `service("name")`, `annotation.key = "value"` and `(duration > seconds OR partial)`,
joined by AND, are known: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from moto.xray.models import xray_backends

from emulator.events import ACCOUNT_ID
from emulator.traces import Document, assembled, below

SERVICE = re.compile(r'service\("(?P<name>[^"]*)"\)')
ANNOTATION = re.compile(r'annotation\.(?P<key>\w+) = "(?P<value>[^"]*)"')
LONG = re.compile(r"\(duration > (?P<seconds>\d+(\.\d+)?) OR partial\)")
PAGE = 500


class NotUnderstood(Exception):
    """The filter expression is more than this emulator knows."""


def traces(region: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to BatchGetTraces."""
    stored = collected(region)
    wanted = request["TraceIds"]
    found = {
        identity: parsed(stored[identity]["segments"]) for identity in wanted if identity in stored
    }
    return {
        "Traces": [
            {
                "Id": identity,
                **({"Duration": seconds} if (seconds := duration(segments)) is not None else {}),
                "LimitExceeded": False,
                "Segments": [
                    {"Id": segment["id"], "Document": json.dumps(segment)} for segment in segments
                ],
            }
            for identity, segments in found.items()
        ],
        "UnprocessedTraceIds": [identity for identity in wanted if identity not in stored],
    }


def duration(segments: list[Document]) -> float | None:
    """Return the seconds from the start of a trace to the last end in it, None when nothing ended."""
    ends = [part["end_time"] for part in below(segments) if "end_time" in part]
    starts = [part["start_time"] for part in below(segments)]
    return max(ends) - min(starts) if ends else None


def collected(region: str) -> dict[str, Any]:
    """Return what moto keeps of each trace."""
    kept: dict[str, Any] = xray_backends[ACCOUNT_ID][region]._segment_collection._traces
    return kept


def summaries(
    region: str, request: dict[str, Any], is_indexed: Callable[[str], bool]
) -> dict[str, Any]:
    """Return the answer to GetTraceSummaries, of the traces that are indexed. Raises NotUnderstood."""
    stored = collected(region)
    found = [
        segments
        for segments in (
            parsed(trace["segments"])
            for identity, trace in list(stored.items())
            if is_indexed(identity)
        )
        if matches(segments, request)
    ]
    first = int(request.get("NextToken") or 0)
    page = [summary(segments) for segments in found[first : first + PAGE]]
    more = {"NextToken": str(first + PAGE)} if len(found) > first + PAGE else {}
    return {"TraceSummaries": page, "TracesProcessedCount": len(found), **more}


def parsed(segments: list[Any]) -> list[Document]:
    # moto sorts by time and puts the later one of two with the same time in front.
    return assembled(parsed_document(segment.raw) for segment in reversed(segments))


@lru_cache(50_000)
def parsed_document(raw: str) -> Document:
    document: Document = json.loads(raw)
    return document


def matches(segments: list[Document], request: dict[str, Any]) -> bool:
    """Return whether a trace is of the request's time and matches its filter expression."""
    since, until = request["StartTime"], request["EndTime"]
    if not any(since <= segment["start_time"] <= until for segment in segments):
        return False
    terms = [term for term in request.get("FilterExpression", "").split(" AND ") if term]
    return all(term_matches(segments, term.strip()) for term in terms)


def term_matches(segments: list[Document], term: str) -> bool:
    if service := SERVICE.fullmatch(term):
        return any(segment["name"] == service["name"] for segment in segments)
    if annotation := ANNOTATION.fullmatch(term):
        wanted = (annotation["key"], annotation["value"])
        return any(wanted in part.get("annotations", {}).items() for part in below(segments))
    if long := LONG.fullmatch(term):
        is_long = (duration(segments) or 0.0) > float(long["seconds"])
        return is_long or any(part.get("in_progress") for part in below(segments))
    raise NotUnderstood(term)


def summary(segments: list[Document]) -> dict[str, Any]:
    """Return the TraceSummary of one trace."""
    first = root(segments)
    http = first.get("http", {})
    values: dict[str, list[dict[str, Any]]] = {}
    for part in below(segments):
        for key, value in part.get("annotations", {}).items():
            values.setdefault(key, []).append({"AnnotationValue": {kind(value): value}})
    return {
        "Id": first["trace_id"],
        **response_time(first),
        **({"Duration": seconds} if (seconds := duration(segments)) is not None else {}),
        "HasFault": bool(first.get("fault")),
        "HasError": any(part.get("error") for part in segments),
        "HasThrottle": any(part.get("throttle") for part in segments),
        "IsPartial": any(part.get("in_progress") for part in below(segments)),
        "Http": {
            "HttpMethod": http.get("request", {}).get("method"),
            "HttpStatus": http.get("response", {}).get("status"),
        },
        "Annotations": values,
        "ServiceIds": [],
    }


def root(segments: list[Document]) -> Document:
    return next((segment for segment in segments if not segment.get("parent_id")), segments[0])


def response_time(segment: Document) -> dict[str, float]:
    if "end_time" not in segment:
        return {}
    return {"ResponseTime": segment["end_time"] - segment["start_time"]}


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "BooleanValue"
    return "StringValue" if isinstance(value, str) else "NumberValue"
