"""An edit of a service: what is changed, and what is to be said when the edit is at fault itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from emulator.processes import run


@dataclass(frozen=True)
class Copy:
    """A copy of the service in `folder`, with the environment variables of its commands."""

    folder: Path
    environment: Mapping[str, str]

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def run(self, *command: str) -> str:
        """Run a command in the folder and return what it printed. Raises CommandFailed."""
        return run(command, folder=self.folder, environment=self.environment, timeout=120)


@dataclass(frozen=True)
class Change:
    """What is done to a copy.

    `touches` are the files that it writes or deletes, and the places in files that it edits, such
    as `config/settings.py/TIME_ZONE`. `formats` tells that it runs the formatter over all files.
    """

    make: Callable[[Copy], object]
    touches: frozenset[str] = frozenset()
    formats: bool = False

    def __call__(self, copy: Copy) -> None:
        self.make(copy)


@dataclass(frozen=True)
class Edit:
    """One ordinary edit.

    `red` is None when `make check` and `make test` are to stay green; else it is what one of them
    has to say, because the edit itself is at fault. `about` names what an edit is about where that
    is narrower, wider or more than the module it stands in: tests/second_day/groups.py.
    """

    name: str
    change: Change
    red: str | None = None
    about: tuple[str, ...] = ()
