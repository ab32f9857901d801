"""`make demo`: it shows what holds, fails when something does not, and leaves nothing running."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.demo import NotAsPromised, Request, expect_trace
from emulator.processes import CommandFailed, run, started
from emulator.service import TEMPLATE

PARENT = "53995c3f42cd8ad8"
LISTED = Request("a 200", "GET", "/api/notes/", 200, "/api/notes/")
FAILED = Request("a 500", "GET", "/api/notes/", 500, "/api/notes/", "fault")

OUTER: dict[str, Any] = {
    "id": "00000000000000a1",
    "parent_id": PARENT,
    "start_time": 1.0,
    "end_time": 2.0,
    "annotations": {"route": "/api/notes/", "method": "GET", "status": 200, "stage": "dev"},
}
QUERY = {"id": "00000000000000b2", "parent_id": OUTER["id"], "sql": {"sanitized_query": "SELECT 1"}}
FAULT = {
    "fault": True,
    "cause": {"exceptions": [{"type": "KeyError", "message": "'a'"}]},
    "annotations": OUTER["annotations"] | {"status": 500},
}


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


class TestExpectedTrace:
    def test_whole_trace_passes(self) -> None:
        expect_trace([without(OUTER, "end_time"), QUERY, OUTER], PARENT, LISTED)
        expect_trace([QUERY, OUTER | FAULT], PARENT, FAILED)

    @pytest.mark.parametrize(
        ("documents", "request_", "missing"),
        [
            ([], LISTED, "the number of subsegments"),
            ([QUERY, OUTER | {"parent_id": "of another trace"}], LISTED, "number of subsegments"),
            ([QUERY, OUTER, OUTER | {"id": "another"}], LISTED, "the number of subsegments"),
            ([QUERY, without(OUTER, "end_time")], LISTED, "has ended"),
            ([QUERY, without(OUTER, "annotations")], LISTED, "annotations"),
            ([QUERY, OUTER | {"annotations": {"route": "/api/notes/1/"}}], LISTED, "annotations"),
            ([QUERY, OUTER | {"error": True}], LISTED, "marks"),
            ([QUERY, OUTER | without(FAULT, "fault")], FAILED, "marks"),
            ([QUERY, OUTER | without(FAULT, "cause")], FAILED, "cause"),
            ([OUTER], LISTED, "a query"),
            ([OUTER, QUERY | {"parent_id": PARENT}], LISTED, "the number of subsegments"),
        ],
    )
    def test_what_is_missing_is_said(
        self, documents: list[dict[str, Any]], request_: Request, missing: str
    ) -> None:
        with pytest.raises(NotAsPromised, match=missing):
            expect_trace(documents, PARENT, request_)


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_demo_holds(demonstrated: str) -> None:
    assert "✗" not in demonstrated
    assert re.findall("TracingConfig (.*)", demonstrated) == ["Active", "Active"]
    assert re.findall("tracingEnabled (.*)", demonstrated) == ["True", "True"]
    assert re.findall(r"notes-api  (\S+) (\S+)  (\S+)", demonstrated) == [
        ("GET", "/dev/api/notes/", "500"),
        ("POST", "/dev/api/notes/", "201"),
        ("GET", "/dev/api/notes/", "200"),
        ("GET", "/dev/api/notes/404/", "404"),
        ("POST", "/dev/api/notes/", "400"),
    ]
    assert "OperationalError: no such table" in demonstrated
    assert "All held" in demonstrated
    assert "What next" in demonstrated


def demo(folder: Path) -> list[str]:
    return [sys.executable, "-m", "emulator.demo", "--folder", str(folder / "demo")]


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_demo_fails_when_the_stage_is_not_traced(tmp_path: Path) -> None:
    template = tmp_path / "template"
    for name in ("emulator", "hooks", "{{cookiecutter.project_slug}}"):
        shutil.copytree(TEMPLATE / name, template / name)
    shutil.copy(TEMPLATE / "cookiecutter.json", template)
    settings = template / "{{cookiecutter.project_slug}}" / "zappa_settings.json"
    text, changes = re.subn(r',\s*"post": "zappa_hooks.post"', "", settings.read_text())
    assert changes == 1
    settings.write_text(text)
    with pytest.raises(CommandFailed, match="exit code 1\n") as failed:
        run(demo(tmp_path), folder=template, timeout=300)
    last = failed.value.output.splitlines()[-1]
    assert last == (
        "Not as promised: the tracing of function and stage:"
        " expected ('Active', True), seen ('Active', False)"
    )


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_demo_leaves_no_process(tmp_path: Path, stop: signal.Signals) -> None:
    mark = uuid.uuid4().hex
    with started(
        demo(tmp_path),
        environment={"MARK_OF_A_TEST": mark},
        cwd=TEMPLATE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line.decode())
            if "Start an emulated AWS" in printed[-1]:
                break
        assert printed[-1].startswith("✓"), printed
        # Nothing tells that Zappa has begun but its process.
        wait_until(lambda: any("zappa" in command for command in marked(mark)))
        assert any("emulator.aws_server" in command for command in marked(mark))
        os.kill(process.pid, stop)
        rest = process.stdout.read().decode()
        assert process.wait(timeout=30) == 130, rest
        assert rest.splitlines()[-1] == "Stopped. Nothing of the demo runs any more."
        # A killed process is there until the system has taken it away.
        wait_until(lambda: not marked(mark))


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def marked(mark: str) -> list[str]:
    """Return the command lines of the processes that have `mark` in their environment."""
    commands = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                commands.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
    return commands
