"""The process that all emulated accounts of another process are forks of: moto's import takes seconds.

Its standard input is a socket that brings a socket for each account that is wanted: an account says its
port there once it listens, and ends when nobody holds the other end any more. So none outlives whoever
started it.
"""

from __future__ import annotations

import gc
import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from moto.moto_api._internal import mock_random

from emulator import first_calls
from emulator.aws_server import application, server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def main() -> None:
    with socket.socket(fileno=os.dup(0)) as orders, open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
        answers = application()
        first_calls.make(answers)
        gc.freeze()
        while (account := next_account(orders)) is not None:
            with account:
                if not os.fork():
                    orders.close()
                    serve(answers, account)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def next_account(orders: socket.socket) -> socket.socket | None:
    """Return the socket of the next account, None when nobody can ask for one any more."""
    _, descriptors, _, _ = socket.recv_fds(orders, 1, 1)
    return socket.socket(fileno=descriptors[0]) if descriptors else None


def serve(answers: WSGIApplication, account: socket.socket) -> None:
    """Be an account until nobody holds the other end of its socket; does not return."""
    mock_random.seed()  # or the ids of all accounts are the same
    serving = server(answers)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    account.sendall(str(serving.server_port).encode())
    account.recv(1)
    os._exit(0)


if __name__ == "__main__":
    main()
