"""What CloudWatch counts of a log, which moto keeps the metric filters for and does not do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import LogsBackend

# The patterns that are understood, of the many that there are:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
IS_TRUE = re.compile(r"\{ \(\$\.(?P<key>\w+) IS TRUE\) && \(\$\.(?P<missing>\w+) NOT EXISTS\) \}")
TEXT = re.compile(r'"(?P<text>[^"]+)"')
Put = Callable[..., Any]


def matches(pattern: str, message: str) -> bool:
    """Return whether a line is counted. Raises ValueError for a pattern that is not understood."""
    if found := TEXT.fullmatch(pattern):
        return found["text"] in message
    if found := IS_TRUE.fullmatch(pattern):
        try:
            line = json.loads(message)
        except ValueError:
            return False
        return (
            isinstance(line, dict)
            and line.get(found["key"]) is True
            and found["missing"] not in line
        )
    raise ValueError(f"The emulator does not understand the pattern {pattern}.")


def counted(put: Put) -> Put:
    """Change LogsBackend.put_log_events: what a filter of the group matches is counted as well."""

    def put_log_events(
        self: LogsBackend,
        log_group_name: str,
        log_stream_name: str,
        log_events: list[dict[str, Any]],
    ) -> Any:
        told = put(self, log_group_name, log_stream_name, log_events)
        for found in self.filters.get_matching_filters(log_group_name=log_group_name):
            pattern = found["filterPattern"]
            number = sum(matches(pattern, event["message"]) for event in log_events)
            for metric in found["metricTransformations"] if number else ():
                datum = {
                    "MetricName": metric["metricName"],
                    "Values": [float(metric["metricValue"])],
                    "Counts": [number],
                    "Timestamp": None,
                }
                cloudwatch_backends[self.account_id][self.region_name].put_metric_data(
                    metric["metricNamespace"], [datum]
                )
        return told

    return put_log_events


def replaced(put: Put) -> Put:
    """Change LogsBackend.put_metric_filter: moto keeps two of one name, AWS the later one."""

    def put_metric_filter(
        self: LogsBackend, filter_name: str, filter_pattern: str, log_group_name: str, *more: Any
    ) -> None:
        self.filters.delete_filter(filter_name, log_group_name)
        put(self, filter_name, filter_pattern, log_group_name, *more)

    return put_metric_filter
