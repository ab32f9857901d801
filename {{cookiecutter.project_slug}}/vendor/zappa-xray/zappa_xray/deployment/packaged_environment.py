"""The Python and the installed packages that Zappa puts into the package."""

import os
import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from zappa_xray.deployment.architecture import architecture_faults, installed_binaries


def environment_to_package_faults(cli: Any) -> list[str]:
    """Return what is wrong with them for the stage of Zappa's ZappaCLI `cli`."""
    faults = []
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if cli.runtime != python:
        faults.append(
            f"zappa_settings.json wants the runtime {cli.runtime}, but {python} is packaging: "
            "make .python-version and the runtime the same, then run make install"
        )
    packages = packaged_packages(python)
    faults += architecture_faults(installed_binaries(packages), cli.architecture)
    if tools := development_tools(packages):
        faults.append(
            f"the environment to be packaged holds development tools ({', '.join(tools)}): "
            f"use make {cli.command} STAGE={cli.api_stage}, which packages one without them"
        )
    return faults


def development_tools(packages: Path) -> list[str]:
    """Return which packages of pyproject.toml's group `dev` are installed in a folder."""
    project = tomllib.loads(Path("pyproject.toml").read_text())
    installed = {distribution.name.lower() for distribution in distributions(path=[str(packages)])}
    needed = required_names(project.get("project", {}).get("dependencies", []))
    tools = required_names(project.get("dependency-groups", {}).get("dev", []))
    return sorted((tools - needed) & installed)


def required_names(requirements: list[Any]) -> set[str]:
    """Return the packages' names of requirements as in pyproject.toml, such as `ruff>=0.17`."""
    found = (re.match("[A-Za-z0-9._-]*", line) for line in requirements if isinstance(line, str))
    return {name.group().lower() for name in found if name}


def packaged_packages(python: str) -> Path:
    """Return the site-packages that Zappa copies into the zip."""
    return packaged_environment() / "lib" / python / "site-packages"


def packaged_environment() -> Path:
    """Return the virtual environment that Zappa packages."""
    return Path(os.environ.get("VIRTUAL_ENV", sys.prefix))
