"""A function's log as a stream of CloudWatch Logs."""

from __future__ import annotations

import re
import secrets
import time
from calendar import timegm
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

# The time in a line of the service's log, and in Lambda's of a kill.
STAMP = re.compile(r'(?:^|"time": ")(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)[,.](\d{3})')


def times(lines: list[str], began: float, took: float) -> Iterator[float]:
    """Yield when each line was written, in their order: what no line says is the line's before it."""
    at, now = began, time.time()
    for line in lines:
        if line.startswith(("END ", "REPORT ")):
            at = now
        elif line.startswith("START "):
            at = max(at, now - took)
        elif stamp := STAMP.search(line):
            seconds = time.strptime(f"{stamp[1]} {stamp[2]}", "%Y-%m-%d %H:%M:%S")
            at = min(max(at, timegm(seconds) + int(stamp[3]) / 1000), now)
        yield at


class LogStream:
    """A stream of the group of a Lambda function, made when the first line is put there.

    `client` is boto3's of CloudWatch Logs.
    """

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._group = f"/aws/lambda/{function}"
        date = time.strftime("%Y/%m/%d", time.gmtime())
        self._stream = f"{date}/[$LATEST]{secrets.token_hex(16)}"
        self._exists = False

    def put(self, text: str, began: float, took: float) -> None:
        """Add each line of `text` as an event; empty lines are none. `began` is when the first was
        written, in seconds since 1970, and `took` how many seconds the invocation has taken.

        Lambda's XRAY line is of one event with the REPORT before it.
        """
        lines = text.replace("\nXRAY TraceId", "\rXRAY TraceId").split("\n")
        written = [line.replace("\r", "\n") for line in lines if line.strip()]
        events = [
            {"timestamp": int(at * 1000), "message": line}
            for at, line in zip(times(written, began, took), written, strict=True)
        ]
        if not events:
            return
        if not self._exists:
            self._create()
        self._client.put_log_events(
            logGroupName=self._group, logStreamName=self._stream, logEvents=events
        )

    def _create(self) -> None:
        with suppress(self._client.exceptions.ResourceAlreadyExistsException):
            self._client.create_log_group(logGroupName=self._group)
        self._client.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
        self._exists = True
