import logging

from django.test import RequestFactory
from zappa_xray.tracing.background import BackgroundWork
from zappa_xray.tracing.logs import TraceContextFilter


def record(**extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": "a line", **extra})
    return TraceContextFilter().filter(made)


def test_outside_any_work_the_ids_are_none() -> None:
    line = record()
    assert (vars(line)["trace_id"], vars(line)["request_id"]) == (None, None)


def test_inside_the_trace_id_is_that_of_the_work() -> None:
    with BackgroundWork("work") as work:
        assert vars(record())["trace_id"] == work.entity.trace_id


def test_ids_that_the_record_has_are_kept() -> None:
    assert vars(record(trace_id="1-a", request_id="b"))["trace_id"] == "1-a"


def test_the_request_with_its_query_string_is_taken_away() -> None:
    request = RequestFactory().get("/?token=SECRET")

    line = record(request=request, status_code=404)

    assert vars(line)["status_code"] == 404
    assert "request" not in vars(line)
