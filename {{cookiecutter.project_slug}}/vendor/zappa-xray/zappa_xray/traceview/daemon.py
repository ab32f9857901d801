"""The X-Ray daemon's end of the wire: its address, and a socket that listens there."""

import socket

from aws_xray_sdk.core.daemon_config import DaemonConfig
from django.conf import settings

from zappa_xray.traceview.near import is_near

LARGEST_DATAGRAM = 65_535
RECEIVE_BUFFER = 8 * 2**20  # as much as the kernel keeps until there is time for it


def daemon_address() -> tuple[str, int]:
    """Return where the SDK sends its packets. Raises InvalidDaemonAddressException."""
    configured = getattr(settings, "XRAY_RECORDER", {}).get("AWS_XRAY_DAEMON_ADDRESS")
    address = DaemonConfig(configured)
    return address.udp_ip, address.udp_port


class Receiver:
    """A UDP socket on the daemon's address. Raises OSError when it is not to be had.

    Packets of other machines are `refused` and counted, unless it is open `to_all`.
    """

    def __init__(self, address: tuple[str, int], to_all: bool = False) -> None:
        self.to_all, self.refused = to_all, 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self._socket.bind(address)
        except OSError:
            self._socket.close()
            raise
        self.address: tuple[str, int] = self._socket.getsockname()

    def receive(self, timeout: float | None = None) -> bytes | None:
        """Return the next packet, None when `timeout` seconds brought none, or one that is refused."""
        self._socket.settimeout(timeout)
        try:
            packet, (sender, _) = self._socket.recvfrom(LARGEST_DATAGRAM)
        except TimeoutError:
            return None
        if self.to_all or sender == self.address[0] or is_near(sender):
            return packet
        self.refused += 1
        return None

    def close(self) -> None:
        self._socket.close()
