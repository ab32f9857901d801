import json
import subprocess
import sys

import pytest
from aws_xray_sdk.core import xray_recorder
from django.test import Client
from zappa_xray.testing import TraceDaemon, queries


def test_the_plugin_imports_neither_django_nor_the_sdk() -> None:
    code = "import json, sys, zappa_xray.testing; print(json.dumps(list(sys.modules)))"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    loaded = set(json.loads(printed))
    assert {"zappa_xray", "pytest"} <= loaded
    assert {"django", "aws_xray_sdk", "boto3", "zappa_xray.tracing"} & loaded == set()


def test_what_is_recorded_arrives(trace_daemon: TraceDaemon) -> None:
    with xray_recorder.in_segment("work"):
        pass
    [document] = trace_daemon.wait_for(1)
    assert (document["name"], trace_daemon.complete) == ("work", [document])


def test_what_does_not_arrive_is_told_with_what_did(trace_daemon: TraceDaemon) -> None:
    with pytest.raises(TimeoutError, match=r"After 0.01 s these have arrived: \[\]"):
        trace_daemon.wait_for(1, seconds=0.01)


def test_the_queries_of_all_levels_are_found() -> None:
    below = {"sql": {"sanitized_query": "SELECT 2"}}
    document = {"subsegments": [{"sql": {"sanitized_query": "SELECT 1"}, "subsegments": [below]}]}
    assert queries(document) == ["SELECT 1", "SELECT 2"]


def test_a_query_without_its_text_is_none_of_the_queries() -> None:
    """What XRAY_RECORDER's STREAM_SQL = False leaves."""
    document = {"subsegments": [{"sql": {"database_type": "sqlite"}}]}
    assert queries(document) == []


def test_a_request_of_a_test_is_traced_whatever_is_sampled(
    client: Client, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(xray_recorder, "sampling", True)
    monkeypatch.setattr(xray_recorder.sampler, "should_trace", lambda rule=None: False)
    trace_daemon: TraceDaemon = request.getfixturevalue("trace_daemon")
    client.get("/health/")
    assert trace_daemon.complete[-1]["annotations"]["route"] == "/health/"
