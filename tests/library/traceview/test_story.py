from typing import Any

from zappa_xray.traceview.story import story_of
from zappa_xray.traceview.summary import summary_of
from zappa_xray.traceview.trace import Trace

from tests.library.traceview import recorded

ROUTE = {"route": "/orders/", "method": "POST"}


def request(**more: Any) -> dict[str, Any]:
    times = {"start_time": 1000.0, "end_time": 1001.0}
    identity = {"id": "a" * 16, "trace_id": "1-5f84c7a1-e7d1852db8c4fd35d88bf49a", "name": "x"}
    return {**identity, **times, "annotations": ROUTE, **more}


def told(document: dict[str, Any], now: float = 1001.0) -> list[str]:
    trace = Trace([document])
    return story_of(trace, summary_of(trace).so_far(now)).sentences


def test_a_request_past_its_deadline_is_told_with_what_it_waits_for_and_its_time_so_far() -> None:
    query = {"name": "db", "seconds": 27.9, "sql": "SELECT ... FOR UPDATE"}
    deadline = {"seconds": 28.0, "where": "orders/views.py:41 create", "in_flight": [query]}
    document = request(
        end_time=None,
        annotations=ROUTE | {"timed_out": True},
        metadata={"tracing": {"deadline": deadline}},
    )
    assert told(document, now=1030.5) == [
        "POST /orders/ waited 27.9 s for `SELECT ... FOR UPDATE` (orders/views.py:41 create).",
        "Its end has not been told: 30.50 s so far.",
    ]
    assert told(document | {"end_time": 1028.5, "http": {"response": {"status": 200}}})[1] == (
        "It answered 200 after 28.50 s."
    )


def test_a_fault_is_told_with_its_cause_and_its_stack_has_libraries_folded() -> None:
    trace = recorded("failed")
    story = story_of(trace, summary_of(trace))
    (sentence,) = story.sentences
    assert sentence.startswith("GET /fail/{what} failed after 17 ms of RuntimeError: <script>")
    assert sentence.endswith("</script> (troubles.py:19 fail).")
    assert story.stack.splitlines()[1:] == ["  … 2 frames of libraries", "  troubles.py:19 fail"]


def test_a_query_again_and_again_is_told_with_where_it_came_from() -> None:
    query = {
        "start_time": 1000.0,
        "end_time": 1000.1,
        "sql": {"sanitized_query": "SELECT 1"},
        "metadata": {"tracing": {"where": "orders/views.py:7 list"}},
    }
    assert told(request(subsegments=[query] * 5)) == [
        "The same query ran 5 times (N+1), in orders/views.py:7 list: `SELECT 1`."
    ]
    assert told(request(subsegments=[query] * 2)) == []


def test_what_was_counted_and_not_sent_is_told() -> None:
    left_out = {"tracing": {"left_out": {"subsegments": 213, "seconds": 0.4}}}
    assert told(request(metadata=left_out)) == [
        "213 quick queries and calls more were counted and not sent."
    ]
