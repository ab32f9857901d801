"""Services of other answers than the default ones, each made once in a run of all workers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from emulator.processes import CommandFailed, run, uv_binary
from emulator.service import Service, bake, offered_python
from tests.compiled import hand_on

Once = Callable[[str, Callable[[Path], object]], Path]
DATABASE = "postgresql"  # the default answer

# What is in many a developer's folder and must never be in the zip.
LEFT_LYING_ABOUT = (
    *(
        ".env",
        ".env.dev",
        ".env.local",
        "service.pem",
        "id_rsa",
        "secrets.yaml",
        "credentials.json",
    ),
    *("db.sqlite3", "db.sqlite3-wal", "dump.sql", "backup.dump", "data.csv", "exploration.ipynb"),
    *("terraform/s.tfstate", "terraform/function.py", "docs/conf.py", "media/2026/photo.jpg"),
    *("node_modules/left-pad/index.js", "node_modules/node-gyp/gyp/gyp.py", "htmlcov/index.html"),
    *("venv/pyvenv.cfg", "venv/lib/python3.13/site-packages/x.py", "build/lib/notes/__init__.py"),
    *("notes/tests/test_models.py", "notes/tests/__init__.py", "notes/test_views.py"),
)


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


def baked(once: Once, python: str, database: str) -> Service:
    """Return a service with these two answers. No test may change it."""

    def make(folder: Path) -> None:
        bake(folder, {"python_version": python, "database": database})

    return only_service(once(f"baked-{python}-{database}", make))


def installed(once: Once, python: str, database: str) -> Service:
    """Return the same service after `make install`, with what another one of its Python has compiled."""
    service = baked(once, python, database)

    def install(_folder: Path) -> None:
        service.install()
        if database != DATABASE:
            compiled_by_another(once, service)

    once(f"installed-{python}-{database}", install)
    return service


def checked(once: Once, python: str, database: str) -> str:
    """Return what `make check` and `make test` of the same service print, faults as well."""

    def check(folder: Path) -> None:
        service, printed = installed(once, python, database), []
        for target, arguments in (("check", ""), ("test", "-p no:cacheprovider")):
            try:
                printed.append(service.make(target, ARGS=arguments))
            except CommandFailed as failure:
                printed.append(f"{failure}\n{failure.output}")
        (folder / "printed").write_text("\n".join(printed), encoding="utf-8")

    return (once(f"checked-{python}-{database}", check) / "printed").read_text(encoding="utf-8")


def compiled_by_another(once: Once, service: Service) -> None:
    """Give an installed service what the first one of its Python has compiled, when it was checked."""
    python = (service.folder / ".python-version").read_text(encoding="utf-8").strip()
    checked(once, python, DATABASE)
    hand_on(installed(once, python, DATABASE), service)


def packaged(once: Once, python: str, database: str) -> Service:
    """Return a service with these two answers after `make package`. No test may change it.

    That of the default answers is another one than `installed` returns, and was worked in.
    """
    if (python, database) == (offered_python(), DATABASE):
        return only_service(once("packaged", lambda folder: package_worked_in(once, folder)))
    service = installed(once, python, database)

    def package(_folder: Path) -> None:
        if database != DATABASE:
            hand_on(packaged(once, python, DATABASE), service)
        service.package()

    once(f"packaged-{python}-{database}", package)
    return service


def package_worked_in(once: Once, folder: Path) -> None:
    service = bake(folder, {"python_version": offered_python()})
    for path in LEFT_LYING_ABOUT:
        (service.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (service.folder / path).write_bytes(b"")
    service.install()
    compiled_by_another(once, service)
    service.package()


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
