"""Traps 15 and 16: the service on a developer's machine, outside Lambda."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emulator.daemon import Daemon
from emulator.ports import free_port
from emulator.service import Service
from tests.traps.conftest import SETTINGS, VIEWS

pytestmark = pytest.mark.slow

TESTS = """
from django.contrib.auth import get_user_model
from django.test import TestCase


class QueryTest(TestCase):
    def test_a_query_and_a_request(self):
        assert get_user_model().objects.count() == 0
        assert self.client.get("/query/").status_code == 200
"""

# One interpreter for all commands of a developer's: each of them starts as manage.py does.
EACH = """
import json, sys
import manage
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["manage.py", *arguments]
    manage.main()
"""


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder of modules beside the service: settings and URLs that misbehave."""
    (tmp_path / "trap_views.py").write_text(VIEWS.read_text())
    (tmp_path / "trap_tests.py").write_text(TESTS)
    return tmp_path


def environment(service: Service, beside: Path, settings: str = "") -> dict[str, str]:
    """A clean environment in which the service uses the modules beside it."""
    (beside / "trap_settings.py").write_text(SETTINGS + settings)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(beside),
        "DJANGO_SETTINGS_MODULE": "trap_settings",
        "DATABASE_URL": f"sqlite:///{beside / 'db.sqlite3'}",
    }


@pytest.mark.parametrize(
    "recorder",
    [
        {},
        {"AWS_XRAY_CONTEXT_MISSING": "RUNTIME_ERROR"},
        {"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "SAMPLING": True},
    ],
    ids=["default", "runtime-error", "log-error-sampling"],
)
def test_trap_15_manage_py_is_silent_and_works(
    installed: Service, beside: Path, recorder: dict[str, object]
) -> None:
    env = environment(installed, beside, f"XRAY_RECORDER = XRAY_RECORDER | {recorder}\n")
    shell = "from accounts.models import User; print(User.objects.count())"
    commands = [
        ["migrate", "--verbosity=0"],
        ["shell", "--verbosity=0", "-c", shell],
        ["test", "trap_tests", "--verbosity=0"],
    ]
    finished = subprocess.run(
        [installed.folder / ".venv/bin/python", "-X", "dev", "-c", EACH, json.dumps(commands)],
        cwd=installed.folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "0\nSystem check identified no issues (0 silenced).\n"
    assert re.fullmatch(r"-+\nRan 1 test in .*s\n\nOK\n", finished.stderr)


@contextmanager
def server(service: Service, beside: Path, daemon: Daemon) -> Iterator[tuple[str, Path]]:
    """The service under runserver: its address and its log."""
    port = free_port()
    log = beside / "log"
    env = environment(service, beside) | {"AWS_XRAY_DAEMON_ADDRESS": daemon.address}
    command = [service.folder / ".venv/bin/python", "manage.py", "runserver", "--noreload"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, str(port)], cwd=service.folder, env=env, stdout=output, stderr=output
        )
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.kill()
        process.wait()


def waited_for(log: Path, text: str, count: int) -> str:
    """What a log says once it has `text` that often: a server logs after it has answered."""
    end = time.monotonic() + 10
    while log.read_text().count(text) < count:
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return log.read_text()


def test_trap_16_locally_every_request_is_traced_and_nothing_polls(
    installed: Service, beside: Path, daemon: Daemon
) -> None:
    with server(installed, beside, daemon) as (address, log):
        for _ in range(40):
            urllib.request.urlopen(f"{address}/query/", timeout=10).close()
        with urllib.request.urlopen(f"{address}/threads/", timeout=10) as response:
            threads = response.read().decode().split(",")
        said = waited_for(log, "GET /threads/", 1)

    complete = [one for one in daemon.documents if not one["in_progress"] and "http" in one]
    routes = [one["annotations"]["route"] for one in complete]
    assert routes == ["/query/"] * 40 + ["/threads/"]
    assert len({one["trace_id"] for one in complete}) == 41
    assert all(len(one["subsegments"]) >= 1 for one in complete[:40])
    assert "tracing-deadline" in threads
    assert [name for name in threads if "oller" in name] == []
    assert "Traceback" not in said


def test_trap_16_without_a_daemon_the_log_says_nothing_about_it(
    installed: Service, beside: Path
) -> None:
    with Daemon() as gone:
        pass  # its port is closed again
    with server(installed, beside, gone) as (address, log):
        for _ in range(3):
            urllib.request.urlopen(f"{address}/query/", timeout=10).close()
        said = waited_for(log, 'GET /query/ HTTP/1.1" 200', 3)

    assert "Traceback" not in said
    assert "aemon" not in said
