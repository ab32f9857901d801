"""The X-Ray daemon's end of the wire: its address, and a socket that listens there."""

import socket
import struct
import sys

from aws_xray_sdk.core.daemon_config import DaemonConfig
from django.conf import settings

LARGEST_DATAGRAM = 65_535
RECEIVE_BUFFER = 8 * 2**20
# Linux tells with each datagram how many it has thrown away: socket(7). Python has no name for it.
SO_RXQ_OVFL = 40 if sys.platform == "linux" else None


def daemon_address() -> tuple[str, int]:
    """Return where the SDK sends its packets. Raises InvalidDaemonAddressException."""
    configured = getattr(settings, "XRAY_RECORDER", {}).get("AWS_XRAY_DAEMON_ADDRESS")
    address = DaemonConfig(configured)
    return address.udp_ip, address.udp_port


class Receiver:
    """A UDP socket on the daemon's address. Raises OSError when it is not to be had.

    `dropped` counts the packets that the kernel had no room for, where the kernel tells.
    """

    def __init__(self, address: tuple[str, int], buffer: int = RECEIVE_BUFFER) -> None:
        self.dropped = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            if SO_RXQ_OVFL:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
            self._socket.bind(address)
        except OSError:
            self._socket.close()
            raise
        self.address: tuple[str, int] = self._socket.getsockname()

    def receive(self, timeout: float | None = None) -> bytes | None:
        """Return the next packet, None when `timeout` seconds brought none."""
        self._socket.settimeout(timeout)
        try:
            packet, notes, _, _ = self._socket.recvmsg(LARGEST_DATAGRAM, socket.CMSG_SPACE(4))
        except TimeoutError:
            return None
        for _, kind, value in notes:
            if kind == SO_RXQ_OVFL:
                (self.dropped,) = struct.unpack("=I", value)
        return packet

    def close(self) -> None:
        self._socket.close()
