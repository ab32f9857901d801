"""Environments with the library's dependencies, and its tests in them: `python -m tests.library_environment`.

The library runs from its folder in the template, unbaked, with the lowest or the highest versions
that its ranges allow.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from emulator.processes import CACHE, clean_environment, run, uv_binary
from emulator.service import TEMPLATE, offered_python

LIBRARY = TEMPLATE / "{{cookiecutter.project_slug}}" / "vendor" / "zappa-xray"
TESTS = TEMPLATE / "tests" / "library"
RESOLUTIONS = ("lowest", "highest")
# What the tests need beside the library, and what it works with but does not ask for.
BESIDE = (
    "djangorestframework>=3.16",
    "pytest-django>=4.14",
    "requests>=2.32",
    "httpx>=0.28",
)


def environment(resolution: str) -> Path:
    """Return the Python of an environment with the dependencies of all extras, made once in a checkout.

    `resolution` is `lowest` or `highest`, of what the library asks for directly. Raises CommandFailed.
    """
    wanted = (LIBRARY / "pyproject.toml").read_text() + repr(BESIDE) + offered_python()
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    folder = CACHE / f"library-{resolution}-{digest}"
    python = folder / "venv" / "bin" / "python"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock", timeout=300):
        if not (folder / ".ready").exists():
            uv = str(uv_binary())
            folder.mkdir(exist_ok=True)
            (folder / ".python-version").write_text(offered_python())  # pyenv and uv look at it
            run([uv, "venv", "--clear", "venv"], folder=folder)
            kind = "lowest-direct" if resolution == "lowest" else "highest"
            install = [uv, "pip", "install", "--python", str(python), "--resolution", kind]
            run([*install, *requirements()], folder=folder)
            (folder / ".ready").touch()
    return python


def requirements() -> list[str]:
    """Return what the library asks for, with all its extras, and what its tests need beside it."""
    # Read here and not by uv, which reads the template's unbaked pyproject.toml above it as well.
    project = tomllib.loads((LIBRARY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(line for extra in extras for line in extra), *BESIDE]


def command(resolution: str, arguments: Sequence[str] = ()) -> list[str]:
    """Return the command that runs the library's tests; to be run in the template's folder."""
    options = ["-c", str(TESTS / "pytest.ini"), "--rootdir", str(TEMPLATE), f"--confcutdir={TESTS}"]
    chosen = [] if any("tests/library" in argument for argument in arguments) else [str(TESTS)]
    return [str(environment(resolution)), "-m", "pytest", *options, *chosen, *arguments]


def variables() -> dict[str, str]:
    """Return the environment for that command: the library's folder is read and never written."""
    path = f"{LIBRARY}:{TEMPLATE}"
    return clean_environment({"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("resolution", choices=RESOLUTIONS, nargs="?", default="highest")
    known, arguments = parser.parse_known_args()
    return subprocess.run(
        command(known.resolution, arguments), check=False, cwd=TEMPLATE, env=variables()
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
