"""Trap 20: what no request has started is recorded as well."""

import pytest

from emulator import events
from emulator.daemon import Daemon
from emulator.function import Function, FunctionError
from tests.traps.conftest import MakeFunction
from tests.traps.killing import killed_once_told
from tests.traps.reading import Document, queries

pytestmark = pytest.mark.slow


def named(documents: list[Document], name: str, *, in_progress: bool = False) -> Document:
    """The one subsegment of that name."""
    found = [one for one in documents if one["name"] == name and one["in_progress"] is in_progress]
    assert len(found) == 1, documents
    return found[0]


def test_trap_20_a_scheduled_function_has_a_subsegment_with_its_queries(
    function: Function, daemon: Daemon
) -> None:
    header = events.trace_header()
    event = events.scheduled("trap_views.scheduled", lambda_name=function.name)

    assert function.invoke(event, header) == "done"

    work = named(daemon.documents, "trap_views.scheduled")
    assert f"Parent={work['parent_id']};" in header
    assert work["type"] == "subsegment"
    [query] = queries(daemon.documents)
    assert query["parent_id"] == work["id"]
    assert query["trace_id"] == work["trace_id"]


def test_trap_20_a_failing_function_is_a_fault_with_its_cause_and_still_fails(
    function: Function, daemon: Daemon
) -> None:
    with pytest.raises(FunctionError, match="LookupError: the nightly work fails"):
        function.invoke(events.command("trap_views.failing"))

    work = named(daemon.documents, "nightly work")
    assert work["fault"] is True
    [exception] = work["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("LookupError", "the nightly work fails")
    assert exception["stack"][-1]["label"] == "failing"


def test_trap_20_a_function_of_fewer_arguments_is_recorded_once(
    function: Function, daemon: Daemon
) -> None:
    # Zappa tries with event and context, with event, and with nothing.
    assert function.invoke(events.command("trap_views.without_arguments")) == "done"

    work = named(daemon.documents, "trap_views.without_arguments")
    assert "fault" not in work
    assert [one["name"] for one in daemon.documents] == ["trap_views.without_arguments"] * 2


def test_trap_20_an_asynchronous_task_has_a_subsegment(function: Function, daemon: Daemon) -> None:
    # What zappa.asynchronous sends to the function itself.
    task = {
        "task_path": "trap_views.scheduled",
        "args": ["an argument", "another"],
        "kwargs": {},
        "capture_response": False,
        "response_id": None,
        "command": "zappa.asynchronous.route_lambda_task",
    }

    function.invoke(task)

    work = named(daemon.documents, "trap_views.scheduled")
    [query] = queries(daemon.documents)
    assert query["parent_id"] == work["id"]


def test_trap_20_a_management_command_has_a_subsegment_with_its_queries(
    function: Function, daemon: Daemon
) -> None:
    header = events.trace_header()

    function.invoke(events.manage("migrate --plan"), header)

    work = named(daemon.documents, "manage migrate")
    assert f"Parent={work['parent_id']};" in header
    assert queries(daemon.documents)
    assert {one["parent_id"] for one in queries(daemon.documents)} == {work["id"]}


def test_trap_20_a_function_stuck_past_its_deadline_tells_where(
    make_function: MakeFunction, daemon: Daemon
) -> None:
    function = make_function('XRAY_TRACING = XRAY_TRACING | {"DEADLINE_SECONDS": 1}\n', timeout=6)

    killed_once_told(function, lambda: function.invoke(events.command("trap_views.sleeping")))

    copies = [one for one in daemon.documents if one["name"] == "trap_views.sleeping"]
    assert [one["annotations"] for one in copies] == [
        {"cold_start": True},
        {"cold_start": True, "timed_out": True},
    ]
    assert "trap_views.sleeping has not finished after" in function.log
    assert copies[-1]["metadata"]["tracing"]["deadline"]["where"].endswith(" sleeping")


def test_trap_20_a_retry_in_the_same_trace_stands_below_its_own_invocation(
    function: Function, daemon: Daemon
) -> None:
    trace = events.trace_id()
    first, second = events.trace_header(trace), events.trace_header(trace)

    function.invoke(events.command("trap_views.scheduled"), first)
    function.invoke(events.command("trap_views.scheduled"), second)

    parents = [
        one["parent_id"]
        for one in daemon.documents
        if one["name"] == "trap_views.scheduled" and not one["in_progress"]
    ]
    assert [
        f"Parent={parent};" in header
        for parent, header in zip(parents, (first, second), strict=True)
    ] == [
        True,
        True,
    ]
