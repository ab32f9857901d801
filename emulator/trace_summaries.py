"""X-Ray's GetTraceSummaries with a filter expression, which moto refuses.

Of the language only `service("name")` and `annotation.key = "value"`, joined by AND, are known:
https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.xray.models import xray_backends

from emulator.events import ACCOUNT_ID

Document = dict[str, Any]

SERVICE = re.compile(r'service\("(?P<name>[^"]*)"\)')
ANNOTATION = re.compile(r'annotation\.(?P<key>\w+) = "(?P<value>[^"]*)"')


class NotUnderstood(Exception):
    """The filter expression is more than this emulator knows."""


def summaries(region: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to GetTraceSummaries. Raises NotUnderstood."""
    traces = xray_backends[ACCOUNT_ID][region]._segment_collection._traces
    found = [
        {"Id": trace_id, "IsPartial": False, "ServiceIds": [], "Annotations": {}}
        for trace_id, trace in traces.items()
        if matches(
            [json.loads(segment.raw) for segment in trace["segments"]],
            request["FilterExpression"],
            request["StartTime"],
        )
    ]
    return {"TraceSummaries": found, "TracesProcessedCount": len(found)}


def matches(segments: list[Document], expression: str, since: float) -> bool:
    """Return whether the segments of one trace, any of them after `since`, match the expression."""
    if not any(segment["start_time"] >= since for segment in segments):
        return False
    return all(term_matches(segments, term.strip()) for term in expression.split(" AND "))


def term_matches(segments: list[Document], term: str) -> bool:
    if service := SERVICE.fullmatch(term):
        return any(segment["name"] == service["name"] for segment in segments)
    if annotation := ANNOTATION.fullmatch(term):
        wanted = (annotation["key"], annotation["value"])
        return any(wanted in part.get("annotations", {}).items() for part in parts(segments))
    raise NotUnderstood(term)


def parts(segments: list[Document]) -> Iterator[Document]:
    for segment in segments:
        yield segment
        yield from parts(segment.get("subsegments", []))
