"""Log lines in JSON, and the record of the one line that each request writes."""

import asyncio
import copy
import datetime
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from zappa_xray.testing import TraceDaemon
from zappa_xray.tracing import recording
from zappa_xray.tracing.end_of_work import EndOfWork, record_of_end
from zappa_xray.tracing.json_lines import JsonFormatter
from zappa_xray.tracing.logs import TraceContextFilter, request_log

pytestmark = pytest.mark.urls("tests.library.tracing.urls")

FIELDS = {"trace_id": "1-a", "request_id": None, "route": "/ok/", "status": 200, "ms": 1.5}


def written(**attributes: Any) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "shop", "levelname": "INFO", **attributes})
    line = json.loads(JsonFormatter().format(record))
    assert line.pop("time")
    return dict(line)


def end(message: str = "GET /ok/ 200 in 1.5 ms") -> logging.LogRecord:
    return record_of_end(request_log, logging.INFO, message, FIELDS)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    monkeypatch.setattr(recording.process, "is_cold", False)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(TraceContextFilter())
    request_log.addHandler(handler)
    level = request_log.level
    request_log.setLevel(logging.DEBUG)
    yield stream
    request_log.setLevel(level)
    request_log.removeHandler(handler)


def test_the_line_of_a_request(stream: io.StringIO, trace_daemon: TraceDaemon) -> None:
    Client().get("/items/7/parts/left/")

    [line] = stream.getvalue().splitlines()
    told = json.loads(line)
    assert datetime.datetime.strptime(told.pop("time"), "%Y-%m-%d %H:%M:%S,%f")
    assert told.pop("ms") > 0
    assert told.pop("message").startswith("GET /items/{id}/parts/{name}/ 200 in ")
    assert told == {
        "level": "DEBUG",
        "logger": "zappa_xray.request",
        "trace_id": trace_daemon.complete[0]["trace_id"],
        "request_id": None,
        "route": "/items/{id}/parts/{name}/",
        "method": "GET",
        "cold_start": False,
        "status": 200,
    }


def test_what_an_owner_s_filter_adds_and_changes_is_in_it(stream: io.StringIO) -> None:
    def mark(record: logging.LogRecord) -> bool:
        record.version, record.method = [7], "(method)"
        return True

    request_log.addFilter(mark)
    try:
        Client().get("/ok/")
    finally:
        request_log.removeFilter(mark)

    told = json.loads(stream.getvalue())
    assert (told["version"], told["method"], told["route"]) == ([7], "(method)", "/ok/")


def test_what_another_formatter_has_put_on_the_record_is_not_told_twice() -> None:
    for record in (end(), copy.copy(end())):
        assert logging.Formatter("%(asctime)s %(message)s").format(record)

        line = JsonFormatter().format(record)

        assert line.count('"message": ') == 1
        assert json.loads(line).keys() == {"time", "level", "logger", "message", *FIELDS}


def test_an_ordinary_line_has_what_is_given_as_extra() -> None:
    assert written(msg="%s left", args=("one",), trace_id="1-a", order=7, _own=1) == {
        "level": "INFO",
        "logger": "shop",
        "message": "one left",
        "trace_id": "1-a",
        "request_id": None,
        "order": 7,
    }


def test_the_keys_of_a_message_that_is_a_dictionary_are_fields() -> None:
    told = written(msg={"order": 7, "message": "sold"})
    assert (told["order"], told["message"]) == (7, "sold")


def test_a_traceback_and_a_stack_are_fields() -> None:
    try:
        raise LookupError("nothing there")
    except LookupError:
        told = written(msg="failed", exc_info=sys.exc_info(), stack_info="Stack: here")
    assert told["exc_info"].startswith("Traceback (most recent call last):\n")
    assert told["exc_info"].endswith("LookupError: nothing there")
    assert told["stack_info"] == "Stack: here"


class Unreadable:
    def __str__(self) -> str:
        raise KeyError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime.date(2026, 11, 24), "2026-11-24"),
        (Unreadable(), "<Unreadable, not readable>"),
        (float("nan"), "nan"),
        ({(1, 2): 3}, {"[1, 2]": 3}),
        ("ä\n\"'\ud800", "ä\n\"'\ud800"),
        ([True, None, 10**30], [True, None, 10**30]),
    ],
)
def test_any_value_can_be_told(value: Any, expected: Any) -> None:
    assert written(msg="", value=value)["value"] == expected
    record = record_of_end(request_log, logging.INFO, "", FIELDS | {"value": value})
    assert json.loads(JsonFormatter().format(record))["value"] == expected


def test_what_holds_itself_can_be_told() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "again" in str(written(msg="", value=loop)["value"])


def test_the_time_is_the_record_s_and_datefmt_is_logging_s() -> None:
    first, later = (logging.makeLogRecord({"created": created}) for created in (1e9, 1e9 + 3600))
    formatter, logging_s = JsonFormatter(), logging.Formatter()
    for record in (first, first, later, first):
        assert formatter.formatTime(record) == logging_s.formatTime(record)
    assert json.loads(JsonFormatter("%Y").format(first))["time"] == logging_s.formatTime(
        first, "%Y"
    )


def test_the_record_is_as_logging_makes_it(caplog: pytest.LogCaptureFixture) -> None:
    end()
    caplog.set_level(logging.INFO)
    request_log.info("GET /ok/ 200 in 1.5 ms", extra=FIELDS)
    [usual] = caplog.records

    made = end()

    assert type(made) is EndOfWork
    moving = {"created", "msecs", "relativeCreated"}
    place = {"lineno", "funcName", "pathname", "filename", "module", "args", "exc_info", "message"}
    assert {*vars(made)} | {"message"} == {*vars(usual)} | {"message"}
    same = vars(usual).keys() - moving - place
    assert {key: vars(made)[key] for key in same} == {key: vars(usual)[key] for key in same}
    assert 0 <= made.created - usual.created < 5
    assert made.relativeCreated - usual.relativeCreated == pytest.approx(
        (made.created - usual.created) * 1000, abs=1
    )
    assert made.msecs == int(made.created % 1 * 1000)
    assert logging.Formatter("%(message)s %(funcName)s").format(made).endswith(" record_of_end")


def test_each_thread_has_its_name_in_it() -> None:
    names = []
    threads = [
        threading.Thread(target=lambda: names.append(end().threadName), name=name)
        for name in ("first", "second")
    ]
    for thread in threads:
        thread.start()
        thread.join()
    assert [*names, end().threadName] == ["first", "second", threading.current_thread().name]


def test_a_task_has_its_name_in_it() -> None:
    end()

    async def told() -> Any:
        return vars(end())["taskName"]

    async def named() -> Any:
        return await asyncio.create_task(told(), name="a task")

    assert asyncio.run(named()) == "a task"


def test_a_forked_process_has_its_own_number() -> None:
    code = (
        "import os, logging; from zappa_xray.tracing.end_of_work import record_of_end\n"
        "end = lambda: record_of_end(logging.getLogger('a'), 20, '', {})\n"
        "end()\n"
        "if os.fork(): raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))\n"
        "os._exit(0 if end().process == os.getpid() and end().process == os.getpid() else 1)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_owner_s_kind_of_record_or_logger_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    class Record(logging.LogRecord):
        pass

    class Logger(logging.Logger):
        def makeRecord(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
            record = super().makeRecord(*args, **kwargs)
            record.owner = "me"
            return record

    end()
    assert vars(record_of_end(Logger("zappa_xray.request"), 20, "", {}))["owner"] == "me"
    monkeypatch.setattr(logging, "_logRecordFactory", Record)
    assert type(end()) is Record
