"""Nothing grows, and no alarm is false, over many requests and many that time out."""

import gc
import threading
import time

import pytest
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing.in_flight import InFlight, running
from zappa_xray.tracing.recording import announce, begin, end, watcher

pytestmark = pytest.mark.urls("tests.library.tracing.urls")


def in_memory() -> int:
    gc.collect()
    return sum(type(thing) is InFlight for thing in gc.get_objects())


@pytest.fixture
def before() -> int:
    """How many are in memory when the test begins: a failed test's traceback may hold one."""
    return in_memory()


def test_ten_thousand_pieces_of_work_leave_nothing(before: int) -> None:
    end(begin("first", TraceHeader()))
    threads = threading.active_count()

    for _ in range(10_000):
        work = begin("work", TraceHeader(), seconds=29)
        announce(work)
        end(work)
    del work

    assert (in_memory(), watcher._in_flight, running()) == (before, set(), None)
    assert threading.active_count() == threads
    assert xray_recorder.current_subsegment() is None


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.002})
def test_time_outs_are_told_once_each_and_leave_nothing(
    trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture, before: int
) -> None:
    for _ in range(200):
        Client().get("/just-in-time/")

    children = [one["parent_id"] for one in trace_daemon.documents if one["name"] == "deadline"]
    assert len(set(children)) == len(children) > 20  # a busy machine lets some get away
    late = [one.name for one in caplog.records if one.name == "zappa_xray.tracing.report"]
    assert len(late) == len(children)
    assert (in_memory(), watcher._in_flight, running()) == (before, set(), None)


def test_what_has_ended_is_never_alarmed_however_long_the_process_stands_still(
    trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.5}):
        for _ in range(20):
            Client().get("/ok/")
        time.sleep(0.6)
    assert "has not finished" not in caplog.text
    assert not any("timed_out" in one["annotations"] for one in trace_daemon.documents)

    with override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.05}):
        Client().get("/slow/")
    assert "has not finished" in caplog.text
