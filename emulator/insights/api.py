"""StartQuery, GetQueryResults and StopQuery over moto's log groups.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from moto.logs.models import logs_backends

from emulator.events import ACCOUNT_ID
from emulator.insights.query import Event, Query
from emulator.insights.tokens import NotUnderstood

OPERATIONS = ("StartQuery", "GetQueryResults", "StopQuery")
MOST_ROWS = 10_000


class Refused(Exception):
    """What AWS answers in place of a result: the type of the error and its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class Running:
    """A query that was started; the first look at it finds it running."""

    answer: dict[str, Any]
    looks: int = 0


class QueriesOfLogs:
    """The queries of one account."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}

    def answer(self, operation: str, region: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one of OPERATIONS. Raises Refused."""
        if operation == "StartQuery":
            identity = str(uuid.uuid4())
            self._running[identity] = Running(result(region, request))
            return {"queryId": identity}
        running = self._running.get(request["queryId"])
        if running is None:
            raise Refused("ResourceNotFoundException", "there is no such query")
        if operation == "StopQuery":
            return {"success": True}
        running.looks += 1
        if running.looks == 1:
            return running.answer | {"status": "Running", "results": []}
        return running.answer


def result(region: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return what GetQueryResults answers in the end."""
    limit = int(request.get("limit") or MOST_ROWS)
    if not 1 <= limit <= MOST_ROWS:
        raise Refused("InvalidParameterException", f"limit {limit} is not between 1 and 10000")
    try:
        query = Query(request["queryString"])
    except NotUnderstood as error:
        raise Refused("MalformedQueryException", str(error)) from error
    events = list(events_of(region, request))
    rows, matched = query(events, limit)
    return {
        "status": "Complete",
        "results": [
            [{"field": name, "value": value} for name, value in row.items()] for row in rows
        ],
        "statistics": {
            "recordsMatched": float(matched),
            "recordsScanned": float(len(events)),
            "bytesScanned": float(sum(len(event.message) for event in events)),
        },
    }


def events_of(region: str, request: dict[str, Any]) -> list[Event]:
    """Return the events of the request's log group and time, the oldest first."""
    name = request["logGroupName"]
    group = logs_backends[ACCOUNT_ID][region].groups.get(name)
    if group is None:
        raise Refused("ResourceNotFoundException", f"Log group '{name}' does not exist")
    first, last = request["startTime"] * 1000, request["endTime"] * 1000 + 999
    events = [
        # moto's own lines, of an invocation without a container, are of fractions of a millisecond.
        Event(int(event.timestamp), event.message, stream.log_stream_name)
        for stream in list(group.streams.values())
        for event in list(stream.events)
        if first <= event.timestamp <= last
    ]
    return sorted(events, key=lambda event: event.timestamp)
