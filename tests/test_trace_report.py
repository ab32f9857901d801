"""The service's report and show against the emulated X-Ray, with thousands of traces."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.aws import EmulatedAWS
from tests.managing import Managed

HEADER = b'{"format": "json", "version": 1}\n'
BATCH = 50
XRAY = ("--source=xray", "--since=1h")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("reports")]

# Method, route, number of traces, and what is special about the first so many of them.
ROUTES: list[tuple[str, str, int, dict[str, bool], int]] = [
    ("GET", "/api/notes/", 3_000, {}, 0),
    ("GET", "/api/notes/{id}/", 1_000, {"error": True}, 90),
    ("POST", "/api/notes/", 900, {"throttle": True, "error": True}, 25),
    ("GET", "/api/report/", 100, {"fault": True}, 4),
]


def trace(number: int, name: str, seconds: float, **more: Any) -> list[dict[str, Any]]:
    """Return the documents of one trace: the gateway's segment and the function's below it."""
    start = time.time() - 1_800 + number / 100
    trace_id = f"1-{int(start):08x}-{number:024x}"
    method, route = more.pop("method"), more.pop("route")
    annotations = {"method": method, "route": route} | more.pop("annotations", {})
    times = {"trace_id": trace_id, "start_time": start, "end_time": start + seconds}
    gateway = {"id": f"{number:015x}0", "name": f"{name}/dev", "http": {"request": {}}, **times}
    function = {"id": f"{number:015x}1", "name": name, "parent_id": gateway["id"], **times}
    subsegment = {"id": f"{number:015x}2", "name": "notes-api", "annotations": annotations, **times}
    return [gateway | more, function | {"subsegments": [subsegment]}]


def synthetic() -> Iterator[list[dict[str, Any]]]:
    """Yield 5 000 traces; those of a route take 1, 2, 3 ... ms, and the last times out."""
    number = 0
    for method, route, count, special, special_count in ROUTES:
        for position in range(count):
            number += 1
            more: dict[str, Any] = dict(special) if position < special_count else {}
            if route == "/api/report/" and position == count - 1:
                more = {"fault": True, "annotations": {"timed_out": True}}
            seconds = (position * 7 % count + 1) / 1000
            yield trace(number, "notes-api-dev", seconds, method=method, route=route, **more)
    for other in range(20):
        yield trace(10_000 + other, "another-dev", 9.0, method="GET", route="/another/")


@pytest.fixture(scope="module")
def traced(aws: EmulatedAWS) -> EmulatedAWS:
    """An emulated X-Ray that holds all of them."""
    xray = aws.client("xray")
    documents = [json.dumps(document) for trace in synthetic() for document in trace]
    for first in range(0, len(documents), BATCH):
        answer = xray.put_trace_segments(TraceSegmentDocuments=documents[first : first + BATCH])
        assert answer["UnprocessedTraceSegments"] == []
    return aws


@pytest.fixture(scope="module")
def report(commands: Managed, traced: EmulatedAWS) -> dict[str, Any]:
    """The report of them all."""
    printed = commands.manage(traced, "trace_report", "dev", *XRAY, "--json")
    found: dict[str, Any] = json.loads(printed)
    return found


def figures(
    method: str, route: str, count: int, *, errors: int = 0, throttles: int = 0, faults: int = 0
) -> dict[str, Any]:
    """Return the known figures of a route whose traces take 1 ... count ms."""
    return {
        "method": method,
        "route": route,
        "requests": count,
        "median": count * 50 // 100 / 1000,
        "p90": count * 90 // 100 / 1000,
        "p99": count * 99 // 100 / 1000,
        "maximum": count / 1000,
        "errors": errors,
        "throttles": throttles,
        "faults": faults,
        "time_outs": 1 if route == "/api/report/" else 0,
        "cold_starts": 0,
        "cold_time_outs": 0,
        "after_kill": None,
    }


def test_the_figures_of_five_thousand_traces_are_the_known_ones(
    report: dict[str, Any],
) -> None:
    slowest = {one["route"]: one["trace_id"] for one in report["xray"]["slowest"]}
    addresses = {one["route"]: one["address"] for one in report["xray"]["slowest"]}
    rounded = [
        {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
        for row in report["routes"]
    ]
    assert rounded == [
        figures("GET", "/api/report/", 100, faults=5),
        figures("POST", "/api/notes/", 900, throttles=25),
        figures("GET", "/api/notes/", 3_000),
        figures("GET", "/api/notes/{id}/", 1_000, errors=90),
    ]
    assert addresses["/api/report/"].endswith(f"#xray:traces/{slowest['/api/report/']}")
    assert "not known" in report["xray"]["sampling"]


def test_the_report_takes_what_its_filters_say(commands: Managed, traced: EmulatedAWS) -> None:
    options = (*XRAY, "--slower-than=500ms", "--route=/api/notes/{id}/", "--json")
    [row] = json.loads(commands.manage(traced, "trace_report", "dev", *options))["routes"]
    assert (row["route"], row["requests"]) == ("/api/notes/{id}/", 500)
    assert row["maximum"] == pytest.approx(1, abs=0.001)


def test_the_report_is_a_table_of_the_time_outs(commands: Managed, traced: EmulatedAWS) -> None:
    printed = commands.manage(traced, "trace_report", "dev", "--timed-out", *XRAY)
    assert "1 traced requests" in printed
    assert "GET /api/report/" in printed
    assert "/api/notes/" not in printed


def test_show_prints_the_slowest_of_them(
    commands: Managed, traced: EmulatedAWS, report: dict[str, Any]
) -> None:
    slowest = report["xray"]["slowest"][0]["trace_id"]
    printed = commands.manage(traced, "trace_show", slowest)
    headline, gateway, function, request = printed.splitlines()[:4]
    assert headline.startswith("GET /api/report/  100.0 ms")
    assert headline.endswith(slowest)
    assert gateway.endswith("notes-api-dev/dev" + "  fault" * ("fault" in gateway))
    assert function == "  100.0 ms    notes-api-dev"
    assert request.startswith("  100.0 ms      GET /api/report/")


def test_a_stage_of_another_name_is_refused(commands: Managed, aws: EmulatedAWS) -> None:
    with pytest.raises(Exception, match="no stage 'prod', but: dev, production"):
        commands.manage(aws, "trace_report", "prod")
