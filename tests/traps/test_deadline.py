"""Trap 4: a request that Lambda kills has left its trace."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.daemon import Daemon
from emulator.function import FunctionDied, FunctionTimedOut
from tests.traps.conftest import MakeFunction
from tests.traps.killing import killed_once_told
from tests.traps.reading import complete, request_documents, timed_out

pytestmark = pytest.mark.slow

DEADLINE = 'XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 1}\n'
# What is to be told of the call is imported, or made, within the request.
LATER_DEADLINE = 'XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 3}\n'
NO_CONNECT_TIMEOUT = 'DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 60\n'


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that accepts connections and never says a word; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_trap_04_a_killed_request_has_left_its_route(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function()
    function.request("GET", "/ok/")
    daemon.clear()
    threading.Timer(0.5, os.kill, (function.process_id, signal.SIGKILL)).start()

    with pytest.raises(FunctionDied, match="SIGKILL"):
        function.request("GET", "/sleep/")

    [document] = daemon.documents
    assert document["in_progress"] is True
    assert document["annotations"] == {
        "route": "/sleep/",
        "method": "GET",
        "stage": "dev",
        "cold_start": False,
    }


def test_trap_04_a_request_stuck_in_sleep_tells_where(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE)

    with pytest.raises(FunctionTimedOut):
        function.request("GET", "/sleep/", timeout=3)

    document = timed_out(daemon.documents)
    assert document["annotations"]["route"] == "/sleep/"
    assert document["fault"] is True
    facts = document["metadata"]["tracing"]["deadline"]
    assert facts["where"].startswith("trap_views.py:")
    assert facts["where"].endswith(" sleep")
    assert facts["in_flight"] == []
    passed, left = facts["seconds"], facts["remaining_seconds"]
    assert passed >= 1.0
    assert 0 < left <= 3.01 - passed  # what passed before it began is in neither
    innermost = document["cause"]["exceptions"][0]["stack"][-1]
    assert (innermost["path"], innermost["label"]) == ("trap_views.py", "sleep")
    line = json.loads(next(line for line in function.log.splitlines() if "not finished" in line))
    assert line["trace_id"] == document["trace_id"]
    assert line["message"].startswith(
        f"GET /sleep/ has not finished after {passed:.1f} s; {left:.1f} s are left"
    )
    assert facts["where"] in line["message"]


def test_trap_04_a_request_in_an_endless_loop_tells_where(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE)
    killed_once_told(function, lambda: function.request("GET", "/loop/"))

    facts = timed_out(daemon.documents)["metadata"]["tracing"]["deadline"]
    assert facts["where"].endswith(" loop")
    assert facts["stack"][-1] == facts["where"]


def test_trap_04_a_query_that_waits_is_named_with_its_sql(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE + 'DATABASES["default"]["OPTIONS"] = {"timeout": 60}\n')

    killed_once_told(function, lambda: function.request("GET", "/locked/"))

    documents = daemon.documents
    request = timed_out(documents)
    [query] = request["metadata"]["tracing"]["deadline"]["in_flight"]
    assert query["sql"] == "SELECT name FROM sqlite_master WHERE name = %s"
    assert query["seconds"] > 0.5
    assert request["metadata"]["tracing"]["deadline"]["where"].endswith(" locked")
    copy = next(one for one in documents if "sanitized_query" in one.get("sql", {}))
    assert copy["in_progress"] is True
    assert copy["parent_id"] == request["id"]
    assert b"SECRET" not in b"".join(daemon.packets) + function.log.encode()
    assert "SELECT name FROM sqlite_master WHERE name = %s runs for" in function.log


def test_trap_04_a_database_that_accepts_and_stays_silent_is_named(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    with silent_server() as port:
        function = make_function(
            DEADLINE + NO_CONNECT_TIMEOUT,
            environment={"DATABASE_URL": f"postgres://user:password@127.0.0.1:{port}/notes"},
        )
        killed_once_told(function, lambda: function.request("GET", "/connects/"))

    request = timed_out(daemon.documents)
    facts = request["metadata"]["tracing"]["deadline"]
    assert request["annotations"]["route"] == "/connects/"
    assert [(call["name"], call["call"]) for call in facts["in_flight"]] == [
        ("connect default", "127.0.0.1")
    ]
    assert facts["where"].endswith(" connects")
    assert any("psycopg" in frame for frame in facts["stack"])


def test_trap_04_an_outgoing_call_is_named_without_its_query_string(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    with silent_server() as port:
        environment = {"TRAP_URL": f"http://127.0.0.1:{port}"}
        function = make_function(LATER_DEADLINE, environment=environment)
        killed_once_told(function, lambda: function.request("GET", "/calls/"))

    facts = timed_out(daemon.documents)["metadata"]["tracing"]["deadline"]
    [call] = facts["in_flight"]
    assert call["call"] == f"GET http://127.0.0.1:{port}/outgoing/"
    assert b"SECRET" not in b"".join(daemon.packets) + function.log.encode()


def test_trap_04_a_call_to_aws_is_named_with_its_operation(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    with silent_server() as port:
        environment = {"TRAP_URL": f"http://127.0.0.1:{port}"}
        function = make_function(LATER_DEADLINE, environment=environment)
        killed_once_told(function, lambda: function.request("GET", "/asks-aws/"))

    facts = timed_out(daemon.documents)["metadata"]["tracing"]["deadline"]
    assert [(call["name"], call["call"]) for call in facts["in_flight"]] == [("s3", "ListBuckets")]


def test_trap_04_the_function_time_less_the_margin_comes_first(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function('XRAY_TRACING = XRAY_TRACING | {"MARGIN_SECONDS": 9}\n')
    killed_once_told(function, lambda: function.request("GET", "/sleep/", timeout=10))

    facts = timed_out(daemon.documents)["metadata"]["tracing"]["deadline"]
    assert 1.0 < facts["remaining_seconds"] <= 9.0  # 1.0 is the default


def test_trap_04_a_request_stuck_before_its_view_has_its_route(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE)
    killed_once_told(function, lambda: function.request("GET", "/ok/?stuck-in-middleware"))

    request = timed_out(daemon.documents)
    assert request["annotations"]["route"] == "/ok/"
    assert request["metadata"]["tracing"]["deadline"]["where"].endswith(" __call__")


def test_trap_04_a_late_request_is_replaced_by_the_complete_one(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE)

    response = function.request("GET", "/sleep/?seconds=1.5", timeout=10)

    assert response["statusCode"] == 200
    documents = request_documents(daemon.documents)
    document = complete(documents)
    assert document is documents[-1]
    assert document["id"] == timed_out(documents)["id"]
    assert document["annotations"] == {
        "route": "/sleep/",
        "method": "GET",
        "stage": "dev",
        "cold_start": True,
        "status": 200,
        "timed_out": True,
    }
    assert "deadline" in document["metadata"]["tracing"]
    assert "fault" not in document
    assert "cause" not in document


def test_trap_04_no_late_alarm_for_a_request_that_ended(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function('XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 2}\n')
    function.request("GET", "/sleep/?seconds=1.1", timeout=10)
    # Its deadline passes in the middle of the next request of the same process.
    function.request("GET", "/sleep/?seconds=1.1", timeout=10)

    assert '"ERROR"' not in function.log
    annotations = [one["annotations"] for one in request_documents(daemon.documents)]
    assert [one["status"] for one in annotations if "status" in one] == [200, 200]
    assert all("timed_out" not in one for one in annotations)

    killed_once_told(function, lambda: function.request("GET", "/sleep/"))


def test_trap_04_a_process_that_was_frozen_raises_no_late_alarm(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function(DEADLINE)
    function.request("GET", "/ok/", timeout=10)
    os.kill(function.process_id, signal.SIGSTOP)
    timer = threading.Timer(1.5, os.kill, (function.process_id, signal.SIGCONT))
    timer.start()

    function.request("GET", "/sleep/?seconds=0.3", timeout=10)

    assert '"ERROR"' not in function.log
    ended = [
        one["annotations"]["route"]
        for one in request_documents(daemon.documents)
        if not one["in_progress"]
    ]
    assert ended == ["/ok/", "/sleep/"]
