"""A function's log as a stream of CloudWatch Logs."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import Any


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

    def put(self, text: str) -> None:
        """Add each line of `text` as an event of now; empty lines are none.

        Lambda's XRAY line is of one event with the REPORT before it.
        """
        now = int(time.time() * 1000)
        lines = text.replace("\nXRAY TraceId", "\rXRAY TraceId").split("\n")
        events = [
            {"timestamp": now, "message": line.replace("\r", "\n")}
            for line in lines
            if line.strip()
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
