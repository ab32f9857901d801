"""Releases of the template as a git repository of a test's own, and services that cruft makes of them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from emulator.processes import run
from emulator.service import TEMPLATE, Service, offered_python

SERVICE = "{{cookiecutter.project_slug}}"
PARTS = ("cookiecutter.json", "hooks", SERVICE)
NOT_OF_THE_TEMPLATE = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", "uv.lock")

# Neither the person's own name nor their settings of git count here.
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "test@example.org" for role in ("AUTHOR", "COMMITTER")},
}


def git(*arguments: str, folder: Path) -> str:
    return run(["git", *arguments], folder=folder, environment=GIT, timeout=60)


def cruft(*arguments: str, folder: Path) -> str:
    """Run cruft in `folder` and return what it printed. Raises CommandFailed."""
    # Rich, which prints its errors, breaks lines at the width of the terminal.
    environment = {**GIT, "HOME": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "cruft", *arguments]
    return run(command, folder=folder, environment=environment, timeout=120)


def commit(message: str, *, folder: Path) -> None:
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--allow-empty", "--message", message, folder=folder)


def lay_out_working_tree(repository: Path) -> None:
    for part in PARTS:
        if (TEMPLATE / part).is_dir():
            shutil.copytree(TEMPLATE / part, repository / part, ignore=NOT_OF_THE_TEMPLATE)
        else:
            shutil.copy(TEMPLATE / part, repository / part)


def lay_out_commit(commit: str, repository: Path) -> None:
    """Lay out the template as a commit or tag of this repository has it. Raises CommandFailed."""
    archive = repository.parent / "archive.tar"
    git("archive", "--output", str(archive), commit, *PARTS, folder=TEMPLATE)
    run(["tar", "--extract", "--file", str(archive)], folder=repository)


def repository_of(releases: Mapping[str, Callable[[Path], object]], folder: Path) -> Path:
    """Make a repository in the new `folder`, with a commit and a tag for each release.

    `releases` lays each out in an empty working tree, by its tag, the oldest first.
    """
    folder.mkdir()
    git("init", "--quiet", "--initial-branch", "main", folder=folder)
    for tag, lay_out in releases.items():
        for part in PARTS:
            shutil.rmtree(folder / part, ignore_errors=True)
        lay_out(folder)
        commit(tag, folder=folder)
        git("tag", tag, folder=folder)
    return folder


def create(template: Path, tag: str, answers: Mapping[str, str], parent: Path) -> Service:
    """Have cruft make a service of a release below `parent`, in a git repository of its own."""
    given = json.dumps({**answers, "python_version": offered_python()})
    options = ["--checkout", tag, "--no-input", "--extra-context", given]
    cruft("create", str(template), *options, "--output-dir", str(parent), folder=parent)
    service = Service(parent / answers["project_slug"])
    git("init", "--quiet", "--initial-branch", "main", folder=service.folder)
    commit("Generate the service", folder=service.folder)
    return service


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} holds {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")
