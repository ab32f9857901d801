"""`make demo`: it shows what holds, fails when something does not, and leaves nothing running."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from emulator.demo import __main__ as command
from emulator.demo.claims import (
    NotAsPromised,
    Request,
    expect_background_work,
    expect_killed,
    expect_trace,
)
from emulator.demo.story import Story
from emulator.processes import started
from emulator.service import TEMPLATE, Service

STAGE, LAMBDA, FUNCTION = "AWS::ApiGateway::Stage", "AWS::Lambda", "AWS::Lambda::Function"
LISTED = Request("a 200", "GET", "/api/notes/", 200, "/api/notes/")
FAILED = Request("a 500", "GET", "/api/notes/", 500, "/api/notes/", "fault")
HUNG = Request("a 504", "POST", "/api/notes/", 504, "/api/notes/")

QUERY: dict[str, Any] = {"name": "default", "sql": {"sanitized_query": "SELECT 1"}}
OUTER: dict[str, Any] = {
    "name": "notes-api",
    "end_time": 2.0,
    "annotations": {"route": "/api/notes/", "method": "GET", "status": 200, "stage": "dev"},
    "subsegments": [QUERY],
}
FAULT: dict[str, Any] = {
    "fault": True,
    "cause": {"exceptions": [{"type": "KeyError", "message": "'a'"}]},
    "annotations": OUTER["annotations"] | {"status": 500},
}
WORK: dict[str, Any] = {"name": "notes.scheduled.count_new_notes", "subsegments": [QUERY]}
FACTS = {
    "where": "notes/views.py:23 perform_create",
    "in_flight": [{"name": "default", "sql": "INSERT INTO notes_note VALUES (%s)"}],
}
REPORT: dict[str, Any] = {
    "name": "deadline",
    "end_time": 2.0,
    "metadata": {"tracing": {"deadline": FACTS}},
}
KILLED: dict[str, Any] = {
    "name": "notes-api",
    "annotations": {"route": "/api/notes/", "method": "POST", "timed_out": True},
    "subsegments": [REPORT],
}


def without(document: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != key}


def trace(*own: dict[str, Any], gateway: bool = True) -> list[dict[str, Any]]:
    """Return the segments of a trace with `own` below the function's."""
    function = {"origin": FUNCTION, "subsegments": [{"name": "Invocation"}, *own]}
    return [*([{"origin": STAGE}] if gateway else []), {"origin": LAMBDA}, function]


def test_a_whole_trace_is_as_promised() -> None:
    expect_trace(trace(OUTER), LISTED)
    expect_trace(trace(OUTER | FAULT), FAILED)
    expect_background_work(trace(WORK, gateway=False), WORK["name"])
    assert expect_killed(trace(KILLED), HUNG) == FACTS


@pytest.mark.parametrize(
    ("segments", "request_", "missing"),
    [
        ([], LISTED, "the outermost segment"),
        (trace(OUTER, gateway=False), LISTED, "the outermost segment"),
        (trace(), LISTED, "the number of subsegments"),
        (trace(OUTER, OUTER), LISTED, "the number of subsegments"),
        (trace(without(OUTER, "end_time")), LISTED, "has ended"),
        (trace(without(OUTER, "annotations")), LISTED, "annotations"),
        (trace(OUTER | {"annotations": {"route": "/api/notes/1/"}}), LISTED, "annotations"),
        (trace(OUTER | {"error": True}), LISTED, "marks"),
        (trace(OUTER | without(FAULT, "fault")), FAILED, "marks"),
        (trace(OUTER | without(FAULT, "cause")), FAILED, "cause"),
        (trace(without(OUTER, "subsegments")), LISTED, "a query"),
    ],
)
def test_what_a_trace_lacks_is_said(
    segments: list[dict[str, Any]], request_: Request, missing: str
) -> None:
    with pytest.raises(NotAsPromised, match=missing):
        expect_trace(segments, request_)


@pytest.mark.parametrize(
    ("segments", "missing"),
    [
        (trace(WORK), "whether a gateway has one"),
        ([], "whether the function has a segment"),
        (trace(WORK | {"name": "another"}, gateway=False), "the name of the work"),
        (trace(without(WORK, "subsegments"), gateway=False), "a query"),
    ],
)
def test_what_scheduled_work_lacks_is_said(segments: list[dict[str, Any]], missing: str) -> None:
    with pytest.raises(NotAsPromised, match=missing):
        expect_background_work(segments, WORK["name"])


def reported(**facts: Any) -> list[dict[str, Any]]:
    report = REPORT | {"metadata": {"tracing": {"deadline": FACTS | facts}}}
    return trace(KILLED | {"subsegments": [report]})


@pytest.mark.parametrize(
    ("segments", "missing"),
    [
        (trace(KILLED | {"end_time": 2.0}), "has ended"),
        (trace(KILLED | {"annotations": OUTER["annotations"]}), "its annotations"),
        (trace(KILLED | {"subsegments": []}), "the number of complete reports"),
        (trace(KILLED | {"subsegments": [without(REPORT, "end_time")]}), "complete reports"),
        (reported(where="bootstrap.py:13 main"), "the owner's line"),
        (reported(in_flight=[]), "writes a note"),
    ],
)
def test_what_a_killed_request_lacks_is_said(segments: list[dict[str, Any]], missing: str) -> None:
    with pytest.raises(NotAsPromised, match=missing):
        expect_killed(segments, HUNG)


@pytest.mark.slow
@pytest.mark.xdist_group("demo")
def test_demo_holds(demonstrated: str) -> None:
    assert "✗" not in demonstrated
    assert re.findall("TracingConfig (.*)", demonstrated) == ["Active", "Active"]
    assert re.findall("tracingEnabled (.*)", demonstrated) == ["False", "True"]
    dark, scheduled, created, missing, killed, following = (
        demonstrated.index(words)
        for words in (
            "X-Ray has no 1-",
            "  notes.scheduled.count_new_notes\n",
            "  POST /api/notes/ 201\n",
            "  GET /api/notes/{id}/ 404",
            "Sending SIGKILL to runtime",
            '"cold_start": true',
        )
    )
    assert dark < scheduled < created < missing < killed < following
    assert "The client got 504" in demonstrated
    assert "POST /api/notes/ has not finished after" in demonstrated[killed:]
    assert "It was in notes/views.py:" in demonstrated[killed:]
    assert "All held" in demonstrated
    assert "What next" in demonstrated


def demo(folder: Path) -> list[str]:
    return [sys.executable, "-m", "emulator.demo", "--folder", str(folder / "demo")]


def deployed_without_a_hook(aws: EmulatedAWS, name: str) -> None:
    """Leave in the account what Zappa by itself does: a traced function, and a stage that is dark."""
    document = {"Version": "2012-10-17", "Statement": []}
    role = aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(document)
    )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("handler.py", "")
    aws.client("lambda").create_function(
        FunctionName=name,
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="handler.lambda_handler",
        Code={"ZipFile": code.getvalue()},
        TracingConfig={"Mode": "Active"},
    )
    gateway = aws.client("apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="dev")


def test_demo_fails_when_the_stage_is_not_traced(
    aws: EmulatedAWS,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made: list[str] = []

    def make(story: Story, target: str, arguments: str = "") -> str:
        made.append(target)
        if target == "deploy":
            deployed_without_a_hook(aws, story.service.function_name("dev"))
        return ""

    monkeypatch.setattr(Story, "make", make)
    for step in ("prepare_database", "show_dark_request", "show_scheduled_function"):
        monkeypatch.setattr(Story, step, lambda story: None)
    monkeypatch.setattr(Service, "install", lambda service: "")
    monkeypatch.setattr(command, "EmulatedAWS", lambda: nullcontext(aws))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["demo", "--folder", str(tmp_path / "demo")])
    try:
        assert command.main() == 1
    finally:
        aws.reset()
    assert made == ["deploy", "update"]
    assert capsys.readouterr().out.splitlines()[-1] == (
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
        assert any("emulator.accounts" in command for command in marked(mark))
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
