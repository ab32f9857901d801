"""One dashboard of a stage: what came, how long it took, what failed, by route."""

import json
from typing import Any

from zappa_xray.deployment.alarms.counted import KILLED, PAST_DEADLINE
from zappa_xray.deployment.alarms.queries import (
    FAULTS_BY_ROUTE,
    QUERIES,
    REQUESTS_BY_ROUTE,
    TIME_OUTS,
)
from zappa_xray.deployment.alarms.thing import Facts, unless_missing
from zappa_xray.deployment.log_group import function_group
from zappa_xray.deployment.names import namespace
from zappa_xray.deployment.stage import CallFailed, Stage

WIDTH, HEIGHT = 12, 6  # of a widget, in a grid of 24 columns
Widget = dict[str, Any]


class Dashboard:
    """A dashboard, whose tables are asked of the log when somebody looks.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.name = f"the dashboard {stage.function}"
        self.wanted: Facts = {"widgets": widgets(stage)}

    def read(self) -> Facts | None:
        try:
            found = self._stage.call(
                "cloudwatch", "get_dashboard", DashboardName=self._stage.function
            )
        except CallFailed as failure:
            unless_missing(failure)
            return None
        body: Facts = json.loads(found["DashboardBody"])
        return body

    def write(self) -> None:
        self._stage.call(
            "cloudwatch",
            "put_dashboard",
            DashboardName=self._stage.function,
            DashboardBody=json.dumps(self.wanted),
        )

    def delete(self) -> None:
        self._stage.call("cloudwatch", "delete_dashboards", DashboardNames=[self._stage.function])


def widgets(stage: Stage) -> list[Widget]:
    """Return the widgets, two in a row."""
    api = ["ApiName", stage.function, "Stage", stage.name]
    function = ["FunctionName", stage.function]
    counted = namespace(stage)
    graphs = [
        _graph(stage, "Time-outs", "Sum", [[counted, PAST_DEADLINE], [counted, KILLED]]),
        _graph(
            stage,
            "Function",
            "Sum",
            [["AWS/Lambda", name, *function] for name in ("Errors", "Throttles")],
        ),
    ]
    if not stage.other_front:
        counts = [["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError")]
        latency = ["AWS/ApiGateway", "Latency", *api]
        times = [[*latency, {"stat": stat}] for stat in ("p50", "p99", "Maximum")]
        graphs = [
            _graph(stage, "Requests", "Sum", counts),
            _graph(stage, "Latency, ms", "p99", times),
            *graphs,
        ]
    tables = [_table(stage, name) for name in (REQUESTS_BY_ROUTE, TIME_OUTS, FAULTS_BY_ROUTE)]
    return [
        {
            "x": number % 2 * WIDTH,
            "y": number // 2 * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            **widget,
        }
        for number, widget in enumerate([*graphs, *tables])
    ]


def _graph(stage: Stage, title: str, stat: str, metrics: list[list[Any]]) -> Widget:
    properties = {"title": title, "region": stage.region, "metrics": metrics}
    return {"type": "metric", "properties": properties | {"stat": stat, "period": 60}}


def _table(stage: Stage, name: str) -> Widget:
    query = f"SOURCE '{function_group(stage)}' | {QUERIES[name]}"
    properties = {"title": name.capitalize(), "region": stage.region, "view": "table"}
    return {"type": "log", "properties": properties | {"query": query}}
