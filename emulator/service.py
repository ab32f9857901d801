"""A baked service, worked with as its owner would: through its own Makefile."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cookiecutter.main import cookiecutter

from emulator.processes import run

TEMPLATE = Path(__file__).resolve().parent.parent


def bake(parent: Path, answers: Mapping[str, str] | None = None) -> Service:
    """Generate a service below `parent` from the template's defaults and `answers`. Raises
    cookiecutter's errors.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder = cookiecutter(
        str(TEMPLATE),
        no_input=True,
        extra_context=dict(answers or {}),
        output_dir=str(parent),
        default_config=True,
    )
    return Service(Path(folder))


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
