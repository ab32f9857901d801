"""Trap 4: the request after a killed one says so, under AWS's own runtime."""

import json
from typing import Any

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function, FunctionDied, FunctionError, FunctionTimedOut
from tests.traps.reading import complete, request_documents, timed_out

pytestmark = pytest.mark.slow


def lines(function: Function, logger: str = "zappa_xray.request") -> list[dict[str, Any]]:
    records = [json.loads(line) for line in function.log.splitlines() if line.startswith("{")]
    return [one for one in records if one["logger"] == logger]


def test_trap_04_the_first_request_after_a_kill_names_the_killed_one(
    cold_function: Function, daemon: Daemon
) -> None:
    function = cold_function
    function.request("GET", "/ok/")
    with pytest.raises(FunctionTimedOut):
        function.request("GET", "/sleep/", timeout=2)
    killed = request_documents(daemon.documents)[-1]
    daemon.clear()

    function.request("GET", "/ok/")
    function.request("GET", "/ok/")

    cold, first, second = lines(function)
    assert [line["cold_start"] for line in (cold, first, second)] == [True, True, False]
    assert "killed_title" not in cold | second
    assert first["killed_title"] == "GET /sleep/"
    assert first["killed_trace_id"] == killed["trace_id"]
    assert f"RequestId: {first['killed_request_id']}" in function.log
    assert first["killed_request_id"] != cold["request_id"]
    assert first["message"].endswith(" ms, a cold start, the first after GET /sleep/ was killed")
    found = [one["annotations"]["cold_start"] for one in request_documents(daemon.documents)]
    assert found == [True, True, False, False]


def test_trap_04_threads_and_a_folder_that_is_gone_hide_no_killed_request(
    cold_function: Function, daemon: Daemon
) -> None:
    function = cold_function
    with pytest.raises(FunctionTimedOut):
        function.request("GET", "/folder-is-gone/", timeout=4)
    told = timed_out(daemon.documents)
    [request_id] = {line["request_id"] for line in lines(function, "trap_views")}
    function.request("GET", "/ok/")

    assert told["cause"]["exceptions"][0]["type"] == "DeadlinePassed"
    [late] = lines(function, "zappa_xray.tracing.report")
    assert late["where"].endswith(" hangs_in_a_folder_that_is_gone")
    [work] = lines(function, "zappa_xray.work")
    assert (work["work"], work["request_id"]) == ("part in a thread", request_id)
    [after] = lines(function)
    assert after["killed_title"] == "GET /folder-is-gone/"
    assert after["killed_request_id"] == request_id == late["request_id"]


@pytest.mark.parametrize(
    ("name", "error"), [("trap_views.failing", FunctionError), ("trap_views.exits", FunctionDied)]
)
def test_what_ends_by_itself_was_not_killed(
    cold_function: Function, name: str, error: type[Exception]
) -> None:
    function = cold_function
    with pytest.raises(error):
        function.invoke(events.command(name))

    function.request("GET", "/ok/")

    [line] = lines(function)
    assert "killed_title" not in line
    assert lines(function, "zappa_xray.work")[0]["failed"] is True


def test_trap_03_without_tracing_the_lines_have_the_real_root(
    function: Function, daemon: Daemon
) -> None:
    trace = events.trace_id()

    function.request("GET", "/broken/", trace_header=events.passthrough_trace_header(trace))
    function.invoke(events.command("trap_views.plain"), events.passthrough_trace_header(trace))

    records = [json.loads(line) for line in function.log.splitlines() if line.startswith("{")]
    assert {one["logger"] for one in records} >= {
        "zappa_xray.request",
        "zappa_xray.work",
        "django.request",
        "trap_views",
    }
    assert {one["trace_id"] for one in records} == {trace}
    assert all(one["request_id"] for one in records)
    assert daemon.documents == []


def test_each_invocation_has_one_line_with_its_own_ids(
    cold_function: Function, daemon: Daemon
) -> None:
    function = cold_function
    for path in ("/ok/", "/missing/", "/broken/", "/handled/"):
        function.request("GET", path)

    found = lines(function)
    assert [(line["route"], line["method"], line["status"]) for line in found] == [
        ("/ok/", "GET", 200),
        ("/missing/", "GET", 404),
        ("/broken/", "GET", 500),
        ("/handled/", "GET", 500),
    ]
    documents = [one for one in request_documents(daemon.documents) if not one["in_progress"]]
    assert [line["trace_id"] for line in found] == [one["trace_id"] for one in documents]
    assert len({line["request_id"] for line in found}) == 4
    assert complete(documents[:1])["annotations"]["cold_start"] is True
