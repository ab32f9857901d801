"""What a service's own imports cost a cold start."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zappa_xray.deployment.start import recorder

# What each service needs, whoever is the first to import it.
NEEDED = (
    *("aws_xray_sdk", "django", "environ", "handler", "pymysql", "psycopg", "psycopg_binary"),
    *("pythonjsonlogger", "rest_framework", "whitenoise", "zappa", "zappa_xray"),
)
# Of the whole start, and in seconds. What costs less is not worth a line of code.
COSTLY, LEAST_SECONDS = 0.03, 0.01
SECONDS = 60
# What this file imports or names is meant to be a part of the start.
MEANT = Path("config", "lambda_function.py")


class NotStarted(Exception):
    """The service did not start. The message is the last line of what it said, with the service's own
    line that it came from."""


@dataclass(frozen=True)
class CostlyImport:
    """An import of the service's own: `file`:`line` imports, or is the first to use, `module`."""

    file: str
    line: int
    module: str
    seconds: float
    used: bool


def record(folder: Path, paths: Sequence[Path], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what `recorder` writes of a start of the service in `folder`, whose handler module is
    `config.lambda_function`.

    `paths` are the process's sys.path after `folder`. Raises NotStarted.
    """
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "start",
        **environment,
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": os.pathsep.join(map(str, (folder, *paths))),
        "PYTHONPYCACHEPREFIX": sys.pycache_prefix or "",
        # What the first process compiles in a new environment, the next one finds.
        "PYTHONDONTWRITEBYTECODE": "1" if sys.dont_write_bytecode else "",
    }
    with tempfile.NamedTemporaryFile("r", suffix=".json") as output:
        command = [sys.executable, recorder.__file__, "config.lambda_function", output.name]
        try:
            subprocess.run(  # noqa: S603 - this package's own script
                command,
                cwd=folder,
                env=variables,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise NotStarted(reason(error.stderr, folder)) from error
        except subprocess.TimeoutExpired as error:
            raise NotStarted(f"it takes longer than {SECONDS} s") from error
        recorded: dict[str, Any] = json.load(output)
    return recorded


def reason(said: str, folder: Path) -> str:
    last = (said.strip() or "it ended").splitlines()[-1]
    lines = re.findall(r'^ +File "(.+)", line (\d+)', said, re.MULTILINE)
    own = [
        f" ({Path(file).relative_to(folder)}:{line})"
        for file, line in lines
        if is_own(file, folder)
    ]
    return last + (own[-1] if own else "")


def costly_imports(recorded: Mapping[str, Any], folder: Path) -> list[CostlyImport]:
    """Return what the code in `folder` imports that takes a good part of the start, costliest first."""
    imports = recorded["imports"]
    least = max(LEAST_SECONDS, COSTLY * sum(entry["seconds"] for entry in imports))
    found = [
        CostlyImport(
            str(Path(entry["importer_file"]).relative_to(folder)),
            entry["line"],
            entry["module"],
            seconds,
            entry["waited"],
        )
        for index, entry in enumerate(imports)
        if is_own(entry["importer_file"], folder)
        and Path(entry["importer_file"]) != folder / MEANT
        and not is_own(entry["file"], folder)
        and (seconds := seconds_of(index, imports, folder)) >= least
    ]
    return sorted(found, key=lambda one: one.seconds, reverse=True)


def seconds_of(index: int, imports: Sequence[Mapping[str, Any]], folder: Path) -> float:
    """Return what an import took with all that it imports, but for what each service needs anyway."""
    within: set[int] = set()
    seconds = 0.0
    for later, entry in enumerate(imports[index:], index):
        if later != index and entry["within"] not in within:
            continue
        if entry["module"].partition(".")[0] in NEEDED or is_own(entry["file"], folder):
            continue
        within.add(later)
        seconds += entry["seconds"]
    return seconds


def is_own(file: str, folder: Path) -> bool:
    """Whether a file is the service's own code: in `folder`, and in no folder of installed packages."""
    path = Path(file)
    return path.is_relative_to(folder) and not {"site-packages", "vendor"} & set(path.parts)
