"""A fixture that catches what the service would send to the X-Ray daemon."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from aws_xray_sdk.core import xray_recorder

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
        """All documents, as soon as there are `count`; raises TimeoutError when there are not."""
        end = time.monotonic() + seconds
        while len(self.documents) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"After {seconds} s these have arrived: {self.documents}")
            time.sleep(0.01)
        return self.documents

    def close(self) -> None:
        self._socket.close()


def queries(document: Document) -> list[str]:
    """The SQL of a document and of all that lies below it."""
    own = [document["sql"]["sanitized_query"]] if "sql" in document else []
    return own + [sql for child in document.get("subsegments", ()) for sql in queries(child)]


@pytest.fixture
def trace_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceDaemon]:
    """Catches the traces of a test: `trace_daemon.complete[-1]["annotations"]["route"]`."""
    with closing(TraceDaemon()) as daemon:
        monkeypatch.setattr(xray_recorder.emitter, "_ip", "127.0.0.1")
        monkeypatch.setattr(xray_recorder.emitter, "_port", daemon.port)
        yield daemon
