"""The documents of a trace, drawn."""

from __future__ import annotations

import pytest

from emulator.tree import lines

TRACE = "1-5f84c7a1-e7d1852db8c4fd35d88bf49a"


OUTER = {
    "id": "00000000000000a1",
    "name": "notes-api",
    "trace_id": TRACE,
    "parent_id": "00000000000000f0",
    "type": "subsegment",
    "start_time": 100.0,
}
QUERY = {
    "id": "00000000000000b2",
    "name": "execute",
    "trace_id": TRACE,
    "parent_id": OUTER["id"],
    "start_time": 100.001,
    "end_time": 100.0025,
    "sql": {
        "sanitized_query": 'SELECT "notes_note"."id", "notes_note"."owner_id", "notes_note"."title"'
        '\n  FROM "notes_note" WHERE "notes_note"."id" = %s'
    },
}
REQUEST = {"method": "GET", "url": "https://a.example/dev/api/notes/7/?secret=1"}


def test_finished_request() -> None:
    finished = OUTER | {
        "end_time": 100.0123,
        "http": {"request": REQUEST, "response": {"status": 200}},
        "annotations": {"route": "/api/notes/{id}/", "status": 200},
        "metadata": {"tracing": {"shortened": "yes"}},
        "in_progress": False,
    }
    started = OUTER | {"in_progress": True, "http": {"request": REQUEST}}
    assert lines([started, QUERY, finished], width=90) == [
        "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
        "└── segment 00000000000000f0 of the Lambda function, made by AWS",
        "    └── notes-api  GET /dev/api/notes/7/  200  12.3 ms",
        "        ├── route=/api/notes/{id}/ status=200",
        "        ├── metadata: tracing.shortened",
        "        └── execute  1.5 ms  SELECT … FROM notes_note WHERE notes_note.id = %s",
    ]


def test_failed_request() -> None:
    stack = [
        {"path": "views.py", "line": 1, "label": "dispatch"},
        {"path": "notes/views.py", "line": 12, "label": "list"},
    ]
    exception = {"type": "KeyError", "message": "'colour'", "stack": stack}
    failed = OUTER | {
        "end_time": 100.5,
        "http": {"request": REQUEST, "response": {"status": 500}},
        "fault": True,
        "cause": {"exceptions": [exception]},
    }
    assert lines([failed]) == [
        "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
        "└── segment 00000000000000f0 of the Lambda function, made by AWS",
        "    └── notes-api  GET /dev/api/notes/7/  500 fault  500.0 ms",
        "        └── KeyError: 'colour' (notes/views.py:12)",
    ]


def test_request_that_never_ended() -> None:
    started = OUTER | {"in_progress": True, "http": {"request": REQUEST}}
    assert lines([started])[2:] == ["    └── notes-api  GET /dev/api/notes/7/  in progress"]


def test_segment_of_a_local_server_with_subsegments_inside() -> None:
    inner = {"id": "00000000000000c3", "name": "render", "start_time": 1.0, "end_time": 1.001}
    segment = {key: OUTER[key] for key in ("id", "name", "trace_id", "start_time")}
    segment |= {"end_time": 101.0, "error": True, "throttle": True, "subsegments": [inner]}
    segment["http"] = {"request": REQUEST, "response": {"status": 429}}
    assert lines([segment]) == [
        "trace 1-5f84c7a1-e7d1852db8c4fd35d88bf49a",
        "└── notes-api  GET /dev/api/notes/7/  429 error throttle  1000.0 ms",
        "    └── render  1.0 ms",
    ]


def test_no_line_is_wider_than_asked_for() -> None:
    finished = OUTER | {"end_time": 101.0}
    printed = lines([finished, QUERY], width=60)
    assert printed[-1] == "        └── execute  1.5 ms  SELECT … FROM notes_note WHERE…"
    assert len(printed[-1]) == 60


def test_nothing_is_no_trace() -> None:
    with pytest.raises(ValueError, match="without a document"):
        lines([])
