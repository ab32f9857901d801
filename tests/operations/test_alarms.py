"""What warns of a stage: made, changed and taken away by the hooks, in an emulated account."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.operations.conftest import Operations

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]

COLLEAGUE = "ada@example.com"


@pytest.fixture(scope="module")
def warned(operations: Operations) -> Iterator[Operations]:
    """A stage with alarms, which has none again at the end."""
    operations.recording = "calls of test_alarms"
    operations.change_settings(xray_alarms={"email": COLLEAGUE})
    operations.printed["alarms"] = operations.manage("trace_stage", "dev")
    yield operations
    operations.change_settings(xray_alarms=None)
    removed = operations.manage("trace_stage", "dev")
    assert "What warned of" in removed
    assert {kind: len(found) for kind, found in made(operations).items()} == dict.fromkeys(KINDS, 0)
    assert "There are no alarms of" in operations.manage("trace_stage", "dev")
    operations.recording = "calls"


KINDS = ("alarms", "topics", "filters", "groups", "queries", "dashboards")


def made(operations: Operations) -> dict[str, list[Any]]:
    """Return what the account has that warns of something, as AWS gives it out."""
    cloudwatch, logs = operations.aws.client("cloudwatch"), operations.aws.client("logs")
    return {
        "alarms": cloudwatch.describe_alarms()["MetricAlarms"],
        "topics": operations.aws.client("sns").list_topics()["Topics"],
        "filters": logs.describe_metric_filters()["metricFilters"],
        "groups": operations.aws.client("xray").get_groups()["Groups"],
        "queries": logs.describe_query_definitions()["queryDefinitions"],
        "dashboards": cloudwatch.list_dashboards()["DashboardEntries"],
    }


def test_what_the_settings_ask_for_is_there_and_said(warned: Operations) -> None:
    function = warned.function
    found = made(warned)
    assert {kind: len(things) for kind, things in found.items()} == {
        "alarms": 2,
        "topics": 1,
        "filters": 2,
        "groups": 1,
        "queries": 3,
        "dashboards": 1,
    }
    topic = f"arn:aws:sns:eu-central-1:123456789012:{function}-alarms"
    by_name = {alarm["AlarmName"]: alarm for alarm in found["alarms"]}
    assert {
        name: (alarm["Threshold"], alarm["AlarmActions"]) for name, alarm in by_name.items()
    } == {
        f"{function}-time-outs": (1.0, [topic]),
        f"{function}-5xx": (5.0, [topic]),
    }
    subscriptions = warned.aws.client("sns").list_subscriptions_by_topic(TopicArn=topic)
    assert [one["Endpoint"] for one in subscriptions["Subscriptions"]] == [COLLEAGUE]
    assert found["groups"][0]["FilterExpression"] == (
        f'service("{function}/dev") AND annotation.timed_out = true'
    )
    said = warned.printed["alarms"]
    assert f"What warns of {function}: created the alarm {function}-time-outs, " in said
    assert said.count("the saved query") == 3


def test_a_second_time_nothing_is_done(warned: Operations) -> None:
    before = made(warned)
    assert f"What warns of {warned.function}: all stands already." in warned.manage(
        "trace_stage", "dev"
    )
    assert made(warned) == before


def test_what_differs_and_only_that_is_changed(warned: Operations) -> None:
    warned.change_settings(xray_alarms={"email": COLLEAGUE, "faults": 50})
    said = warned.manage("trace_stage", "dev")
    assert f"What warns of {warned.function}: changed the alarm {warned.function}-5xx." in said
    thresholds = {alarm["AlarmName"]: alarm["Threshold"] for alarm in made(warned)["alarms"]}
    assert thresholds[f"{warned.function}-5xx"] == 50.0


def test_a_topic_that_is_there_already_takes_the_place_of_the_stages_own(
    warned: Operations,
) -> None:
    given = warned.aws.client("sns").create_topic(Name="everybody")["TopicArn"]
    warned.change_settings(xray_alarms={"sns_topic_arn": given})
    said = warned.manage("trace_stage", "dev")
    assert f"removed the topic {warned.function}-alarms" in said
    found = made(warned)
    assert [topic["TopicArn"] for topic in found["topics"]] == [given]
    assert {action for alarm in found["alarms"] for action in alarm["AlarmActions"]} == {given}
    warned.aws.client("sns").delete_topic(TopicArn=given)
    warned.change_settings(xray_alarms={"email": COLLEAGUE})
    assert "created the topic" in warned.manage("trace_stage", "dev")


def test_a_missing_permission_names_its_policy(warned: Operations) -> None:
    warned.aws.client("cloudwatch").delete_dashboards(DashboardNames=[warned.function])
    refused = warned.fails("trace_stage", "dev", PutDashboard="AccessDenied")
    assert "the permission cloudwatch:PutDashboard is missing: iam/alarms-policy.json" in refused
    assert "created the dashboard" in warned.manage("trace_stage", "dev")


def test_a_misspelt_key_is_refused_before_anything_is_built(warned: Operations) -> None:
    warned.change_settings(xray_alarms={"emial": COLLEAGUE, "period_seconds": 90})
    refused = warned.fails("check", "--fail-level", "ERROR")
    assert "xray_alarms has no key emial, perhaps email?" in refused
    assert "xray_alarms has no multiple of 60 up to 86400 as its period_seconds" in refused
    warned.change_settings(xray_alarms={"email": COLLEAGUE})


def test_a_time_out_moves_the_metric_that_the_alarm_looks_at(warned: Operations) -> None:
    lines = [
        json.dumps({"message": "still at work", "timed_out": True, "route": "/api/notes/"}),
        json.dumps({"message": "200 in 3 ms", "route": "/api/notes/"}),
        json.dumps({"message": "200 in 30 s", "timed_out": True, "status": 200}),
        "2026-11-24T12:00:00.000Z 1b7f Task timed out after 35.00 seconds",
    ]
    alarm = time_outs_alarm(warned)
    assert [counted(warned, alarm, query) for query in ("past_deadline", "killed")] == [0, 0]
    write(warned, *lines)
    assert [counted(warned, alarm, query) for query in ("past_deadline", "killed")] == [1, 1]
    write(warned, lines[1])
    assert [counted(warned, alarm, query) for query in ("past_deadline", "killed")] == [1, 1]


def time_outs_alarm(operations: Operations) -> dict[str, Any]:
    [alarm] = operations.aws.client("cloudwatch").describe_alarms(
        AlarmNames=[f"{operations.function}-time-outs"]
    )["MetricAlarms"]
    found: dict[str, Any] = alarm
    return found


def counted(operations: Operations, alarm: dict[str, Any], query: str) -> float:
    """Return the sum of the metric that one query of an alarm names."""
    [found] = [one["MetricStat"] for one in alarm["Metrics"] if one["Id"] == query]
    points = operations.aws.client("cloudwatch").get_metric_statistics(
        **found["Metric"],
        Statistics=[found["Stat"]],
        Period=found["Period"],
        StartTime=time.time() - 3600,
        EndTime=time.time() + 3600,
    )["Datapoints"]
    return sum(float(point["Sum"]) for point in points)


def write(operations: Operations, *lines: str) -> None:
    """Put lines into the function's log, as it would."""
    logs = operations.aws.client("logs")
    group, stream = f"/aws/lambda/{operations.function}", f"stream/{time.monotonic_ns()}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )


def test_the_doctor_tells_states_hearers_and_cost(warned: Operations) -> None:
    told = warned.fails("trace_doctor", "dev", "--json")
    [link] = [link for link in json.loads(told)["links"] if link["name"] == "The alarms"]
    assert link["found"] == (
        "time-outs OK, 5xx OK; 1 told; about 0.90 USD a month, and 3 for the dashboard when the"
        " account has three others"
    )
    warned.aws.client("cloudwatch").delete_alarms(AlarmNames=[f"{warned.function}-5xx"])
    broken = warned.fails("trace_doctor", "dev")
    assert f"the alarm {warned.function}-5xx is not there" in broken
