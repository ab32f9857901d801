"""Questions to the function's log that one asks when an alarm has come, saved in CloudWatch."""

from zappa_xray.deployment.alarms.thing import Facts
from zappa_xray.deployment.log_group import function_group
from zappa_xray.deployment.stage import Stage

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
# A request that ends has a line with its status; one past its deadline a line with timed_out.
REQUESTS_BY_ROUTE = "requests by route"
TIME_OUTS = "time-outs"
FAULTS_BY_ROUTE = "5xx by route"
QUERIES = {
    REQUESTS_BY_ROUTE: """\
fields route, method, ms
| filter ispresent(route) and ispresent(status)
| stats count(*) as requests, pct(ms, 50) as median_ms, pct(ms, 99) as p99_ms, max(ms) as slowest_ms
    by method, route
| sort requests desc""",
    TIME_OUTS: """\
fields @timestamp, method, route, where, trace_id, request_id
| filter ispresent(timed_out) and not ispresent(status)
| sort @timestamp desc
| limit 100""",
    FAULTS_BY_ROUTE: """\
fields route, method, status
| filter ispresent(route) and status >= 500
| stats count(*) as faults by method, route, status
| sort faults desc""",
}


class SavedQuery:
    """A query definition of Logs Insights.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
    """

    def __init__(self, stage: Stage, title: str) -> None:
        self._stage = stage
        self._name = f"{stage.function}/{title}"  # a folder of its own in the console
        self.name = f"the saved query {self._name}"
        self.wanted: Facts = {
            "queryString": QUERIES[title],
            "logGroupNames": [function_group(stage)],
        }

    def read(self) -> Facts | None:
        answer = self._stage.call(
            "logs", "describe_query_definitions", queryDefinitionNamePrefix=self._name
        )
        return next(
            (found for found in answer["queryDefinitions"] if found["name"] == self._name), None
        )

    def write(self) -> None:
        found = self.read()
        known = {"queryDefinitionId": found["queryDefinitionId"]} if found else {}
        self._stage.call("logs", "put_query_definition", name=self._name, **known, **self.wanted)

    def delete(self) -> None:
        if found := self.read():
            self._stage.call(
                "logs", "delete_query_definition", queryDefinitionId=found["queryDefinitionId"]
            )
