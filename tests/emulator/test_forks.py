"""A process that forks for each socket it is sent: the accounts' one, without moto."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from emulator.forks import fork_for_each
from emulator.processes import TEMPLATE, started

ECHO = f"""
import os, socket
from {fork_for_each.__module__} import fork_for_each
orders = socket.socket(fileno=0)
sent = fork_for_each(orders)
sent.sendall(str(os.getpid()).encode())
while word := sent.recv(9):
    sent.sendall(word)
"""
SECONDS = 60.0


@pytest.fixture
def orders() -> Iterator[tuple[socket.socket, subprocess.Popen[bytes]]]:
    """What a socket is sent through, and the process that forks for it."""
    ours, theirs = socket.socketpair()
    with ours, theirs, started([sys.executable, "-c", ECHO], cwd=TEMPLATE, stdin=theirs) as process:
        theirs.close()
        yield ours, process


def forked(orders: socket.socket) -> tuple[socket.socket, int]:
    """Return a socket to a new fork, and the fork's process id."""
    with ExitStack() as resources:
        here, there = socket.socketpair()
        resources.enter_context(here).settimeout(SECONDS)
        with there:
            socket.send_fds(orders, [b"\0"], [there.fileno()])
        identity = int(here.recv(16))
        resources.pop_all()
    return here, identity


def test_each_socket_has_a_fork_that_outlives_the_parent_and_no_end_of_its_socket(
    orders: tuple[socket.socket, subprocess.Popen[bytes]],
) -> None:
    ours, parent = orders
    one, first = forked(ours)
    another, second = forked(ours)
    with one, another:
        assert len({parent.pid, first, second}) == 3
        one.shutdown(socket.SHUT_WR)
        assert one.recv(9) == b""  # it has ended, and nobody else holds its socket
        ours.close()
        assert parent.wait(SECONDS) == 0
        another.sendall(b"still")
        assert another.recv(9) == b"still"
        another.shutdown(socket.SHUT_WR)
        assert another.recv(9) == b""


def test_who_asks_a_parent_that_is_gone_waits_for_nothing(
    orders: tuple[socket.socket, subprocess.Popen[bytes]],
) -> None:
    ours, parent = orders
    fork, _ = forked(ours)
    with fork:
        parent.kill()
        parent.wait(SECONDS)
        with pytest.raises(ConnectionError):
            forked(ours)
