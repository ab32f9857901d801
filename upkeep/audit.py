"""`make audit`: known vulnerabilities of all that the template, and a service of it, installs.

uv resolves what would be installed today and asks OSV (https://osv.dev) about each package. Further
arguments go to `uv audit` as they are, such as `--ignore GHSA-...`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import TEMPLATE, bake, offered_python

# `uv audit` is a preview, which it would say each time; tests/test_audit.py holds what it does.
AUDIT = ("audit", "--preview-features", "audit-command")


def projects(folder: Path) -> Iterator[tuple[str, Path]]:
    """Lay out below `folder` what is audited; yield what to call it and where its pyproject.toml is."""
    template = folder / "template"
    template.mkdir()
    # Not where it lies: an older uv.lock there would be taken for what is installed today.
    shutil.copy(TEMPLATE / "pyproject.toml", template)
    yield "the template's tools", template
    for database in ("postgresql", "mysql"):
        answers = {"database": database, "python_version": offered_python()}
        yield f"a service on {database}", bake(folder / database, answers).folder


def audit(project: Path, arguments: Sequence[str]) -> tuple[bool, str]:
    """Return whether nothing is known about what a project installs, and what uv printed."""
    try:
        return True, run([str(uv_binary()), *AUDIT, *arguments], folder=project)
    except CommandFailed as failed:
        return False, failed.output


def main(arguments: Sequence[str]) -> int:
    """Print what is known; return 1 when something is, or when it could not be asked for."""
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for name, project in projects(Path(folder)):
            fine, printed = audit(project, arguments)
            print(f"== {name}\n{printed}", flush=True)
            outcomes.append(fine)
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
