"""An edit of a service: what is changed, and what is to be said when the edit is at fault itself."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.processes import run

Stages = dict[str, dict[str, Any]]


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


Change = Callable[[Copy], object]


@dataclass(frozen=True)
class Edit:
    """One ordinary edit.

    `red` is None when `make check` and `make test` are to stay green; else it is what one of them
    has to say, because the edit itself is at fault.
    """

    name: str
    change: Change
    red: str | None = None


def all_of(*changes: Change) -> Change:
    """Make several changes one."""

    def change(copy: Copy) -> None:
        for single in changes:
            single(copy)

    return change


def replaced(path: str, old: str, new: str) -> Change:
    """Replace a text that stands in a file once."""

    def change(copy: Copy) -> None:
        text = copy.read(path)
        assert text.count(old) == 1, f"{old!r} comes {text.count(old)} times in {path}"
        copy.write(path, text.replace(old, new))

    return change


def setting(name: str, value: str) -> Change:
    """Give one of Django's settings, or a key of one of its dictionaries, another value.

    The value has to stand on one line.
    """

    def change(copy: Copy) -> None:
        pattern = rf'^( *)("{name}": |{name} = )[^\n]*?(,?)$'
        text, count = re.subn(
            pattern,
            lambda found: f"{found[1]}{found[2]}{value}{found[3]}",
            copy.read("config/settings.py"),
            flags=re.MULTILINE,
        )
        assert count == 1, f"{name} is set {count} times"
        copy.write("config/settings.py", text)

    return change


def appended(path: str, text: str) -> Change:
    """Add a text at the end of a file."""
    return lambda copy: copy.write(path, copy.read(path) + text)


def written(path: str, text: str) -> Change:
    """Write a file."""
    return lambda copy: copy.write(path, text)


def deleted(path: str) -> Change:
    """Delete a file, or a folder with all that is in it."""

    def change(copy: Copy) -> None:
        found = copy.folder / path
        shutil.rmtree(found) if found.is_dir() else found.unlink()

    return change


def without_lines(path: str, naming: str, count: int = 1) -> Change:
    """Take the lines that hold a text out of a file; there have to be `count`."""

    def change(copy: Copy) -> None:
        lines = copy.read(path).splitlines(keepends=True)
        kept = [line for line in lines if naming not in line]
        assert len(lines) - len(kept) == count, f"{naming!r} is not in {count} lines of {path}"
        copy.write(path, "".join(kept))

    return change


def without_test(path: str, name: str) -> Change:
    """Take a test out of a file, with its decorators."""

    def change(copy: Copy) -> None:
        pattern = rf"\n\n\n(?:@[^\n]*\n(?:[ )][^\n]*\n)*)*def {name}\(.*?(?=\n\n\n|\Z)"
        text, count = re.subn(pattern, "", copy.read(path), flags=re.DOTALL)
        assert count == 1, f"{name} is not in {path}"
        copy.write(path, text.rstrip() + "\n")

    return change


def without_target(name: str) -> Change:
    """Take a target out of the Makefile."""

    def change(copy: Copy) -> None:
        text = copy.read("Makefile")
        text, count = re.subn(rf"^{name}:.*\n(\t.*\n)+\n", "", text, flags=re.MULTILINE)
        assert count == 1, f"the Makefile has no target {name}"
        copy.write(
            "Makefile", re.sub(rf"^(\.PHONY: .*?) {name}(?= |$)", r"\1", text, flags=re.MULTILINE)
        )

    return change


def stages(change: Callable[[Stages], object]) -> Change:
    """Change the stages of zappa_settings.json."""

    def change_file(copy: Copy) -> None:
        settings = json.loads(copy.read("zappa_settings.json"))
        change(settings)
        copy.write("zappa_settings.json", json.dumps(settings, indent=4) + "\n")

    return change_file


def manage(*arguments: str) -> Change:
    """Run a management command."""
    return lambda copy: copy.run("uv", "run", "python", "manage.py", *arguments)


def make(target: str) -> Change:
    """Run one of the service's own commands."""
    return lambda copy: copy.run("make", target)
