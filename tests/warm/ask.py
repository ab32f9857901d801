"""Asks tests/warm/serve.py for a program. As a script it stands in for uv: `ask.py SOCKET UV ENVIRONMENT`, and
uv's own arguments; what it cannot do is left to uv.

Started for each command, so it imports what it needs and no more.
"""

from __future__ import annotations

import json
import os
import socket
import sys

PROGRAMS = ("mypy", "pytest")


def ask(
    address: str, arguments: list[str], folder: str, environment: dict[str, str], output: int
) -> int:
    """Return the exit code of `python arguments` in that folder, which prints to the descriptor `output`.

    It is negative where a signal ended the program. Raises EOFError when the server is gone.
    """
    wanted = {"arguments": arguments, "folder": folder, "environment": environment}
    with socket.socket(socket.AF_UNIX) as connection, open(os.devnull) as nothing:
        connection.connect(address)
        socket.send_fds(connection, [b"\0"], [nothing.fileno(), output, output])
        connection.sendall(json.dumps(wanted).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(16)
    if not answer:
        raise EOFError(f"nothing answers at {address} any more")
    return int(answer)


def main() -> None:
    address, uv, environment, command, *arguments = sys.argv[1:]
    programs = os.path.join(environment, "bin")
    name = arguments[0] if arguments else ""
    if command != "run" or name not in ("python", *PROGRAMS):
        os.execv(uv, [uv, command, *arguments])
    variables = {
        **os.environ,
        "VIRTUAL_ENV": environment,
        "PATH": os.pathsep.join([programs, os.environ["PATH"]]),
    }
    if name == "python":
        del arguments[0]
    else:
        arguments[0] = os.path.join(programs, name)
    code = ask(address, arguments, os.getcwd(), variables, 1)
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
