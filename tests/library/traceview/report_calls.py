"""What AWS's services answer to the calls of a report, and the report's command."""

import io
import json
from typing import Any

from botocore.stub import ANY, Stubber
from django.core.management import call_command

DENIED = "AccessDeniedException"
GROUP = "/aws/lambda/library-dev"
Stubs = dict[str, Stubber]


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
