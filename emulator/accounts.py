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
from typing import TYPE_CHECKING

from moto.moto_api._internal import mock_random

from emulator import first_calls
from emulator.aws_server import application, server
from emulator.forks import fork_for_each

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def main() -> None:
    answers = application()
    first_calls.make(answers)
    gc.freeze()
    serve(answers, fork_for_each(socket.socket(fileno=0)))


def serve(answers: WSGIApplication, account: socket.socket) -> None:
    """Be an account until nobody holds the other end of its socket; does not return."""
    mock_random.seed()  # or the ids of all accounts are the same
    serving = server(answers)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    account.sendall(str(serving.server_port).encode())
    account.recv(1)
    serving.socket.close()  # before who waits for the end is told
    os._exit(0)


if __name__ == "__main__":
    main()
