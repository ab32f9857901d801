"""A pytest plugin: the fixture `trace_daemon` catches what a service would send to X-Ray.

pytest loads it wherever the library is installed, before there are settings: it imports neither
Django nor the X-Ray SDK until the fixture is used.
"""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

Document = dict[str, Any]


class TraceDaemon:
    """A UDP socket on a free port of this machine, and the documents that were sent to it."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        self.packets: list[bytes] = []

    @property
    def documents(self) -> list[Document]:
        """All segments and subsegments sent so far, copies in progress included."""
        while True:
            try:
                self.packets.append(self._socket.recv(1 << 16))
            except BlockingIOError:
                return [json.loads(packet.partition(b"\n")[2]) for packet in self.packets]

    @property
    def complete(self) -> list[Document]:
        """The documents of what has ended."""
        return [document for document in self.documents if not document["in_progress"]]

    def wait_for(self, count: int, seconds: float = 5) -> list[Document]:
        """Return all documents, as soon as there are `count`.

        Raises TimeoutError, with those there are, when `seconds` bring no more.
        """
        end = time.monotonic() + seconds
        while len(documents := self.documents) < count:
            remaining = max(0.0, end - time.monotonic())
            if not select.select([self._socket], [], [], remaining)[0]:
                raise TimeoutError(f"After {seconds} s these have arrived: {documents}")
        return documents

    def close(self) -> None:
        self._socket.close()


def queries(document: Document) -> list[str]:
    """The SQL of a document and of all that lies below it."""
    sql = document.get("sql", {}).get("sanitized_query")  # a connection's subsegment has none
    return ([sql] if sql else []) + [
        sql for child in document.get("subsegments", ()) for sql in queries(child)
    ]


@pytest.fixture
def trace_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceDaemon]:
    """Catch the traces of a test: `trace_daemon.complete[-1]["annotations"]["route"]`.

    Every request of the test is traced, whatever XRAY_RECORDER says about sampling.
    """
    from aws_xray_sdk.core import xray_recorder

    with closing(TraceDaemon()) as daemon:
        monkeypatch.setattr(xray_recorder, "sampling", False)
        monkeypatch.setattr(xray_recorder.emitter, "_ip", "127.0.0.1")
        monkeypatch.setattr(xray_recorder.emitter, "_port", daemon.port)
        yield daemon
