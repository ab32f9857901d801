"""`make audit` asks about all that is installed, and fails when something is known of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.baking import TEMPLATE

pytestmark = pytest.mark.slow

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


def audit(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upkeep.audit", *arguments],
        cwd=TEMPLATE,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def sections(printed: str) -> dict[str, str]:
    """Return what is printed of each project by its heading."""
    return dict(one.split("\n", 1) for one in printed.split("== ")[1:])


def test_all_that_is_installed_is_asked_about(osv: OSV) -> None:
    finished = audit("--service-url", osv.url)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert list(sections(finished.stdout)) == [
        "the template's tools",
        "a service on postgresql",
        "a service on mysql",
    ]
    template, postgresql, mysql = map(set, osv.asked)
    assert {"cookiecutter", "pytest", "jinja2", "schemathesis"} <= template
    assert {"django", "zappa", "aws-xray-sdk", "psycopg", "botocore", "ruff"} <= postgresql
    assert {"django", "zappa", "aws-xray-sdk", "pymysql", "botocore", "ruff"} <= mysql


def test_a_known_hole_fails_it_and_is_named(osv: OSV) -> None:
    osv.vulnerable = "django"
    finished = audit("--service-url", osv.url)
    assert finished.returncode == 1
    printed = sections(finished.stdout)
    assert {name for name, text in printed.items() if HOLE in text} == {
        "a service on postgresql",
        "a service on mysql",
    }
    assert "A hole" in printed["a service on mysql"]
    ignored = audit("--service-url", osv.url, "--ignore", HOLE)
    assert ignored.returncode == 0, ignored.stdout


def test_a_hole_in_the_template_s_tools_fails_it_as_well(osv: OSV) -> None:
    osv.vulnerable = "cookiecutter"
    finished = audit("--service-url", osv.url)
    assert finished.returncode == 1
    printed = sections(finished.stdout)
    assert [name for name, text in printed.items() if HOLE in text] == ["the template's tools"]


def test_who_cannot_be_asked_has_not_said_that_all_is_well(osv: OSV) -> None:
    url = osv.url
    osv.server_close()
    finished = audit("--service-url", url, UV_HTTP_RETRIES="0")
    assert finished.returncode == 1
    assert all("error: " in text for text in sections(finished.stdout).values())
