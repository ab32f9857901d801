"""The server beside the page: its log, another one, a restart, a flood, and a deploy without it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from emulator.service import Service
from tests.browser import Site, running, wait_for
from tests.traceview.looking import HEADER

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("traceview")]


def test_the_server_s_line_and_the_page_of_a_500_lead_to_the_trace(site: Site) -> None:
    trace_id = site.get("/health/?line")[1]
    log = Path(f"/proc/{site.process.pid}/fd/1").resolve()
    line = f'"GET /health/?line HTTP/1.1" 200 16  {site.page}#{trace_id}'
    wait_for(lambda: line in log.read_text())
    _, headers, page = site.answer("/fail/linked", headers={"Accept": "text/html"})
    address = f"{site.page}#{headers['X-Amzn-Trace-Id'].removeprefix('Root=')}"
    assert f'<a href="{address}">' in page


def test_a_second_server_says_where_its_traces_are(site: Site, tmp_path: Path) -> None:
    folder = Path(f"/proc/{site.process.pid}/cwd").resolve()
    address = {"AWS_XRAY_DAEMON_ADDRESS": "{}:{}".format(*site.daemon)}
    with running(Service(folder), tmp_path / "log", address) as second:
        assert second.get("/health/?second")[0] == 200
        problem = str(second.news()["problem"])
        assert "it shows the traces of this one too" in problem
        assert problem in (tmp_path / "log").read_text()
        wait_for(lambda: "/health/?second" in json.dumps(site.news()["traces"]))


def test_the_traces_outlive_the_autoreloader(site: Site) -> None:
    site.get("/health/?before")
    wait_for(lambda: "?before" in json.dumps(site.news()))
    before = site.news()
    (Path(f"/proc/{site.process.pid}/cwd").resolve() / "troubles.py").touch()

    def reloaded() -> dict[str, Any] | None:
        try:
            now = site.news()
        except (OSError, ValueError):
            return None
        return now if now["run"] != before["run"] else None

    after = wait_for(reloaded, 30)
    assert "?before" in json.dumps(after["traces"])
    site.get("/health/?after")
    wait_for(lambda: "?after" in json.dumps(site.news()["traces"]))


def resident_megabytes(process: int) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=True)
    return int(told.stdout) / 1024


def serving(site: Site) -> int:
    """Return the process that answers, a child of the autoreloader."""
    command = ["ps", "-o", "pid=", "--ppid", str(site.process.pid)]
    [child] = subprocess.run(command, capture_output=True, check=True).stdout.split()
    return int(child)


def test_a_flood_of_packets_fails_no_request(site: Site) -> None:
    site.get("/api/notes/")
    before, serial = resident_megabytes(serving(site)), int(str(site.news()["serial"]))
    flood = threading.Thread(target=send_flood, args=(site, 10_000, 5.0))
    flood.start()
    statuses = []
    while flood.is_alive():
        statuses.append(site.get("/health/")[0])
        assert len(site.news()["traces"]) <= 500
        flood.join(0.2)
    site.send(b"nonsense")
    wait_for(lambda: site.news()["malformed"])
    kept = int(str(site.news()["serial"])) - serial
    grown = resident_megabytes(serving(site)) - before
    print(f"{len(statuses)} requests in the flood, {grown:.0f} MB more, {kept} documents taken")
    assert set(statuses) == {200}
    assert len(statuses) > 1  # of a machine that is busy with other things
    assert grown < 100
    # What finds no room in the kernel's buffer is lost. Beside the flood there are a copy in progress
    # and the complete one of each request and page.
    assert 100 < kept <= 10_000 + 4 * len(statuses) + 20


def send_flood(site: Site, count: int, seconds: float) -> None:
    """Send packets of 2 kB evenly over a time."""
    started = time.monotonic()
    queries = [
        {"id": f"{n:016x}", "sql": {"sanitized_query": "SELECT " + "x" * 100}} for n in range(12)
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(count):
            document = {
                "id": f"{number:016x}",
                "trace_id": f"1-{number:08x}-e7d1852db8c4fd35d88bf49a",
                "name": "flood",
                "start_time": time.time(),
                "end_time": time.time() + 0.1,
                "subsegments": queries,
            }
            sender.sendto(HEADER + json.dumps(document).encode(), site.daemon)
            time.sleep(max(0, started + seconds * number / count - time.monotonic()))


def test_nothing_of_it_is_in_the_package(package: Path) -> None:
    assert (package / "zappa_xray/tracing").is_dir()
    assert (package / "django").is_dir()
    found = {path.relative_to(package).parts[0] for path in package.rglob("*traceview*")}
    assert found == set()
    assert not (package / "rich").exists()
