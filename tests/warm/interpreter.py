"""Starts tests/warm/serve.py for an environment, and leads commands to it."""

from __future__ import annotations

import shlex
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from emulator.processes import started, uv_binary
from tests.warm import ask, serve


@dataclass(frozen=True)
class Warm:
    """A warm interpreter of the environment in `venv`; `folder` holds its socket and a stand-in of uv."""

    folder: Path
    venv: Path

    @property
    def address(self) -> str:
        return str(self.folder / "socket")

    def uv(self) -> Path:
        """Return the folder of a program `uv` whose `uv run` asks this interpreter."""
        programs = self.folder / "bin"
        if not programs.exists():
            programs.mkdir()
            command = [sys.executable, "-IS", ask.__file__, self.address, str(uv_binary())]
            (programs / "uv").write_text(
                f'#!/bin/sh\nexec {shlex.join([*command, str(self.venv)])} "$@"\n'
            )
            (programs / "uv").chmod(0o755)
        return programs


@contextmanager
def warm(
    venv: Path, like: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Warm]:
    """Start an interpreter of `venv` that has imported what the code `like` imports in `folder`.

    `environment` is added to a clean one.
    """
    with tempfile.TemporaryDirectory() as own, socket.socket(socket.AF_UNIX) as listening:
        interpreter = Warm(Path(own), venv)
        listening.bind(interpreter.address)
        listening.listen()
        command = [str(venv / "bin/python"), serve.__file__, like]
        with started(command, cwd=folder, stdin=listening, environment=environment):
            listening.close()  # with the interpreter goes the last who listens: who asks is refused
            yield interpreter
