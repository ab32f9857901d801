"""Runs Python programs in forks of this process: `python serve.py LIKE`, a listening socket as its input.

`LIKE` is code, run in the folder that this is started in. The libraries it imports are imported here once,
as far as they can be before Django has settings; what is in the folder itself is not.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 300


def main() -> None:
    listening = socket.socket(fileno=os.dup(0))
    for name in imported_by(sys.argv[1]):
        with suppress(Exception):  # it needs settings, and is left to each program
            importlib.import_module(name)
    gc.freeze()
    while True:
        connection, _ = listening.accept()
        with connection:
            wanted, descriptors = request(connection)
            child = os.fork()
            if not child:
                listening.close()
                break
            for descriptor in descriptors:
                os.close(descriptor)
            _, status = os.waitpid(child, 0)
            with suppress(BrokenPipeError):
                connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    program(**wanted, descriptors=descriptors)


def imported_by(code: str) -> list[str]:
    """Return the libraries' modules that `code` imports, which runs in a process of its own."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        sys.path.insert(0, str(Path.cwd()))
        exec(code, {"__name__": "like"})  # noqa: S102 - of the tests themselves
        with os.fdopen(writing, "w") as names:
            names.write("\n".join(libraries()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as names:
        found = names.read().split()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"{code!r} failed")
    return found


def libraries() -> Iterator[str]:
    """Yield the modules of this process that lie outside of the folder, or where libraries lie in it."""
    here = Path.cwd()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is None or name == "__main__":
            continue
        inside = Path(file)
        if not inside.is_relative_to(here) or inside.relative_to(here).parts[0] in (
            ".venv",
            "vendor",
        ):
            yield name


def request(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return what tests/warm/ask.py sends: the program's arguments, and its standard descriptors."""
    _, descriptors, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as sent:
        return json.loads(sent.read()), descriptors


def program(
    arguments: list[str], folder: str, environment: dict[str, str], descriptors: list[int]
) -> None:
    """Become the program: `python arguments` in that folder."""
    signal.alarm(LONGEST_SECONDS)
    for standard, descriptor in enumerate(descriptors):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = arguments
    sys.path[0] = str(Path(arguments[0]).resolve().parent)
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
