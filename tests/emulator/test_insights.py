"""CloudWatch Logs Insights over an emulated log group: what our queries are made of, and no more."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.aws import EmulatedAWS
from emulator.events import ACCOUNT_ID
from emulator.insights import api
from emulator.insights.query import Event, Query
from emulator.insights.tokens import NotUnderstood

LINES: list[dict[str, Any]] = [
    {"route": "/a/", "status": 200, "ms": 1.5, "cold": True, "in": {"side": [7]}},
    {"route": "/a/", "status": 200, "ms": 2.5, "cold": False, "none": None},
    {"route": "/a/", "status": 503, "ms": 30.0, "cold": False},
    {"route": "/b/", "status": 404, "ms": 4.0, "cold": False},
    {"title": 'no route, and a "quote" / slash'},
]
EVENTS = [Event(1000 * number, json.dumps(line), "one") for number, line in enumerate(LINES)]
EVENTS.append(Event(9_001, "REPORT RequestId: 7 Status: timeout", "two"))


def rows(text: str, limit: int = 10_000) -> list[dict[str, str]]:
    return Query(text)(EVENTS, limit)[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("status >= 400 and status < 500", ["/b/"]),
        ("status = 503 or route = '/b/'", ["/a/", "/b/"]),
        ("not status = 200 and ispresent(status)", ["/a/", "/b/"]),
        ("route in [\"/b/\", '/c/']", ["/b/"]),
        ("ms > 29.5", ["/a/"]),
        ("cold = 1", ["/a/"]),
        ("in.side.0 = 7", ["/a/"]),
        ("ispresent(none)", []),
        ("(status = 404 or status = 503) and route like /^.b/", ["/b/"]),
        ('route like "a"', ["/a/"] * 3),
    ],
)
def test_a_filter_takes_the_events_that_it_describes(condition: str, expected: list[str]) -> None:
    found = rows(f"fields route | filter {condition}")
    assert [row["route"] for row in found] == expected


def test_a_filter_looks_into_lines_that_are_no_json_and_into_quotes() -> None:
    [report] = rows(
        r"fields @timestamp, @logStream | filter @message like /Status: (timeout|error)/"
    )
    assert report == {"@timestamp": "1970-01-01 00:00:09.001", "@logStream": "two"}
    [quoted] = rows(r"""fields title | filter title like "\"quote\" / s" and title like /\/ s/""")
    assert quoted["title"].startswith("no route")


def test_statistics_of_each_group_are_exact() -> None:
    [a, b] = rows(
        "filter ispresent(route) | stats count(*) as n, pct(ms, 50) as median, pct(ms, 99) as p99,"
        " max(ms) as most, sum(cold) as cold, avg(status) as mean, min(ms) as least by route"
        " | sort n desc"
    )
    assert a == {
        "route": "/a/",
        "n": "3",
        "median": "2.5",
        "p99": "30",
        "most": "30",
        "cold": "1",
        "mean": "301",
        "least": "1.5",
    }
    assert (b["route"], b["n"], b["median"]) == ("/b/", "1", "4")


def test_rows_are_sorted_and_limited() -> None:
    assert [row["ms"] for row in rows("fields ms | filter ms > 0 | sort ms desc | limit 2")] == [
        "30",
        "4",
    ]
    assert len(rows("fields ms", limit=3)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "dedup route",
        "stats median(ms) as x",
        "filter ms ~ 3",
        "filter (ms > 3",
        "fields",
        "",
        "a;b",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        Query(text)


def test_a_query_is_started_runs_and_ends(aws: EmulatedAWS) -> None:
    logs = aws.client("logs")
    name, now = "/aws/lambda/of-test-insights", int(time.time())
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="one")
    events = [{"timestamp": now * 1000 + at, "message": f"line {at}"} for at in range(5)]
    logs.put_log_events(logGroupName=name, logStreamName="one", logEvents=events)
    times = {"startTime": now - 60, "endTime": now + 60}

    def start(text: str, **more: Any) -> str:
        return str(
            logs.start_query(logGroupName=name, queryString=text, **{**times, **more})["queryId"]
        )

    query = start("fields @message | sort @message desc | limit 2")
    assert logs.get_query_results(queryId=query)["status"] == "Running"
    answer = logs.get_query_results(queryId=query)
    assert answer["status"] == "Complete"
    assert answer["results"] == [
        [{"field": "@message", "value": f"line {number}"}] for number in (4, 3)
    ]
    assert answer["statistics"]["recordsScanned"] == 5
    assert logs.stop_query(queryId=query)["success"] is True
    past = start("fields @message", startTime=now - 120, endTime=now - 61)
    logs.get_query_results(queryId=past)
    assert logs.get_query_results(queryId=past)["results"] == []
    with pytest.raises(ClientError, match="MalformedQueryException"):
        start("dedup x")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        logs.start_query(logGroupName="/none", queryString="fields x", **times)


def test_moto_s_own_lines_have_a_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto writes of an invocation without a container at a fraction of a millisecond."""
    stream = SimpleNamespace(
        log_stream_name="one", events=[SimpleNamespace(timestamp=1500.25, message="no docker")]
    )
    group = SimpleNamespace(streams={"one": stream})
    groups = {"eu-central-1": SimpleNamespace(groups={"/aws/lambda/notes": group})}
    monkeypatch.setattr(api, "logs_backends", {ACCOUNT_ID: groups})
    asked = {
        "logGroupName": "/aws/lambda/notes",
        "startTime": 1,
        "endTime": 2,
        "queryString": "fields @timestamp, @message | filter @message like /docker/ | limit 5",
    }
    [[timestamp, message]] = api.result("eu-central-1", asked)["results"]
    assert timestamp["value"].startswith("1970-01-01 00:00:01.500")
    assert message["value"] == "no docker"
