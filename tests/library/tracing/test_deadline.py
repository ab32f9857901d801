import re
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings
from zappa_xray.testing import TraceDaemon

from tests.library.tracing.urls import SLOW_QUERIES

pytestmark = pytest.mark.urls("tests.library.tracing.urls")


def watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tracing-deadline"]


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_late_request_is_reported_and_then_complete(
    client: Client, trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/slow/")

    report, end = trace_daemon.documents[-2:]
    assert report["in_progress"] is True
    assert report["annotations"]["timed_out"] is True
    assert report["fault"] is True
    facts = report["metadata"]["tracing"]["deadline"]
    assert facts["where"].startswith("tests/library/tracing/urls.py:")
    assert facts["where"].endswith(" slow")
    assert facts["remaining_seconds"] is None
    assert end["in_progress"] is False
    assert end["annotations"]["timed_out"] is True
    assert "fault" not in end
    [record] = [one for one in caplog.records if one.name == "zappa_xray.tracing.report"]
    assert re.match(
        r"GET /slow/ has not finished after 0\.\d s; it is in tests", record.getMessage()
    )
    assert record.trace_id == end["trace_id"]  # type: ignore[attr-defined]


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_request_that_waits_in_a_library_names_its_view(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    # In a thread of its own, where no frame of this test is on the stack.
    thread = threading.Thread(target=client.get, args=["/in-a-library/"])
    thread.start()
    thread.join()

    deadlines = [one["metadata"]["tracing"]["deadline"] for one in trace_daemon.documents[-2:]]
    assert [facts["where"] for facts in deadlines] == [
        "a library, for tests.library.tracing.urls.InALibrary"
    ] * 2
    assert any(frame.startswith("/opt/python/library.py:") for frame in deadlines[0]["stack"])


@pytest.mark.django_db
@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_the_query_in_flight_is_named(
    client: Client, trace_daemon: TraceDaemon, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/slow-query/")

    sql = SLOW_QUERIES[connection.vendor]
    request, query = (one for one in trace_daemon.documents[-3:] if one["in_progress"])
    [in_flight] = request["metadata"]["tracing"]["deadline"]["in_flight"]
    assert in_flight["sql"] == query["sql"]["sanitized_query"] == sql
    assert query["parent_id"] == request["id"]
    assert f"{sql} runs for 0." in caplog.text


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.01})
def test_no_report_comes_after_the_complete_document(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    for _ in range(50):
        client.get("/just-in-time/")
    time.sleep(0.05)

    requests = (document for document in trace_daemon.documents if "parent_id" not in document)
    last = {document["id"]: document for document in requests}
    assert len(last) == 50
    assert [one for one in last.values() if one["in_progress"]] == []
    assert any("timed_out" in one["annotations"] for one in last.values())


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_report_that_fails_does_not_end_the_watch(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("zappa_xray.tracing.report._sentence", None)
        client.get("/slow/")
    assert "The report of what passed its deadline failed" in caplog.text

    client.get("/slow/")
    assert "has not finished after" in caplog.text


def test_many_requests_share_one_thread(client: Client, trace_daemon: TraceDaemon) -> None:
    client.get("/ok/")
    first = watchers()
    assert first

    for _ in range(100):
        client.get("/ok/")

    assert watchers() == first


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_what_the_deadline_has_to_say_also_goes_as_a_complete_child(
    client: Client, trace_daemon: TraceDaemon
) -> None:
    client.get("/slow/")

    start, child, copy, end = trace_daemon.documents
    assert [start["id"], copy["id"], end["id"]] == [start["id"]] * 3
    assert child["id"] != start["id"]
    assert (child["name"], child["parent_id"], child["type"]) == (
        "deadline",
        start["id"],
        "subsegment",
    )
    assert (child["in_progress"], child["fault"]) == (False, True)
    assert child["annotations"] == start["annotations"] | {"timed_out": True}
    assert (child["cause"], child["metadata"]) == (copy["cause"], copy["metadata"])
    assert child["cause"]["exceptions"][0]["type"] == "DeadlinePassed"
    assert child["start_time"] == start["start_time"]
    assert child["end_time"] - child["start_time"] >= 0.1


@pytest.mark.parametrize(
    ("broken", "named", "kept"),
    [
        ("described", "stack", {"where", "in_flight"}),
        ("waits_of", "in flight", {"where", "stack"}),
        ("innermost_own", "where", {"stack", "in_flight"}),
        ("frames_of_thread", "frames", {"in_flight"}),
    ],
)
@pytest.mark.django_db
@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_fact_that_cannot_be_worked_out_does_not_lose_the_others(
    client: Client,
    trace_daemon: TraceDaemon,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    named: str,
    kept: set[str],
) -> None:
    monkeypatch.setattr(f"zappa_xray.tracing.report.{broken}", None)

    client.get("/slow-query/")

    [child] = [one for one in trace_daemon.documents if one["name"] == "deadline"]
    facts = child["metadata"]["tracing"]["deadline"]
    assert facts["not_worked_out"] == {named: "TypeError"}
    assert {name for name in ("where", "stack", "in_flight") if facts[name]} == kept


URLS_THAT_HANG = """
import time
time.sleep(0.3)
urlpatterns = []
"""


@override_settings(XRAY_TRACING={"DEADLINE_SECONDS": 0.1})
def test_a_hang_while_the_urls_are_imported_is_told_with_one_copy_of_the_request(
    client: Client, trace_daemon: TraceDaemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "urls_that_hang.py").write_text(URLS_THAT_HANG)
    monkeypatch.syspath_prepend(tmp_path)

    with override_settings(ROOT_URLCONF="urls_that_hang"):
        assert client.get("/").status_code == 404

    child, copy, end = trace_daemon.documents
    assert child["metadata"]["tracing"]["deadline"]["where"] == "urls_that_hang.py:3 <module>"
    assert child["annotations"]["timed_out"] is True
    assert (copy["in_progress"], end["in_progress"]) == (True, False)
