"""A UDP socket that plays the X-Ray daemon."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Callable
from typing import Any, Self

Document = dict[str, Any]

RECEIVE_BUFFER_BYTES = 64 * 1024 * 1024
LARGEST_DATAGRAM_BYTES = 65_535


class Daemon:
    """Context manager: an X-Ray daemon on a free loopback port that keeps every packet it gets.

    `address` is what AWS_XRAY_DAEMON_ADDRESS takes, such as 127.0.0.1:40817. `send` gets each packet's
    document, as the real daemon sends it on to X-Ray; None: nothing is sent on.
    """

    def __init__(self, send: Callable[[Document], object] | None = None) -> None:
        self._send_on = send
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self._socket.bind(("127.0.0.1", 0))
        host, port = self._socket.getsockname()
        self.address = f"{host}:{port}"
        self._packets: list[bytes] = []
        self._marks: set[bytes] = set()
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="x-ray daemon", daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._send(b"")
        self._reader.join(timeout=10)
        self._socket.close()

    @property
    def packets(self) -> list[bytes]:
        """Everything sent so far, byte by byte, in the order of arrival."""
        self.settle()
        with self._arrived:
            return list(self._packets)

    @property
    def documents(self) -> list[Document]:
        """The segment documents sent so far, in the order of arrival."""
        return [document for packet in self.packets if (document := parse(packet)) is not None]

    def of_trace(self, trace_id: str) -> list[Document]:
        """Return the documents of one trace, such as 1-5f84c7a1-e7d1852db8c4fd35d88bf49a."""
        return [document for document in self.documents if document.get("trace_id") == trace_id]

    def wait_for(
        self, wanted: int | Callable[[list[Document]], bool], timeout: float = 10
    ) -> list[Document]:
        """Wait for `wanted` documents, or until `wanted(documents)` is true; return them all.

        `timeout` is in seconds. Raises TimeoutError, which says what did arrive.
        """
        enough = wanted if callable(wanted) else lambda documents: len(documents) >= wanted
        with self._arrived:
            if not self._arrived.wait_for(lambda: enough(self._parsed()), timeout):
                raise TimeoutError(f"After {timeout:g} s only this had arrived: {self._parsed()}")
            return self._parsed()

    def clear(self) -> None:
        """Forget everything that was sent until now."""
        self.settle()
        with self._arrived:
            self._packets.clear()

    def settle(self) -> None:
        """Return once all that was sent before this call has been read.

        After it, `packets` can show that nothing came.

        A datagram on the loopback interface is in the receiver's queue when sendto returns: a mark
        of our own comes out of the queue behind everything that was sent earlier.
        """
        mark = b"mark " + uuid.uuid4().bytes
        self._send(mark)
        with self._arrived:
            if not self._arrived.wait_for(lambda: mark in self._marks, timeout=10):
                raise TimeoutError("The X-Ray daemon's socket is not being read.")
            self._marks.discard(mark)

    def _send(self, packet: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(packet, self._socket.getsockname())

    def _parsed(self) -> list[Document]:
        return [document for packet in self._packets if (document := parse(packet)) is not None]

    def _read(self) -> None:
        while packet := self._socket.recv(LARGEST_DATAGRAM_BYTES):
            with self._arrived:
                if packet.startswith(b"mark "):
                    self._marks.add(packet)
                else:
                    self._packets.append(packet)
                    if self._send_on and (document := parse(packet)) is not None:
                        self._send_on(document)
                self._arrived.notify_all()


def parse(packet: bytes) -> Document | None:
    """Return a packet's segment document, or None when the daemon would not take the packet.

    A header line, then one document:
    https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
    """
    header, _, body = packet.partition(b"\n")
    try:
        if json.loads(header) != {"format": "json", "version": 1}:
            return None
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
