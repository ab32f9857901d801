"""Services of other answers than the default ones, each made once in a run of all workers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import Service, bake

Once = Callable[[str, Callable[[Path], object]], Path]


@cache
def is_here(python: str) -> bool:
    """Return whether uv finds this version of Python without downloading one."""
    # pyenv's interpreters are found only in a folder whose `.python-version` wants them.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".python-version").write_text(python)
        command = [str(uv_binary()), "python", "find", "--no-python-downloads", python]
        try:
            run(command, folder=Path(folder), timeout=60)
        except CommandFailed:
            return False
    return True


def packaged(once: Once, python: str, database: str, stage: str = "dev") -> Service:
    """Return a service with these two answers, installed and packaged. No test may change it."""

    def make(folder: Path) -> None:
        bake(folder, {"python_version": python, "database": database}).package(stage)

    return only_service(once(f"packaged-{python}-{database}", make))


def unpacked(once: Once, service: Service) -> Path:
    """Return the folder of the service's unpacked zip."""
    name = f"unpacked-{service.folder.parent.name}"
    return once(name, service.unpack)


def only_service(folder: Path) -> Service:
    [service] = [Service(child) for child in folder.iterdir()]
    return service


def uv(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 300,
) -> str:
    """Run uv in `folder` and return what it printed. Raises CommandFailed."""
    command = [str(uv_binary()), *arguments]
    return run(command, folder=folder, environment=environment, timeout=timeout)
