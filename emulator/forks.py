"""A process that forks for each socket it is sent, and ends with whoever could send one."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress


def fork_for_each(orders: socket.socket) -> socket.socket:
    """Return in a fork of this process each socket that comes through `orders`, which only the parent keeps.

    The parent ends once nobody holds the other end of `orders`.
    """
    while True:
        _, descriptors, _, _ = socket.recv_fds(orders, 1, 1)
        if not descriptors:
            sys.exit()
        sent = socket.socket(fileno=descriptors[0])
        if not os.fork():
            orders.close()
            return sent
        sent.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
