"""What the report takes from X-Ray, and what it says of sampling and Transaction Search."""

import json
from datetime import UTC, datetime, timedelta

from botocore.stub import ANY

from tests.library.traceview import in_production
from tests.library.traceview.report_calls import (
    Stubs,
    expect_destination,
    expect_metrics,
    expect_query,
    expect_sampling,
    expect_x_ray,
    in_json,
    run,
    summary,
)


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
