"""The service does what its own OpenAPI schema says, whatever is sent to it, on each database."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.service import TEMPLATE, Service, offered_python
from tests.choices import Once, packaged, uv
from tests.databases import MariaDB, PostgreSQL, Server, need

pytestmark = pytest.mark.slow

CHECKS = Path(__file__).parent / "api_quality"
OPERATIONS = {
    f"{method} {path}"
    for path, methods in {
        "/api/notes/": ("GET", "POST"),
        "/api/notes/{id}/": ("DELETE", "GET", "PATCH", "PUT"),
    }.items()
    for method in methods
}
MAX_EXAMPLES = 30


def schemathesis() -> str:
    """Return the requirement: installed beside the service for this test, never into it."""
    project = tomllib.loads((TEMPLATE / "pyproject.toml").read_text(encoding="utf-8"))
    [requirement] = project["dependency-groups"]["api-quality"]
    return str(requirement)


@pytest.fixture(params=[None, PostgreSQL, MariaDB], ids=["SQLite", "PostgreSQL", "MariaDB"])
def server(request: pytest.FixtureRequest) -> Iterator[Server | None]:
    """A server with an empty database; None for SQLite."""
    kind: type[Server] | None = request.param
    if kind is None:
        yield None
    else:
        need(kind)
        with kind() as server:
            yield server


@pytest.fixture
def service(server: Server | None, once: Once) -> Service:
    return packaged(once, offered_python(), server.kind if server else "postgresql")


def test_all_checks_of_schemathesis_find_nothing(
    server: Server | None, service: Service, tmp_path: Path
) -> None:
    environment = {
        "DATABASE_URL": server.url if server else f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "settings_for_checks",
        "MAX_EXAMPLES": str(MAX_EXAMPLES),
        "PYTHONPATH": os.pathsep.join([str(service.folder), str(CHECKS)]),
        "REQUESTS": str(tmp_path / "requests.json"),
    }
    options = ["--rootdir", str(tmp_path), "-c", os.devnull, "--noconftest"]
    options += ["--import-mode", "importlib", "-p", "no:django", "-p", "no:cacheprovider"]
    command = ["run", "--project", str(service.folder), "--with", schemathesis()]
    command += ["python", "-m", "pytest", *options, str(CHECKS / "operations.py")]
    printed = uv(*command, folder=tmp_path, environment=environment, timeout=540)
    assert re.search(r"= \d+ passed in ", printed), printed
    sent = json.loads((tmp_path / "requests.json").read_text())
    assert set(sent) >= OPERATIONS
    assert min(sent[operation] for operation in OPERATIONS) >= MAX_EXAMPLES
