"""CloudWatch Logs for one request: the events of a group that hold an id, or of one stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zappa_xray.traceview.documents import Document
from zappa_xray.traceview.log_lines import document_in
from zappa_xray.traceview.platform_lines import in_text


@dataclass(frozen=True)
class Event:
    """A line of a log; `at` is in seconds since 1970, `line` its JSON, empty where it is none.

    `message` is in text also where Lambda wrote JSON.
    """

    at: float
    message: str
    stream: str
    line: Document


class Group:
    """A log group between two times in seconds since 1970, by boto3's client of CloudWatch Logs.

    Its methods raise botocore's errors.
    """

    def __init__(self, logs: Any, name: str, start: float, end: float) -> None:
        self._logs, self._name = logs, name
        self._times = {"startTime": int(start * 1000), "endTime": int(end * 1000)}

    def with_text(self, text: str) -> list[Event]:
        """Return the events that hold this text, which has no quotes."""
        return self._events(filterPattern=f'"{text}"')

    def with_cold_start(self) -> list[Event]:
        """Return the lines of requests that waited for a cold start."""
        events = self._events(filterPattern="{ $.cold_start IS TRUE }")
        return [event for event in events if event.line.get("cold_start") is True]

    def of_stream(self, stream: str) -> list[Event]:
        """Return all events of one execution environment."""
        return self._events(logStreamNames=[stream])

    def _events(self, **filters: Any) -> list[Event]:
        return list(self._pages(filters))

    def _pages(self, filters: dict[str, Any]) -> Iterator[Event]:
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=self._name, **self._times, **filters
        )
        for page in pages:
            for event in page["events"]:
                line, at = document_in(event["message"]), event["timestamp"] / 1000
                text = in_text(event["message"], line)
                yield Event(at, text, event["logStreamName"], line)
