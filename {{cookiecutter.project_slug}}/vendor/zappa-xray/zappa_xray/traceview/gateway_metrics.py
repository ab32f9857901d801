"""What API Gateway counts of a stage, all requests, also those that never reached Django.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from zappa_xray.traceview import durations
from zappa_xray.traceview.stage import Stage

# Name in the answer -> metric and statistic.
ASKED = {
    "requests": ("Count", "Sum"),
    "errors": ("4XXError", "Sum"),
    "faults": ("5XXError", "Sum"),
    "latency": ("Latency", "Sum"),
    "longest": ("Latency", "Maximum"),
}
# How old what is asked for may be at most, and the shortest period that CloudWatch has of it in seconds:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html
KEPT = ((timedelta(days=15), 60), (timedelta(days=63), 300), (timedelta(days=455), 3600))


@dataclass(frozen=True)
class StageTotals:
    """The requests to a stage; `errors` were answered 4xx, `faults` 5xx; latencies in seconds."""

    requests: int
    errors: int
    faults: int
    mean_latency: float | None
    longest_latency: float | None

    def row(self) -> dict[str, Any]:
        return asdict(self)


def stage_totals(cloudwatch: Any, stage: Stage, start: datetime, end: datetime) -> StageTotals:
    """Return what was counted between start and end, by one GetMetricData. Raises botocore's errors."""
    queries = [_query(name, stage, end - start) for name in ASKED]
    values: dict[str, list[float]] = {name: [] for name in ASKED}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            values[result["Id"]] += result["Values"]
    requests, has_latency = round(sum(values["requests"])), values["latency"] and values["longest"]
    return StageTotals(
        requests=requests,
        errors=round(sum(values["errors"])),
        faults=round(sum(values["faults"])),
        mean_latency=sum(values["latency"]) / requests / 1000 if requests and has_latency else None,
        longest_latency=max(values["longest"]) / 1000 if values["longest"] else None,
    )


def _query(name: str, stage: Stage, age: timedelta) -> dict[str, Any]:
    metric, statistic = ASKED[name]
    dimensions = {"ApiName": stage.function, "Stage": stage.name}
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/ApiGateway",
                "MetricName": metric,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": next((period for kept, period in KEPT if age <= kept), KEPT[-1][1]),
            "Stat": statistic,
        },
    }


def sentences(totals: StageTotals, logged: int | None) -> list[str]:
    """Return the totals in words, and their difference to the requests in Django's log.

    `logged` is None where the log was not asked for all requests.
    """
    text = (
        f"{totals.requests} requests to the stage, {totals.errors} answered 4xx, "
        f"{totals.faults} answered 5xx"
    )
    if totals.mean_latency is not None:
        text += (
            f"; latency {durations.as_text(totals.mean_latency)} on average, "
            f"{durations.as_text(totals.longest_latency)} at most"
        )
    if logged is None or logged == totals.requests:
        return [f"{text}."]
    return [f"{text}.", _difference(totals.requests - logged)]


def _difference(difference: int) -> str:
    if difference > 0:
        return (
            f"{difference} of them never reached Django, or are not in its log yet: throttled, refused "
            "or too large, or a process that did not come up."
        )
    return (
        f"{-difference} fewer than in Django's log: CloudWatch has a request some minutes later, and "
        "counts by whole minutes."
    )
