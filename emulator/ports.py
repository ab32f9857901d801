"""Ports for servers of other programs, which have to be told theirs before they begin."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

# Below those that the system gives to outgoing connections, which would take one until the server
# begins, or while it is stopped.
# https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html#ip-variables, ip_local_port_range
PORTS = range(20_000, 32_768)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of the loopback interface that nobody has at the moment."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
