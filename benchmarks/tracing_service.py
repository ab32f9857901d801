"""Where the benchmarks of tracing run: an installed service, in Lambda mode, with a daemon."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emulator.daemon import Daemon
from emulator.processes import run
from emulator.service import Service, bake, offered_python

IN_SERVICE = Path(__file__).resolve().with_name("in_service")


@contextmanager
def service_of(folder: str | None) -> Iterator[Service]:
    """An installed service: the one in `folder`, or a new one of the default answers."""
    if folder:
        yield Service(Path(folder).resolve())
        return
    with tempfile.TemporaryDirectory() as temporary:
        service = bake(Path(temporary), {"python_version": offered_python()})
        service.install()
        yield service


def measure(
    service: Service, script: str, daemon: Daemon, *arguments: str, timeout: float = 900
) -> Any:
    """Run a script of `in_service` with the service's Python; return the JSON of its last line."""
    environment: Mapping[str, str] = {
        "LAMBDA_TASK_ROOT": str(service.folder),
        "AWS_REGION": "eu-central-1",
        "AWS_XRAY_DAEMON_ADDRESS": daemon.address,
        "DJANGO_SECRET_KEY": "a key for benchmarks",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "sqlite://:memory:",
        "PYTHONPATH": str(service.folder),
    }
    command = [str(service.folder / ".venv/bin/python"), str(IN_SERVICE / script), *arguments]
    printed = run(command, folder=service.folder, environment=environment, timeout=timeout)
    return json.loads(printed.splitlines()[-1])
