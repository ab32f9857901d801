"""A baked service, worked with as its owner would: through its own Makefile."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulator.processes import CommandFailed, run, uv_binary

TEMPLATE = Path(__file__).resolve().parent.parent


def bake(parent: Path, answers: Mapping[str, str] | None = None) -> Service:
    """Generate a service in the folder `parent` from the template's defaults and `answers`.

    An answer that is missing is the default; no user configuration is read. Raises CommandFailed
    with what the hooks said.
    """
    parent.mkdir(parents=True, exist_ok=True)
    before = set(parent.iterdir())
    options = ["--no-input", "--default-config", "--output-dir", str(parent)]
    given = [f"{question}={answer}" for question, answer in (answers or {}).items()]
    command = [sys.executable, "-m", "cookiecutter", *options, str(TEMPLATE), *given]
    run(command, folder=parent, timeout=60)
    return Service(next(iter(set(parent.iterdir()) - before)))


def offered_python() -> str:
    """Return the first Python version that the template offers and this machine has.

    Without any it is the first one offered: the service's `make install` tries to get it, or says
    what to do.
    """
    versions = offered_versions()
    return next((version for version in versions if interpreter(version)), versions[0])


def offered_versions() -> list[str]:
    offered: list[str] = json.loads((TEMPLATE / "cookiecutter.json").read_text())["python_version"]
    return offered


@cache
def interpreter(version: str) -> Path | None:
    """Return this machine's interpreter of a Python version, such as 3.13; None without one.

    pyenv's interpreters are found only in a folder whose `.python-version` wants them.
    """
    with tempfile.TemporaryDirectory() as folder, suppress(CommandFailed):
        Path(folder, ".python-version").write_text(version)
        command = [str(uv_binary()), "python", "find", "--no-python-downloads"]
        return Path(run(command, folder=Path(folder), timeout=60).splitlines()[-1]).resolve()
    return None


@dataclass(frozen=True)
class Service:
    """A generated service in `folder`, whose name is the project's slug."""

    folder: Path

    @property
    def slug(self) -> str:
        return self.folder.name

    @property
    def python(self) -> Path:
        """The interpreter its `.venv` was made from. Raises FileNotFoundError before `install`."""
        return (self.folder / ".venv/bin/python").resolve(strict=True)

    @property
    def site_packages(self) -> Path:
        """The folder of the packages in its `.venv`."""
        return next((self.folder / ".venv/lib").glob("python3.*/site-packages"))

    def function_name(self, stage: str) -> str:
        """Return the name Zappa gives the Lambda function and the REST API of a stage."""
        return f"{self.slug}-{stage}"

    def stage_settings(self, stage: str) -> dict[str, object]:
        """Return a stage of zappa_settings.json with what it extends."""
        stages = json.loads((self.folder / "zappa_settings.json").read_text())
        own = dict(stages[stage])
        while base := own.pop("extends", None):
            own = {**stages[base], **own}
        return own

    def make(
        self,
        *targets: str,
        environment: Mapping[str, str] | None = None,
        timeout: float = 600,
        **variables: str,
    ) -> str:
        """Run `make targets VARIABLE=value` in the service and return what it printed. Raises
        CommandFailed.

        `timeout` is in seconds, `environment` is added to a clean one.
        """
        assignments = [f"{name}={value}" for name, value in variables.items()]
        return run(
            ["make", "--no-print-directory", *targets, *assignments],
            folder=self.folder,
            environment=environment,
            timeout=timeout,
        )

    def install(self) -> str:
        """Install its dependencies, development tools included, into its `.venv`."""
        return self.make("install")

    def package(self, stage: str = "dev", environment: Mapping[str, str] | None = None) -> Path:
        """Build the zip of a stage and return its path."""
        self.make("package", STAGE=stage, environment=environment)
        return self.zip_path(stage)

    def zip_path(self, stage: str = "dev") -> Path:
        return self.folder / "dist" / f"{self.slug}-{stage}.zip"

    def unpack(self, folder: Path, stage: str = "dev") -> Path:
        """Unpack the zip of a stage into `folder`, emptied first, and return the folder."""
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(self.zip_path(stage)) as package:
            package.extractall(folder)
        return folder
