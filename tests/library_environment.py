"""Environments with the library's dependencies, and in them its tests and the checking of its types.

`python -m tests.library_environment [lowest|highest|types] [arguments of pytest or mypy]`. The library
runs from its folder in the template, unbaked, with the lowest or the highest versions that its
ranges allow.
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
    "hypothesis>=6.130",
    "pytest-django>=4.14",
    "requests>=2.32",
    "httpx>=0.28",
    "whitenoise>=6.12",
    "hypothesis>=6.140",
)
TYPES = ("mypy>=2.4", "django-stubs>=6.1", "djangorestframework-stubs>=3.18", "types-requests")
SETTINGS = "tests.library.project.settings"


def environment(resolution: str, *beside: str) -> Path:
    """Return the Python of an environment with the dependencies of all extras, made once in a checkout.

    `resolution` is `lowest` or `highest`, of what the library asks for directly; `beside` are
    further requirements. Raises CommandFailed.
    """
    wanted = [*requirements(), *BESIDE, *beside]
    digest = hashlib.sha256(repr((wanted, offered_python())).encode()).hexdigest()[:12]
    folder = CACHE / f"library-{resolution}-{digest}"
    python = folder / "venv" / "bin" / "python"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock", timeout=900):
        if not (folder / ".ready").exists():
            uv = str(uv_binary())
            folder.mkdir(exist_ok=True)
            (folder / ".python-version").write_text(offered_python())  # pyenv and uv look at it
            run([uv, "venv", "--clear", "venv"], folder=folder)
            kind = "lowest-direct" if resolution == "lowest" else "highest"
            install = [uv, "pip", "install", "--python", str(python), "--resolution", kind]
            run([*install, *wanted], folder=folder)
            (folder / ".ready").touch()
    return python


def requirements() -> list[str]:
    """Return what the library asks for, with all its extras."""
    # Read here and not by uv, which reads the template's unbaked pyproject.toml above it as well.
    project = tomllib.loads((LIBRARY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(line for extra in extras for line in extra)]


def command(what: str, arguments: Sequence[str] = ()) -> list[str]:
    """Return the command that runs the library's tests, or checks its and their types.

    `what` is `lowest`, `highest` or `types`. To be run in the template's folder.
    """
    if what == "types":
        options = [
            "--config-file",
            str(LIBRARY / "pyproject.toml"),
            f"--cache-dir={CACHE / 'mypy'}",
        ]
        chosen = ["--package=zappa_xray", "--package=tests.library"]
        return [str(environment("highest", *TYPES)), "-m", "mypy", *options, *chosen, *arguments]
    options = ["-c", str(TESTS / "pytest.ini"), "--rootdir", str(TEMPLATE), f"--confcutdir={TESTS}"]
    chosen = [] if any("tests/library" in argument for argument in arguments) else [str(TESTS)]
    return [str(environment(what)), "-m", "pytest", *options, *chosen, *arguments]


def variables() -> dict[str, str]:
    """Return the environment for these commands: the library's folder is read and never written."""
    return clean_environment(
        {
            "PYTHONPATH": f"{LIBRARY}:{TEMPLATE}",
            "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
        }
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=(*RESOLUTIONS, "types"), nargs="?", default="highest")
    known, arguments = parser.parse_known_args()
    return subprocess.run(
        command(known.what, arguments), check=False, cwd=TEMPLATE, env=variables()
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
