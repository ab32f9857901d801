"""What CloudWatch counts of the function's log."""

from zappa_xray.deployment.alarms.thing import Facts, unless_missing
from zappa_xray.deployment.log_group import function_group, make
from zappa_xray.deployment.names import namespace
from zappa_xray.deployment.stage import CallFailed, Stage

# A request past its deadline writes one line with timed_out at once, and another with its status if it
# ends after all; one that Lambda kills gets one of Lambda's; most of those killed have both, C code that keeps the interpreter only the second.
PAST_DEADLINE, KILLED = "PastDeadline", "Killed"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
PATTERNS = {
    PAST_DEADLINE: "{ ($.timed_out IS TRUE) && ($.status NOT EXISTS) }",
    KILLED: '"Task timed out after"',
}


class MetricFilter:
    """A metric filter: one of PATTERNS, counted as a metric of the same name."""

    def __init__(self, stage: Stage, metric: str) -> None:
        self._stage = stage
        self._name = f"{stage.function}-{metric}"
        self.name = f"the metric filter {self._name}"
        self.wanted: Facts = {
            "filterPattern": PATTERNS[metric],
            "metricTransformations": [
                {
                    "metricName": metric,
                    "metricNamespace": namespace(stage),
                    "metricValue": "1",
                    "defaultValue": 0.0,
                }
            ],
        }

    def read(self) -> Facts | None:
        try:
            answer = self._stage.call(
                "logs",
                "describe_metric_filters",
                logGroupName=function_group(self._stage),
                filterNamePrefix=self._name,
            )
        except CallFailed as failure:
            unless_missing(failure)
            return None
        return next(
            (found for found in answer["metricFilters"] if found["filterName"] == self._name), None
        )

    def write(self) -> None:
        make(self._stage, function_group(self._stage))
        self._stage.call(
            "logs",
            "put_metric_filter",
            logGroupName=function_group(self._stage),
            filterName=self._name,
            **self.wanted,
        )

    def delete(self) -> None:
        self._stage.call(
            "logs",
            "delete_metric_filter",
            logGroupName=function_group(self._stage),
            filterName=self._name,
        )
