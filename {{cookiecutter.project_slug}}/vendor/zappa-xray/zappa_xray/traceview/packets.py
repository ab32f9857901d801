"""The packets that AWS's daemon gets on UDP: a header line, then one document in JSON.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
"""

import json
import math
import re
import socket
import struct
import sys
import time
from typing import Any

Document = dict[str, Any]

TRACE_ID = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
LARGEST_DATAGRAM = 65_535
RECEIVE_BUFFER = 8 * 2**20
# Linux tells with each datagram how many it has thrown away: socket(7). Python has no name for it.
SO_RXQ_OVFL = 40 if sys.platform == "linux" else None


class MalformedPacketError(ValueError):
    """A packet that AWS's daemon would not take."""


def body_of(packet: bytes) -> bytes:
    """The document of a packet, still in JSON. Raises MalformedPacketError."""
    header, _, body = packet.partition(b"\n")
    try:
        if json.loads(header.decode()) == {"format": "json", "version": 1}:
            return body
    except (ValueError, RecursionError):
        pass
    raise MalformedPacketError


def document_of(body: bytes | str) -> Document:
    """A document with an id, the id of its trace, and a time. Raises MalformedPacketError."""
    try:
        document = json.loads(body if isinstance(body, str) else body.decode())
    except (ValueError, RecursionError) as error:
        raise MalformedPacketError from error
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("id"), str)
        or not TRACE_ID.fullmatch(str(document.get("trace_id")))
        or seconds_of(document.get("start_time")) is None
    ):
        raise MalformedPacketError
    return document


def seconds_of(value: Any) -> float | None:
    """A time in seconds since 1970, or None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e11 and math.isfinite(value) else None


class Receiver:
    """The daemon's end of the UDP socket. Raises OSError when the address is not to be had.

    Takes `most` packets a second. `dropped` counts the others, and those the kernel had no room for.
    """

    def __init__(
        self, address: tuple[str, int], most: int = 3_000, buffer: int = RECEIVE_BUFFER
    ) -> None:
        self.most = most
        self._over, self._lost, self._taken, self._until = 0, 0, 0, 0.0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            if SO_RXQ_OVFL:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            self._socket.bind(address)
            self.address: tuple[str, int] = self._socket.getsockname()
        except OSError:
            self._socket.close()
            raise

    @property
    def dropped(self) -> int:
        return self._over + self._lost

    def receive(self, timeout: float | None = None) -> bytes | None:
        """The next packet; None after `timeout` seconds, and for one that is dropped."""
        self._socket.settimeout(timeout)
        try:
            packet, notes, _, _ = self._socket.recvmsg(LARGEST_DATAGRAM, socket.CMSG_SPACE(4))
        except TimeoutError:
            return None
        for _, kind, value in notes:
            if kind == SO_RXQ_OVFL:
                (self._lost,) = struct.unpack("=I", value)
        return packet if self._has_time_for_it() else None

    def _has_time_for_it(self) -> bool:
        now = time.monotonic()
        if now >= self._until:
            self._taken, self._until = 0, now + 1
        self._taken += 1
        self._over += self._taken > self.most
        return self._taken <= self.most

    def close(self) -> None:
        self._socket.close()
