"""The alarms of CloudWatch on a stage's metrics."""

from typing import Any

from zappa_xray.deployment.alarms.counted import KILLED, PAST_DEADLINE
from zappa_xray.deployment.alarms.thing import Facts
from zappa_xray.deployment.alarms.topic import told
from zappa_xray.deployment.alarms.wanted import DEFAULTS, Wanted
from zappa_xray.deployment.names import namespace
from zappa_xray.deployment.stage import Stage

Query = dict[str, Any]
TIME_OUTS, FAULTS = "time-outs", "5xx"


class MetricAlarm:
    """An alarm on the sum of one period.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """

    def __init__(
        self, stage: Stage, kind: str, wanted: Wanted, threshold: int, metrics: list[Query]
    ) -> None:
        self._stage = stage
        self._name = alarm_name(stage, kind)
        self.name = f"the alarm {self._name}"
        self.wanted: Facts = {
            "AlarmDescription": f"{threshold} or more {kind} of {stage.function} in"
            f" {wanted.period_seconds} s. Which, and why: make report, make why"
            f" (STAGE={stage.name}).",
            "AlarmActions": [told(stage, wanted)],
            "OKActions": [told(stage, wanted)],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Threshold": float(threshold),
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "Metrics": metrics,
        }

    def read(self) -> Facts | None:
        named = {alarm["AlarmName"]: alarm for alarm in alarms(self._stage)}
        return named.get(self._name)

    def write(self) -> None:
        self._stage.call(
            "cloudwatch", "put_metric_alarm", AlarmName=self._name, **dict(self.wanted)
        )

    def delete(self) -> None:
        self._stage.call("cloudwatch", "delete_alarms", AlarmNames=[self._name])


def time_outs(stage: Stage, wanted: Wanted = DEFAULTS) -> MetricAlarm:
    """Return the alarm on requests past their deadline, or killed: the larger number of both."""
    counts = [
        _count(query, {"Namespace": namespace(stage), "MetricName": metric}, wanted)
        for query, metric in (("past_deadline", PAST_DEADLINE), ("killed", KILLED))
    ]
    larger = {
        "Id": TIME_OUTS.replace("-", "_"),
        "Expression": "MAX([FILL(past_deadline, 0), FILL(killed, 0)])",
        "ReturnData": True,
    }
    return MetricAlarm(stage, TIME_OUTS, wanted, wanted.time_outs, [*counts, larger])


def faults(stage: Stage, wanted: Wanted = DEFAULTS) -> MetricAlarm:
    """Return the alarm on 5xx of the stage, the gateway's own among them.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """
    metric = {
        "Namespace": "AWS/ApiGateway",
        "MetricName": "5XXError",
        "Dimensions": [
            {"Name": "ApiName", "Value": stage.function},
            {"Name": "Stage", "Value": stage.name},
        ],
    }
    counted = _count("faults", metric, wanted) | {"ReturnData": True}
    return MetricAlarm(stage, FAULTS, wanted, wanted.faults, [counted])


def alarms(stage: Stage) -> list[dict[str, Any]]:
    """Return the stage's own alarms as CloudWatch has them. Raises CallFailed."""
    names = [alarm_name(stage, kind) for kind in (TIME_OUTS, FAULTS)]
    found: list[dict[str, Any]] = stage.call("cloudwatch", "describe_alarms", AlarmNames=names)[
        "MetricAlarms"
    ]
    return found


def alarm_name(stage: Stage, kind: str) -> str:
    return f"{stage.function}-{kind}"


def _count(query: str, metric: Query, wanted: Wanted) -> Query:
    return {
        "Id": query,
        "MetricStat": {"Metric": metric, "Period": wanted.period_seconds, "Stat": "Sum"},
        "ReturnData": False,
    }
