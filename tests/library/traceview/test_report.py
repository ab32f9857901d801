"""The report's command against AWS's services, each of which answers what it is told and nothing else."""

import io
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from django.core.management import CommandError, call_command
from rich.console import Console
from zappa_xray.traceview import insights
from zappa_xray.traceview.figures import Figures
from zappa_xray.traceview.killed import hurt_requests
from zappa_xray.traceview.log_lines import rare_lines
from zappa_xray.traceview.log_queries import RARE, in_batches, in_time, of_routes
from zappa_xray.traceview.log_queries import percentiles as percentiles_of
from zappa_xray.traceview.report import table as table_of

from tests.library.traceview import in_production

DENIED = "AccessDeniedException"
GROUP = "/aws/lambda/library-dev"
Stubs = dict[str, Stubber]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubs]:
    """X-Ray, CloudWatch and its logs; at the end each was asked for all that it was told to answer."""
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    clients = {
        name: boto3.client(name, region_name="eu-central-1", **keys)
        for name in ("xray", "logs", "cloudwatch")
    }
    monkeypatch.setattr(boto3.session.Session, "client", lambda _, name, **__: clients[name])
    monkeypatch.setattr(time, "sleep", lambda _: None)
    stubs = {name: Stubber(client) for name, client in clients.items()}
    for stub in stubs.values():
        stub.activate()
    yield stubs
    for stub in stubs.values():
        stub.assert_no_pending_responses()


def run(*arguments: str) -> str:
    written = io.StringIO()
    call_command("trace_report", *arguments, stdout=written, stderr=io.StringIO())
    return written.getvalue()


def in_json(*arguments: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return report


def results(rows: list[dict[str, Any]], status: str = "Complete") -> dict[str, Any]:
    fields = [[{"field": name, "value": str(row[name])} for name in row] for row in rows]
    return {"status": status, "results": fields, "statistics": {"recordsScanned": 7.0}}


def expect_query(
    aws: Stubs, rows: list[dict[str, Any]], query: Any = ANY, start: Any = ANY, end: Any = ANY
) -> None:
    """A query of the function's log is started, and has ended at the second look."""
    asked = {"logGroupName": GROUP, "queryString": query, "startTime": start, "endTime": end}
    aws["logs"].add_response("start_query", {"queryId": "7"}, asked | {"limit": 10_000})
    aws["logs"].add_response("get_query_results", results([], "Running"), {"queryId": "7"})
    aws["logs"].add_response("get_query_results", results(rows), {"queryId": "7"})


def count(route: str, status: int, requests: int, longest: float, cold: int = 0) -> dict[str, Any]:
    return {
        "method": "GET",
        "route": route,
        "status": status,
        "cold_start": cold,
        "requests": requests,
        "longest": longest,
    }


def percentiles(route: str, *values: float) -> dict[str, Any]:
    named = {f"p{at}": value for at, value in enumerate(values)}
    return {"method": "GET", "route": route} | named


def line(**fields: Any) -> dict[str, Any]:
    known = {"method": "GET", "route": "/slow/", "cold_start": False, "request_id": "r"}
    return message(json.dumps(known | fields))


def message(text: str, stream: str = "s", at: str = "12:00:40.000") -> dict[str, Any]:
    return {"@timestamp": f"2026-11-24 {at}", "@message": text, "@logStream": stream}


def report_line(request_id: str, milliseconds: float, status: str, **where: str) -> dict[str, Any]:
    """Return Lambda's REPORT of an invocation that it ended."""
    text = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: 1 ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: 99 MB\tStatus: {status}\t"
    )
    return message(text, **where)


def expect_metrics(aws: Stubs, *values: list[float]) -> None:
    names = ("requests", "errors", "faults", "latency", "longest")
    found = [{"Id": name, "Values": own} for name, own in zip(names, values, strict=False)]
    aws["cloudwatch"].add_response("get_metric_data", {"MetricDataResults": found})


def summary(number: int, **more: Any) -> dict[str, Any]:
    annotations = {"method": "GET", "route": "/api/notes/"} | more.pop("annotations", {})
    return {
        "Id": f"1-5f84c7a1-{number:024x}",
        "ResponseTime": number / 1000,
        "Http": {"HttpStatus": 200},
        "Annotations": {
            key: [
                {
                    "AnnotationValue": {
                        "BooleanValue" if isinstance(one, bool) else "StringValue": one
                    }
                }
                for one in (value if isinstance(value, list) else [value])
            ]
            for key, value in annotations.items()
        },
    } | more


def expect_x_ray(
    aws: Stubs, *summaries: dict[str, Any], traces: Any = (), destination: str = "XRay"
) -> None:
    """X-Ray has these summaries and traces, and has counted nothing of sampling."""
    stub = aws["xray"]
    stub.add_response("get_trace_summaries", {"TraceSummaries": list(summaries)})
    expect_destination(aws, destination)
    if summaries:
        stub.add_response("batch_get_traces", {"Traces": list(traces)})
    expect_sampling(aws)


def expect_destination(aws: Stubs, destination: str = "XRay") -> None:
    answer = {"Destination": destination, "Status": "ACTIVE"}
    aws["xray"].add_response("get_trace_segment_destination", answer)
    if destination == "CloudWatchLogs":
        rule = {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1.0}}}
        aws["xray"].add_response("get_indexing_rules", {"IndexingRules": [rule]})


def expect_sampling(aws: Stubs, *counts: dict[str, Any]) -> None:
    rule = {"RuleName": "ours", "ServiceName": "library-dev/dev", "ServiceType": "*"}
    required = {"ResourceARN": "*", "Priority": 1, "FixedRate": 0.1, "ReservoirSize": 1}
    required |= {"Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1}
    records = [{"SamplingRule": required | rule}]
    aws["xray"].add_response("get_sampling_rules", {"SamplingRuleRecords": records})
    answer = {"SamplingStatisticSummaries": list(counts)}
    aws["xray"].add_response("get_sampling_statistic_summaries", answer)


def test_all_requests_are_counted_by_the_log_and_each_figure_says_where_it_is_from(
    aws: Stubs,
) -> None:
    expect_query(aws, [], RARE)
    counts = [count("/a/", 200, 98, 50.0, 1), count("/a/", 404, 1, 9.0), count("/a/", 429, 1, 1.0)]
    expect_query(aws, [*counts, count("/b/", 503, 7, 1_500.0)])
    expect_query(aws, [percentiles("/a/", 5, 40, 50), percentiles("/b/", 100, 1_000, 1_500)])
    expect_metrics(aws, [60.0, 50.0], [3.0], [7.0], [1_100.0], [1_600.0, 90.0])
    expect_x_ray(aws, summary(12))
    report = in_json("dev")
    assert report["source"] == "logs"
    b, a = report["routes"]
    assert a == {
        "method": "GET",
        "route": "/a/",
        "requests": 100,
        "median": 0.005,
        "p90": 0.04,
        "p99": 0.05,
        "maximum": 0.05,
        "errors": 1,
        "throttles": 1,
        "faults": 0,
        "time_outs": 0,
        "cold_starts": 98,
        "cold_time_outs": 0,
        "after_kill": 0,
    }
    assert (b["requests"], b["faults"], b["maximum"]) == (7, 7, 1.5)
    assert report["gateway"] == {
        "requests": 110,
        "errors": 3,
        "faults": 7,
        "mean_latency": 0.01,
        "longest_latency": 1.6,
    }
    assert report["gateway_says"] == [
        (
            "110 requests to the stage, 3 answered 4xx, 7 answered 5xx; latency 10.0 ms on average, "
            "1.60 s at most."
        ),
        (
            "3 of them never reached Django, or are not in its log yet: throttled, refused or too "
            "large, or a process that did not come up."
        ),
    ]
    assert report["xray"]["requests"] == 1
    assert [one["route"] for one in report["xray"]["slowest"]] == ["/api/notes/"]


def test_killed_and_late_requests_are_counted_once_with_the_slowest(aws: Stubs) -> None:
    late = {"request_id": "late", "ms": 29_000.0, "timed_out": True}
    rare = [
        line(**late, where="views.py:3"),
        line(**late | {"ms": 31_000.0}, status=200),
        line(
            request_id="gone", ms=29_000.0, timed_out=True, cold_start=True, killed_request_id="c"
        ),
        report_line("gone", 35_000, "timeout"),
        report_line("c", 35_000, "timeout"),
        message(json.dumps({"killed_request_id": "c", "killed_title": "GET /in-c/"})),
        report_line("crashed", 1_000, "error\tError Type: Runtime.ExitError"),
        message(json.dumps({"killed_request_id": "crashed", "killed_title": "GET /slow/"})),
        report_line("after-its-end", 5_000, "timeout"),
        # Background work, with and without a line of its own.
        message(json.dumps({"request_id": "task", "timed_out": True, "ms": 1.0})),
        report_line("task", 900_000, "timeout"),
        report_line("task-2", 900_000, "timeout"),
        message(json.dumps({"killed_request_id": "task-2", "killed_title": "notes.count"})),
        # A process that did not come up, after one that was killed.
        report_line("first", 35_000, "timeout", stream="t", at="12:01:00.000"),
        message(
            "INIT_REPORT Init Duration: 34999 ms\tPhase: invoke\tStatus: timeout", "t", "12:01:59"
        ),
        report_line("no-init", 35_000, "timeout", stream="t", at="12:02:00.000"),
    ]
    expect_query(aws, rare, RARE)
    expect_query(aws, [{"request_id": "after-its-end"}])
    expect_query(aws, [count("/slow/", 200, 5, 80.0)])
    expect_query(aws, [percentiles("/slow/", 40, 80, 80)])
    # 8 requests, of which 5 ended in time: the median is the fourth of these.
    expect_query(aws, [percentiles("/slow/", 66)])
    expect_metrics(aws)
    expect_x_ray(aws)
    slow, unknown, in_c = in_json("dev")["routes"]
    assert slow == {
        "method": "GET",
        "route": "/slow/",
        "requests": 8,
        "median": 0.066,
        "p90": 35.0,
        "p99": 35.0,
        "maximum": 35.0,
        "errors": 0,
        "throttles": 0,
        "faults": 3,
        "time_outs": 2,
        "cold_starts": 1,
        "cold_time_outs": 1,
        "after_kill": 1,
    }
    assert (in_c["route"], in_c["time_outs"], in_c["median"]) == ("/in-c/", 1, 35.0)
    assert (unknown["route"], unknown["requests"]) == ("(route not recorded)", 2)
    assert (unknown["cold_time_outs"], unknown["after_kill"]) == (1, 1)


def test_a_cold_start_that_dies_is_told_by_lambda_s_own_lines() -> None:
    failed = "INIT_REPORT Init Duration: 4.87 ms\tPhase: invoke\tStatus: error\tError Type: X"
    lines = rare_lines(
        [
            message(failed, "in-init", "12:00:59.900"),
            report_line("in-init", 20, "error", stream="in-init", at="12:01:00.000"),
            report_line("warm", 900, "error", stream="in-init", at="12:05:00.000"),
            message(
                "REPORT RequestId: first\tDuration: 900.00 ms\tMax Memory Used: 99 MB\t"
                "Init Duration: 700.00 ms\tStatus: error\tError Type: Runtime.ExitError\t"
            ),
        ]
    )
    told = {
        request_id: hurt.cold
        for request_id, hurt in zip(lines.deaths, hurt_requests(lines, ()), strict=True)
    }
    assert told == {"in-init": True, "warm": False, "first": True}


def platform(kind: str, **record: Any) -> dict[str, Any]:
    return message(json.dumps({"time": "t", "type": f"platform.{kind}", "record": record}))


def test_a_log_in_json_has_the_same_kills_and_cold_starts() -> None:
    duration = {"durationMs": 35_000.0, "memorySizeMB": 512, "maxMemoryUsedMB": 99}
    lines = rare_lines(
        [
            platform("report", requestId="killed", metrics=duration, status="timeout"),
            platform("report", requestId="fine", metrics=duration, status="success"),
            platform(
                "report",
                requestId="first",
                metrics=duration | {"initDurationMs": 700.0},
                status="error",
                errorType="Runtime.ExitError",
            ),
            platform("initReport", phase="invoke", status="error", metrics={"durationMs": 3.0}),
            platform("initReport", phase="init", status="timeout", metrics={"durationMs": 3.0}),
        ]
    )
    assert {
        key: (one.timed_out, one.is_first, one.seconds) for key, one in lines.deaths.items()
    } == {
        "killed": (True, False, 35.0),
        "first": (False, True, 35.0),
    }
    assert len(lines.failed_inits) == 1


def test_the_filters_are_asked_of_the_log_and_hold_for_what_was_killed(aws: Stubs) -> None:
    rare = [
        line(request_id=route, ms=29_000.0, timed_out=True, route=route) for route in ("/s/", "/x/")
    ]
    expect_query(aws, rare, RARE)
    condition = (
        "ispresent(method) and ispresent(status) and ispresent(ms) and ispresent(cold_start)"
        " and not ispresent(timed_out) and route like /(?i)S\\//"
        " and status >= 500 and status < 600 and ms > 1500"
    )
    by = "count(*) as requests, max(ms) as longest by method, route, status, cold_start"
    expect_query(aws, [], f"filter {condition} | stats {by}")
    expect_metrics(aws, [9.0])
    expect_x_ray(aws)
    options = ("--route=S/", "--status=5xx", "--slower-than=1500ms")
    report = in_json("dev", *options)
    assert [(row["route"], row["requests"]) for row in report["routes"]] == [("/s/", 1)]
    assert len(report["gateway_says"]) == 1  # of all requests: no difference is told


def test_time_outs_alone_need_no_other_query(aws: Stubs) -> None:
    expect_query(aws, [line(ms=30_000, timed_out=True, status=200)], RARE)
    expect_metrics(aws)
    expect_x_ray(aws)
    [row] = in_json("dev", "--timed-out")["routes"]
    assert (row["requests"], row["time_outs"], row["faults"], row["p99"]) == (1, 1, 1, 30.0)


def test_ten_thousand_rows_are_asked_for_in_halves_of_the_time(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "MOST_ROWS", 2)
    told: list[str] = []
    logs = boto3.session.Session().client("logs")
    asked = insights.Insights(logs, GROUP, told.append)
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    first = int(start.timestamp())
    for rows, since, until in (
        ([{"n": 1}, {"n": 2}], 0, 60),
        ([{"n": 1}], 0, 30),
        ([{"n": 2}], 31, 60),
    ):
        answer = {"logGroupName": GROUP, "queryString": "fields n", "limit": 2}
        answer |= {"startTime": first + since, "endTime": first + until}
        aws["logs"].add_response("start_query", {"queryId": "7"}, answer)
        aws["logs"].add_response("get_query_results", results([], "Running"))
        aws["logs"].add_response("get_query_results", results(rows))
    assert asked.rows("fields n", start, start + timedelta(minutes=1), "Numbers") == [
        {"n": "1"},
        {"n": "2"},
    ]
    assert told == ["Numbers: 7 lines of the log read"] * 3
    aws["logs"].add_response("start_query", {"queryId": "7"})
    aws["logs"].add_response("get_query_results", results([{"n": 1}, {"n": 2}]))
    with pytest.raises(CommandError, match="more than 2 rows in one second"):
        asked.rows("fields n", start, start, "Numbers")


def test_other_queries_of_the_account_are_waited_for(aws: Stubs) -> None:
    aws["logs"].add_client_error("start_query", "LimitExceededException")
    aws["logs"].add_response("start_query", {"queryId": "7"})
    aws["logs"].add_response("get_query_results", results([{"n": 1}]))
    told: list[str] = []
    asked = insights.Insights(boto3.session.Session().client("logs"), GROUP, told.append)
    now = datetime.now(UTC)
    assert asked.rows("fields n", now, now, "Numbers") == [{"n": "1"}]
    assert told == ["waiting for other queries of the account to end"]


@pytest.mark.parametrize("status", ["Timeout", "Failed", "Cancelled"])
def test_a_query_that_does_not_complete_is_told_and_stopped(aws: Stubs, status: str) -> None:
    aws["logs"].add_response("start_query", {"queryId": "7"})
    aws["logs"].add_response("get_query_results", results([], status))
    aws["logs"].add_response("stop_query", {"success": True}, {"queryId": "7"})
    with pytest.raises(CommandError, match=f"ended as {status}; ask for less time with --since"):
        run("dev")


def test_who_has_no_patience_stops_the_query_without_a_traceback(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    aws["logs"].add_response("start_query", {"queryId": "7"})
    aws["logs"].add_response("get_query_results", results([], "Running"))
    aws["logs"].add_response("stop_query", {"success": True}, {"queryId": "7"})
    with pytest.raises(CommandError, match="stopped, and CloudWatch's query with it"):
        run("dev")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (DENIED, r"logs:StartQuery on /aws/lambda/library-dev is missing.*ReadLogs.*--source xray"),
        ("ResourceNotFoundException", "no log group /aws/lambda/library-dev in this region"),
        ("MalformedQueryException", "MalformedQueryException"),
    ],
)
def test_a_log_that_cannot_be_asked_is_told_with_what_to_do(
    aws: Stubs, code: str, told: str
) -> None:
    aws["logs"].add_client_error("start_query", code, "not so")
    with pytest.raises(CommandError, match=told):
        run("dev")


def test_what_only_adds_to_the_figures_may_be_forbidden(aws: Stubs) -> None:
    expect_query(aws, [])
    expect_query(aws, [count("/a/", 200, 3, 2.0)])
    expect_query(aws, [percentiles("/a/", 1, 2, 2)])
    aws["cloudwatch"].add_client_error("get_metric_data", "AccessDenied")
    aws["xray"].add_client_error("get_trace_summaries", DENIED)
    printed = run("dev").splitlines()
    assert printed[2] == "From the function's log, all requests: 3"
    assert printed[-2:] == [
        "What API Gateway counted is not known: GetMetricData answered AccessDenied.",
        "What X-Ray has of it is not known: GetTraceSummaries answered AccessDeniedException.",
    ]


def test_x_ray_s_figures_are_exact_and_say_what_was_sampled_away(aws: Stubs) -> None:
    fault = {"Http": {"HttpStatus": 504}, "annotations": {"timed_out": True, "cold_start": True}}
    pages = [
        [summary(number) for number in range(1, 61)],
        [summary(60), *map(summary, range(61, 100))],
    ]
    # Some call inside was throttled, or failed: the root's status says what the client got.
    pages[1] += [summary(100, HasThrottle=True, HasError=True), summary(29_000, **fault)]
    pages[1] += [summary(101, Http={"HttpStatus": 429}, HasError=True, IsPartial=True)]
    for number, page in enumerate(pages):
        answer = {"TraceSummaries": page} | ({"NextToken": "more"} if number == 0 else {})
        aws["xray"].add_response("get_trace_summaries", answer)
    expect_destination(aws)
    aws["xray"].add_response("batch_get_traces", {"Traces": []})
    now = datetime.now(UTC)
    counts = {"RequestCount": 600, "SampledCount": 100, "BorrowCount": 2}
    old = now - timedelta(hours=2)
    expect_sampling(
        aws,
        {"RuleName": "ours", "Timestamp": now - timedelta(minutes=5), **counts},
        {"RuleName": "ours", "Timestamp": old, **counts},
        {"RuleName": "Default", "Timestamp": now, **counts},
    )
    expect_metrics(aws)
    report = in_json("dev", "--source=xray")
    assert report["source"] == "xray"
    assert report["xray"]["sampling"] == (
        "Sampling (ours): of 600 requests 102 were traced, "
        "498 were sampled away: they are not in these figures, nor is what the "
        "gateway answered itself."
    )
    assert (report["xray"]["requests"], report["xray"]["partial"]) == (102, 1)
    assert report["routes"] == [
        {
            "method": "GET",
            "route": "/api/notes/",
            "requests": 102,
            "median": 0.051,
            "p90": 0.092,
            "p99": 0.101,
            "maximum": 29.0,
            "errors": 0,
            "throttles": 1,
            "faults": 1,
            "time_outs": 1,
            "cold_starts": 1,
            "cold_time_outs": 1,
            "after_kill": None,
        }
    ]
    [slowest] = report["xray"]["slowest"]
    assert slowest["trace_id"] == summary(29_000)["Id"]
    assert slowest["address"].endswith(f"#xray:traces/{slowest['trace_id']}")


def test_several_requests_of_one_trace_id_are_told_apart(aws: Stubs) -> None:
    first, second = json.loads(json.dumps([in_production()] * 2))
    for segment in second["Segments"]:
        document = json.loads(
            segment["Document"]
            .replace('"id": "', '"id": "x')
            .replace('"parent_id": "', '"parent_id": "x')
            .replace("/api/notes/", "/other/")
        )
        segment["Document"] = json.dumps(document)
    both = first | {"Segments": first["Segments"] + second["Segments"]}
    one = summary(1, Id=first["Id"], annotations={"route": ["/api/notes/", "/other/"]})
    aws["xray"].add_response("get_trace_summaries", {"TraceSummaries": [one]})
    for _ in range(2):  # to tell them apart, and for the slowest of each route
        if _:
            expect_destination(aws)
        aws["xray"].add_response("batch_get_traces", {"Traces": [both]}, {"TraceIds": [one["Id"]]})
    expect_sampling(aws)
    expect_metrics(aws)
    report = in_json("dev", "--source=xray")
    assert {(row["route"], row["requests"]) for row in report["routes"]} == {
        ("/api/notes/", 1),
        ("/other/", 1),
    }


def test_the_slowest_trace_has_what_took_its_time(aws: Stubs) -> None:
    trace = in_production()
    expect_query(aws, [])
    expect_query(aws, [])
    expect_metrics(aws)
    expect_x_ray(aws, summary(1_370, Id=trace["Id"]), traces=[trace])
    printed = run("dev").splitlines()
    at = printed.index("From X-Ray, 1 traced requests, the slowest of each route:")
    assert printed[at + 1] == f"GET /api/notes/  1 traced, the slowest 1.37 s  {trace['Id']}"
    assert "Initialization" in printed[at + 2]
    assert "connect default" in printed[at + 3]
    assert printed[at + 5].strip().startswith("https://eu-central-1.console.aws.amazon.com/")


def test_x_ray_is_asked_for_its_own_service_and_loses_no_killed_one(aws: Stubs) -> None:
    expected = {
        "StartTime": ANY,
        "EndTime": ANY,
        "TimeRangeType": "TraceId",
        "Sampling": False,
        "FilterExpression": 'service("library-production") AND (duration > 0.05 OR partial)',
    }
    killed = {"annotations": {"timed_out": True}, "IsPartial": True, "Duration": 35.0}
    page = {"TraceSummaries": [summary(number) for number in (40, 60)]}
    page["TraceSummaries"].append(summary(7, **killed))
    del page["TraceSummaries"][-1]["ResponseTime"]
    for _ in range(3):  # twelve hours and a bit, six at a time
        aws["xray"].add_response("get_trace_summaries", page, expected)
    expect_destination(aws)
    aws["xray"].add_response("batch_get_traces", {"Traces": []})
    expect_sampling(aws)
    expect_metrics(aws)
    options = ("--source=xray", "--since=725m", "--slower-than=50ms", "--route=notes")
    [figures] = in_json("production", *options)["routes"]
    assert (figures["requests"], figures["median"], figures["maximum"]) == (2, 0.06, 35.0)


def test_transaction_search_is_told_and_what_it_hides_is_found_by_its_id(aws: Stubs) -> None:
    trace = in_production()
    aws["xray"].add_response(
        "get_trace_summaries", {"TraceSummaries": [summary(1_370, Id=trace["Id"])]}
    )
    expect_destination(aws, "CloudWatchLogs")
    aws["xray"].add_response("batch_get_traces", {"Traces": []})
    retrieval = {"TraceIds": [trace["Id"]], "StartTime": ANY, "EndTime": ANY}
    aws["xray"].add_response("start_trace_retrieval", {"RetrievalToken": "t"}, retrieval)
    asked = {"RetrievalToken": "t", "TraceFormat": "XRAY"}
    aws["xray"].add_response("list_retrieved_traces", {"RetrievalStatus": "RUNNING"}, asked)
    spans = {"Id": trace["Id"], "Spans": trace["Segments"]}
    found = {"RetrievalStatus": "COMPLETE", "Traces": [spans]}
    aws["xray"].add_response("list_retrieved_traces", found, asked)
    expect_sampling(aws)
    expect_metrics(aws)
    report = in_json("dev", "--source=xray")
    [slowest] = report["xray"]["slowest"]
    assert slowest["subsegments"][0]["label"] == "Initialization"
    assert report["xray"]["transaction_search"].startswith(
        "Transaction Search is on: spans go to CloudWatch Logs (aws/spans), and X-Ray indexes 1 % "
        "of the traces: X-Ray's part is of those. All of them: aws xray update-indexing-rule"
    )


def table(width: int, aws: Stubs, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    route = "/api/organisations/{organisation_id}/members/{id}/"
    expect_query(aws, [line(route=route, ms=29_000, timed_out=True)])
    expect_query(aws, [count(route, 200, 123_456, 999.9), count("/b/", 404, 3, 2.0)])
    expect_query(aws, [percentiles(route, 100.5, 200.5, 999.9), percentiles("/b/", 1, 2, 2)])
    expect_query(aws, [percentiles(route, 100.5, 200.5, 999.9)])
    expect_metrics(aws)
    expect_x_ray(aws)
    lines = run("dev").splitlines()
    return lines[3 : lines.index(next(one for one in lines if one.startswith("From API")))]


def test_the_table_has_all_columns_where_there_is_room(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, hurt, *_ = table(200, aws, monkeypatch)
    assert header.split() == [
        *("route", "requests", "median", "p90", "p99", "max", "error", "throttle", "fault"),
        *("time-out", "cold", "after", "kill"),
    ]
    assert hurt.split() == [
        *("GET", "/api/organisations/{organisation_id}/members/{id}/", "123457", "100.5", "ms"),
        *("200.5", "ms", "999.9", "ms", "29.00", "s", "-", "-", "1", "1", "-", "-"),
    ]


@pytest.mark.parametrize(
    ("width", "shown", "left_out"),
    [
        (
            80,
            "route requests median p99 error fault time-out cold",
            "p90, after kill, max, throttle",
        ),
        (
            60,
            "route requests p99 fault time-out",
            "p90, after kill, max, throttle, cold, error, median",
        ),
        (
            44,
            "route requests fault time-out",
            "p90, after kill, max, throttle, cold, error, median, p99",
        ),
    ],
)
def test_the_route_stays_where_there_is_no_room(
    aws: Stubs, monkeypatch: pytest.MonkeyPatch, width: int, shown: str, left_out: str
) -> None:
    lines = table(width, aws, monkeypatch)
    assert lines[0].split() == shown.split()
    *rows, note = lines[1:]
    assert max(map(len, [lines[0], *rows])) <= width
    assert note == f"No room at {width} columns for {left_out}; --json has them."
    room = lines[0].index("requests") - 2
    written = "".join(row[:room] for row in rows).replace(" ", "")
    assert written == "GET/api/organisations/{organisation_id}/members/{id}/GET/b/"


def test_a_route_of_wide_characters_keeps_its_column() -> None:
    wide = Figures("GET", "/注文/{注文番号}/明細/", requests=1)
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(table_of([wide], 80, "requests")[0])
    header, row = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # a StringIO
    assert row.startswith("GET /注文/{注文番号}/明細/  ")
    assert header.startswith("route")


def test_nothing_found_is_no_error(aws: Stubs) -> None:
    expect_query(aws, [])
    expect_query(aws, [])
    expect_metrics(aws)
    expect_x_ray(aws)
    printed = run("dev")
    assert "all requests: 0" in printed
    assert "is not known: X-Ray has no statistics of ours for this time." in printed


def expect_retention(aws: Stubs, days: int | None) -> None:
    kept = {"logGroupName": GROUP} | ({"retentionInDays": days} if days else {})
    groups = [{"logGroupName": f"{GROUP}-other", "retentionInDays": 1}, kept]
    asked = {"logGroupNamePrefix": GROUP}
    aws["logs"].add_response("describe_log_groups", {"logGroups": groups}, asked)


def test_a_log_that_is_kept_for_less_time_is_not_compared_with_what_the_gateway_counts(
    aws: Stubs,
) -> None:
    expect_query(aws, [])
    expect_query(aws, [count("/a/", 200, 3, 2.0)])
    expect_query(aws, [percentiles("/a/", 1, 2, 2)])
    expect_retention(aws, 14)
    expect_metrics(aws, [100.0])
    for _ in range(120):
        aws["xray"].add_response("get_trace_summaries", {"TraceSummaries": []})
    expect_destination(aws)
    expect_sampling(aws)
    report = in_json("dev", "--since=31d")
    assert report["gateway_says"] == ["100 requests to the stage, 0 answered 4xx, 0 answered 5xx."]
    begins = datetime.fromisoformat(report["end"]) - timedelta(days=14)
    traced = datetime.fromisoformat(report["end"]) - timedelta(days=30)
    assert report["missing"] == [
        (
            f"The log begins {begins:%Y-%m-%d}: it is kept for no longer (log_retention_days), and "
            "what came earlier is not in its figures."
        ),
        f"X-Ray keeps traces for 30 days: its part begins {traced:%Y-%m-%d}.",
    ]


@pytest.mark.parametrize("age", ["456d", "99999999999d", "9" * 400 + "h"])
def test_more_time_than_aws_keeps_anything_is_refused(age: str) -> None:
    with pytest.raises(CommandError, match="AWS keeps figures for 455d"):
        run("dev", f"--since={age}")


def test_a_query_has_room_for_the_longest_routes() -> None:
    routes = [("GET", f"/{number}/{'x' * 990}/") for number in range(30)]
    routes += [("GET", f"/{number}/") for number in range(30)]
    batches = list(in_batches(routes))
    assert [route for batch in batches for route in batch] == routes
    percents = [100 / 7 + number for number in range(60)]
    for batch in batches:
        assert len(percentiles_of(of_routes(in_time({}), batch), percents)) < 10_000
    assert max(map(len, batches)) == 20


def test_json_needs_no_rich(aws: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    for name in ("terminal", "report"):
        monkeypatch.delitem(sys.modules, f"zappa_xray.traceview.{name}", raising=False)
    expect_query(aws, [])
    expect_query(aws, [])
    expect_metrics(aws)
    expect_x_ray(aws)
    assert in_json("dev")["routes"] == []


@pytest.mark.parametrize(
    ("age", "period", "windows"), [("1h", 60, 1), ("20d", 300, 81), ("10w", 3600, 120)]
)
def test_cloudwatch_is_asked_once_in_the_finest_period_that_it_has(
    aws: Stubs, age: str, period: int, windows: int
) -> None:
    expect_query(aws, [])
    expect_query(aws, [])
    if age != "1h":
        expect_retention(aws, None)
    dimensions = [{"Name": "ApiName", "Value": "library-dev"}, {"Name": "Stage", "Value": "dev"}]
    asked = [
        ("Count", "Sum"),
        ("4XXError", "Sum"),
        ("5XXError", "Sum"),
        ("Latency", "Sum"),
        ("Latency", "Maximum"),
    ]
    names = ("requests", "errors", "faults", "latency", "longest")
    metric = {"Namespace": "AWS/ApiGateway", "Dimensions": dimensions}
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": metric | {"MetricName": wanted},
                "Period": period,
                "Stat": statistic,
            },
        }
        for name, (wanted, statistic) in zip(names, asked, strict=True)
    ]
    expected = {"MetricDataQueries": queries, "StartTime": ANY, "EndTime": ANY}
    aws["cloudwatch"].add_response("get_metric_data", {"MetricDataResults": []}, expected)
    for _ in range(windows):
        aws["xray"].add_response("get_trace_summaries", {"TraceSummaries": []})
    aws["xray"].add_client_error("get_trace_segment_destination", DENIED)
    aws["xray"].add_client_error("get_sampling_rules", DENIED)
    printed = run("dev", f"--since={age}")
    assert "0 requests to the stage" in printed
    assert "Whether Transaction Search hides traces from X-Ray is not known" in printed
    assert "how many were sampled away is not known: GetSamplingRules answered" in printed
