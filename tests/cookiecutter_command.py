"""Cookiecutter as a person runs it: a process of its own, in a folder that is also its home."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.baking import TEMPLATE

COOKIECUTTER = (sys.executable, "-m", "cookiecutter")
STEERING = ("COOKIECUTTER", "PYTEST", "PYTHON")


def command(
    *arguments: str,
    folder: Path,
    answers: str | None = None,
    expect: int = 0,
    cookiecutter: Sequence[str] = COOKIECUTTER,
) -> subprocess.CompletedProcess[str]:
    """Run `cookiecutter <the template> <arguments>` in `folder`, `answers` typed into it."""
    line = [*cookiecutter, str(TEMPLATE), *arguments]
    return run_at_home(line, folder=folder, answers=answers, expect=expect)


def run_at_home(
    line: Sequence[str], *, folder: Path, answers: str | None = None, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`, which is its home too; asserts that its exit code is `expect`."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(STEERING) and name != "UV"
    }
    home = {"HOME": str(folder), "USERPROFILE": str(folder), "PWD": str(folder)}
    finished = subprocess.run(
        line,
        cwd=folder,
        env=inherited | home | {"PYTHONUTF8": "1"},
        input=answers,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert finished.returncode == expect, finished.stdout + finished.stderr
    return finished


def generated(folder: Path) -> list[str]:
    """Return what stands in `folder`, without cookiecutter's own records."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
