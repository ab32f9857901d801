"""Lambda's Runtime API on loopback: what a runtime asks for and what it is told.

A runtime makes one call at a time, so nothing here runs by itself: a call is taken when somebody
waits for it, and answered when there is an answer.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPMessage, parse_headers
from io import BufferedRWPair

NEXT = "/2018-06-01/runtime/invocation/next"
RESTORE_NEXT = "/2018-06-01/runtime/restore/next"
XRAY_CAUSE = "Lambda-Runtime-Function-XRay-Error-Cause"
ANSWER_SECONDS = 10.0
FOREVER = math.inf


class ProcessEnded(Exception):
    """The runtime's process ended before it made another call."""


class Call:
    """One call of a runtime, such as `GET /2018-06-01/runtime/invocation/next`."""

    def __init__(self, stream: BufferedRWPair) -> None:
        self._stream = stream
        request = stream.readline().decode().split()
        if len(request) != 3:
            raise ConnectionError("The connection was closed before the call.")
        self.method, self.path, _ = request
        self.headers: HTTPMessage = parse_headers(stream)
        length = int(self.headers.get("Content-Length", 0))
        self.body = stream.read(length)
        if len(self.body) < length:
            raise ConnectionError("The connection was closed within the call.")

    @property
    def is_error(self) -> bool:
        """Whether the runtime reports an error: of the init, of an invocation or of a restore."""
        return self.method == "POST" and self.path.endswith("/error")

    def answer(
        self, status: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the call and close its connection. A runtime that is gone meanwhile is no error."""
        lines = [f"HTTP/1.1 {status}", "Connection: close", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        with suppress(OSError), closing(self._stream):
            self._stream.write("\r\n".join([*lines, "", ""]).encode() + body)
            self._stream.flush()


class RuntimeAPI:
    """The end of the Runtime API that Lambda has. `address` is its host and port."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._listener.getsockname())

    def close(self) -> None:
        self._listener.close()

    def call(self, ending: int, deadline: float) -> Call | None:
        """Wait for the runtime's next call until `deadline`, a time of time.monotonic() or FOREVER.

        ending  a descriptor that can be read from when the runtime's process has ended (a pidfd)

        Returns None when the time is up. Raises ProcessEnded.
        """
        left = None if deadline == FOREVER else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select([self._listener.fileno(), ending], [], [], left)
        if not ready:
            return None
        if ready == [ending]:
            raise ProcessEnded
        connection, _ = self._listener.accept()
        connection.settimeout(None if left is None else max(0.001, deadline - time.monotonic()))
        try:
            with connection:
                call = Call(connection.makefile("rwb"))
                connection.settimeout(ANSWER_SECONDS)
                return call
        except TimeoutError:
            return None
        except ConnectionError:
            raise ProcessEnded from None
