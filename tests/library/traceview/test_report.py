"""The report's command: what it asks the log, and what it says of all requests."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY
from django.core.management import CommandError
from zappa_xray.traceview import insights
from zappa_xray.traceview.killed import hurt_requests
from zappa_xray.traceview.log_lines import rare_lines
from zappa_xray.traceview.log_queries import RARE, in_batches, in_time, of_routes
from zappa_xray.traceview.log_queries import percentiles as percentiles_of

from tests.library.traceview.report_calls import (
    DENIED,
    GROUP,
    Stubs,
    count,
    expect_destination,
    expect_metrics,
    expect_query,
    expect_sampling,
    expect_x_ray,
    in_json,
    line,
    message,
    percentiles,
    report_line,
    results,
    run,
    summary,
)


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
