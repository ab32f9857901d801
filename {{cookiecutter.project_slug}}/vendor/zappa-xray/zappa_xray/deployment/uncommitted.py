"""What git has not got of the files that are packaged."""

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

SECONDS = 30


def uncommitted(root: Path, files: Collection[Path]) -> list[Path] | None:
    """Return those of `files`, relative to `root`, that git's HEAD has not got as they are.

    None where there is no git, or no repository.
    """
    if git(root, "rev-parse", "--is-inside-work-tree") is None:
        return None
    committed = git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD")  # None: no commit yet
    changed = git(root, "diff", "-z", "--name-only", "--relative", "HEAD")
    unchanged = {*(committed or "").split("\0")} - {*(changed or "").split("\0")}
    return sorted(file for file in files if file.as_posix() not in unchanged)


def git(root: Path, *arguments: str) -> str | None:
    """Return what git prints, None when it fails or is not there."""
    program = shutil.which("git")
    if program is None:
        return None
    ran = subprocess.run(  # noqa: S603 - fixed commands
        [program, *arguments], cwd=root, capture_output=True, timeout=SECONDS, check=False
    )
    return ran.stdout.decode(errors="replace") if ran.returncode == 0 else None
