"""`make audit` asks about all that is installed, and fails when something is known of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.baking import TEMPLATE
from upkeep import audit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("audit")]

HOLE = "GHSA-0000-0000-0000"
EVERY_VERSION = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
MOMENT = "2026-01-01T00:00:00Z"


class Vulnerabilities(BaseHTTPRequestHandler):
    """OSV's API, https://google.github.io/osv.dev/api/, with one hole in the server's `vulnerable`."""

    server: OSV

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        packages = [
            query["package"]["name"] for query in json.loads(self.rfile.read(length))["queries"]
        ]
        self.server.asked.append(packages)
        known = {"vulns": [{"id": HOLE, "modified": MOMENT}]}
        self.answer(
            {"results": [known if name == self.server.vulnerable else {} for name in packages]}
        )

    def do_GET(self) -> None:
        package = {"ecosystem": "PyPI", "name": self.server.vulnerable}
        affected = [{"package": package, "ranges": EVERY_VERSION}]
        times = {"modified": MOMENT, "published": MOMENT}
        self.answer({"id": HOLE, "summary": "A hole", "affected": affected, **times})

    def answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class OSV(ThreadingHTTPServer):
    """A server of vulnerabilities on loopback; `asked` holds the packages of each question."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Vulnerabilities)
        self.vulnerable = ""
        self.asked: list[list[str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def osv() -> Iterator[OSV]:
    with OSV() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def sections(printed: str) -> dict[str, str]:
    """Return what is printed of each project by its heading."""
    return dict(one.split("\n", 1) for one in printed.split("== ")[1:])


def test_all_that_is_installed_is_asked_about_and_a_hole_in_the_template_s_tools_fails_it(
    osv: OSV,
) -> None:
    osv.vulnerable = "cookiecutter"
    finished = subprocess.run(
        [sys.executable, "-m", "upkeep.audit", "--service-url", osv.url],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 1, finished.stderr
    printed = sections(finished.stdout)
    assert list(printed) == [
        "the template's tools",
        "a service on postgresql",
        "a service on mysql",
    ]
    assert [name for name, text in printed.items() if HOLE in text] == ["the template's tools"]
    template, postgresql, mysql = map(set, osv.asked)
    assert {"cookiecutter", "pytest", "jinja2", "schemathesis"} <= template
    assert {"django", "zappa", "aws-xray-sdk", "psycopg", "botocore", "ruff"} <= postgresql
    assert {"django", "zappa", "aws-xray-sdk", "pymysql", "botocore", "ruff"} <= mysql


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    return list(audit.projects(tmp_path_factory.mktemp("audited")))


@pytest.fixture
def projects(laid_out: list[tuple[str, Path]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is audited, baked once for these tests."""
    monkeypatch.setattr(audit, "projects", lambda _folder: iter(laid_out))


@pytest.mark.usefixtures("projects")
def test_a_known_hole_fails_it_and_is_named(osv: OSV, capsys: pytest.CaptureFixture[str]) -> None:
    osv.vulnerable = "django"
    assert audit.main(["--service-url", osv.url]) == 1
    printed = sections(capsys.readouterr().out)
    assert {name for name, text in printed.items() if HOLE in text} == {
        "a service on postgresql",
        "a service on mysql",
    }
    assert "A hole" in printed["a service on mysql"]
    ignored = audit.main(["--service-url", osv.url, "--ignore", HOLE])
    assert ignored == 0, capsys.readouterr().out


@pytest.mark.usefixtures("projects")
def test_who_cannot_be_asked_has_not_said_that_all_is_well(
    osv: OSV, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    osv.server_close()
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert audit.main(["--service-url", osv.url]) == 1
    told = sections(capsys.readouterr().out)
    assert len(told) == 3
    assert all("error: " in text for text in told.values())
