"""Child processes: a clean environment for them, a bounded wait, and none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import uv

TEMPLATE = Path(__file__).resolve().parent.parent
CACHE = TEMPLATE / ".cache"

STEERING_PREFIXES = ("AWS_", "LAMBDA_", "_X_AMZN", "DJANGO_", "PYTHON", "PYTEST_", "MAKE")
STEERING_NAMES = {
    *("DATABASE_URL", "VIRTUAL_ENV", "MFLAGS", "GNUMAKEFLAGS"),
    *("ARGS", "STAGE"),  # variables of both Makefiles: make exports those of its command line
    *("PYENV_VERSION", "PYENV_DIR", "UV_PYTHON", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT"),
}


class CommandFailed(Exception):
    """A command failed or was not done in time. `output` is all that it printed."""

    def __init__(self, command: Sequence[str], outcome: str, output: str) -> None:
        self.output = output
        tail = "\n".join(output.splitlines()[-40:])
        super().__init__(f"`{' '.join(command)}`: {outcome}\n{tail}")


def uv_binary() -> Path:
    """Return the uv of this Python environment. Raises FileNotFoundError when it has none."""
    return Path(uv.find_uv_bin())


def requirements(group: str) -> list[str]:
    """Return a dependency group of the template's pyproject.toml."""
    project = tomllib.loads((TEMPLATE / "pyproject.toml").read_text())
    return list(project["dependency-groups"][group])


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment less what steers Python, Django, make or AWS.

    `extra` is added. PATH starts with the folder of this environment's uv: a uv that is a shim of
    pyenv is "command not found" in a folder whose `.python-version` names another Python.
    No profile or instance role of AWS can be found.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(STEERING_PREFIXES) and name not in STEERING_NAMES
    }
    return inherited | {
        "PATH": os.pathsep.join([str(uv_binary().parent), os.environ.get("PATH", os.defpath)]),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **(extra or {}),
    }


@contextmanager
def started(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    **popen_arguments: Any,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command` as leader of a process group; on the way out kill what is left of it.

    `environment` is added to `clean_environment()`; `popen_arguments` go to subprocess.Popen as
    they are.
    """
    process = subprocess.Popen(
        command, env=clean_environment(environment), start_new_session=True, **popen_arguments
    )
    try:
        yield process
    finally:
        kill_group(process)
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            pipe.close()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a group, and the group with it; wait until it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = 600,
) -> str:
    """Run `command` in `folder` and return what it printed, stdout and stderr in one. `timeout` is
    in seconds.

    Raises CommandFailed.
    """
    with tempfile.TemporaryFile() as printed:
        with started(
            command,
            environment=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                raise CommandFailed(
                    command, f"not done after {timeout:g} s", read_all(printed)
                ) from None
        output = read_all(printed)
    if process.returncode:
        raise CommandFailed(command, f"exit code {process.returncode}", output)
    return output


def read_all(file: IO[bytes]) -> str:
    """Return the text of a file from its start, bytes that are no UTF-8 shown as a replacement
    character.

    The file's position is the writer's too when a child process inherited it, so this reads
    without moving it.
    """
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode("utf-8", "replace")
