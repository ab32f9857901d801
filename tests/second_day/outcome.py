"""Try edits: the changes on a copy of the service, then `make check` and `make test`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import Service, bake, offered_python
from tests.second_day.edit import Copy, Edit

# What edits add to a service. Its environment has them from the start.
ADDED_PACKAGES = ("django-cors-headers", "django-filter", "djangorestframework-simplejwt")
# Bytecode is copied: Python looks at a source's time and size, and an edited file has another time.
NOT_COPIED = (".venv", ".lambda", ".pytest_cache", ".ruff_cache", "db.sqlite3")


@dataclass(frozen=True)
class Outcome:
    """What the two commands printed; None stands for a command that was content.

    `skipped` tells that a test was passed over.
    """

    check: str | None
    test: str | None
    skipped: bool = False

    @property
    def both(self) -> tuple[str | None, str | None]:
        return self.check, self.test

    @property
    def complaints(self) -> str:
        return "\n".join(filter(None, self.both))

    def fault(self, edit: Edit) -> str:
        """Return what of it is not as the edit wants it; nothing when all is."""
        if edit.red is None:
            return self.complaints
        if edit.red in self.complaints:
            return ""
        return f"{edit.name}: nothing says {edit.red!r}, but\n{self.complaints or 'all is green'}"


def prepared(folder: Path) -> Service:
    """Bake and install a service in `folder`, checked once so that mypy's cache is filled."""
    service = bake(folder, {"python_version": offered_python()})
    service.install()
    python = str(service.folder / ".venv/bin/python")
    command = [str(uv_binary()), "pip", "install", "--quiet", "--python", python, *ADDED_PACKAGES]
    run(command, folder=service.folder)
    service.make("check")
    service.make("test")
    return service


def tried(
    edits: Sequence[Edit],
    service: Service,
    folder: Path,
    commands: Mapping[str, str] | None = None,
) -> Outcome:
    """Make the edits on one copy in the new folder `folder`, and ask both commands.

    The copy has the environment of `service`: what they import of vendor/ is the same in both.
    `commands` are environment variables of `warm_commands`; without them each starts anew.
    """
    shutil.copytree(service.folder, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
    environment = {"UV_PROJECT_ENVIRONMENT": str(service.folder / ".venv"), "UV_NO_SYNC": "1"}
    copy = Copy(folder, environment | dict(commands or {}))
    for edit in edits:
        edit.change(copy)
    check, _ = asked(copy, "check")
    test, printed = asked(copy, "test")
    return Outcome(check, test, " skipped" in printed)


def asked(copy: Copy, target: str) -> tuple[str | None, str]:
    """Run one of the service's commands; return what it printed when it failed, and whenever it ran."""
    try:
        return None, copy.run("make", target)
    except CommandFailed as failure:
        return failure.output, failure.output
