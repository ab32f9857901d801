from typing import Any

import pytest
from zappa_xray.deployment.alarms.given_topic import absence
from zappa_xray.deployment.alarms.made import remove, things, unneeded
from zappa_xray.deployment.alarms.metric_alarm import time_outs
from zappa_xray.deployment.alarms.thing import holds
from zappa_xray.deployment.alarms.wanted import Wanted, faults_of, wanted
from zappa_xray.deployment.doctor.alarms import warn_somebody
from zappa_xray.deployment.doctor.link import Broken, LeftOut

from tests.library.deployment.conftest import AWS, stage

NO_TOPIC = "has no ARN of an SNS topic, no FIFO one, as its sns_topic_arn"
ARN = "arn:aws:sns:eu-central-1:123456789012:everybody"


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        (None, None),
        (False, None),
        ({}, Wanted()),
        ({"faults": 2}, Wanted(faults=2)),
        ({"sns_topic_arn": ARN}, Wanted(sns_topic_arn=ARN)),
    ],
)
def test_a_right_setting_is_understood(setting: object, found: Wanted | None) -> None:
    assert list(faults_of({"xray_alarms": setting})) == []
    assert wanted({"xray_alarms": setting}) == found


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [
        (True, "is no object such as {}"),
        ("yes", "is no object such as {}"),
        ({"time_out": 1}, "has no key time_out, perhaps time_outs?"),
        ({"nonsense": 1}, "has no key nonsense"),
        ({"faults": 0}, "has no whole number above 0 as its faults"),
        ({"faults": True}, "has no whole number above 0 as its faults"),
        ({"time_outs": "1"}, "has no whole number above 0 as its time_outs"),
        ({"period_seconds": 90}, "has no multiple of 60 up to 86400 as its period_seconds"),
        ({"email": 1}, "has no text as its email"),
        ({"faults": 10**400}, "has no whole number above 0 as its faults"),
        ({"faults": 1.5}, "has no whole number above 0 as its faults"),
        ({"__doc__": "x"}, "has no key __doc__"),
        ({"email": "nobody"}, "has no address as its email"),
        ({"sns_topic_arn": "everybody"}, NO_TOPIC),
        ({"sns_topic_arn": "arn:aws:sqs:eu-central-1:123456789012:everybody"}, NO_TOPIC),
        ({"sns_topic_arn": f"{ARN}.fifo"}, NO_TOPIC),
        (
            {"sns_topic_arn": ARN.replace("central", "west")},
            (
                "has a topic of eu-west-1, and an alarm tells only those of its own region, eu-central-1"
            ),
        ),
        (
            {"sns_topic_arn": ARN, "email": "ada@example.com"},
            "has an email beside a sns_topic_arn: who hears of a given topic is not ours to say",
        ),
    ],
)
def test_a_wrong_setting_is_said(setting: object, wrong: str) -> None:
    assert list(faults_of({"xray_alarms": setting, "aws_region": "eu-central-1"})) == [wrong]


@pytest.mark.parametrize(
    ("code", "said"), [(None, []), ("NotFound", [ARN]), ("AuthorizationError", [])]
)
def test_a_topic_that_is_not_there_is_said_before_anything_is_built(
    aws: AWS, code: str | None, said: list[str]
) -> None:
    found = aws.stage(xray_alarms={"sns_topic_arn": ARN})
    if code:
        aws.refuses("sns", "get_topic_attributes", code)
    else:
        aws.answers("sns", "get_topic_attributes", {"Attributes": {}}, TopicArn=ARN)
    told = list(absence(found))
    assert [arn for arn in [ARN] if any(arn in text for text in told)] == said
    assert list(absence(aws.stage(xray_alarms={}))) == []


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert len(list(faults_of({"xray_alarms": {"email": 1, "faults": -1, "nonsense": 0}}))) == 3


def names(aws: AWS, settings: Wanted, **zappa_settings: Any) -> tuple[set[str], set[str]]:
    """Return what a stage should have, and what is to go."""
    found = aws.stage(**zappa_settings)
    aws.answers("sts", "get_caller_identity", {"Arn": "arn:aws:iam::123456789012:user/ada"})
    kept = {thing.name for thing in things(found, settings)}
    return kept, {thing.name for thing in unneeded(found, settings)}


def test_a_stage_without_a_rest_api_has_no_5xx_of_a_gateway_to_look_at(aws: AWS) -> None:
    kept, gone = names(aws, Wanted(), apigateway_version="v2")
    assert "the alarm notes-dev-time-outs" in kept
    assert gone == {"the alarm notes-dev-5xx"}


def test_a_given_topic_takes_the_place_of_the_stages_own(aws: AWS) -> None:
    kept, gone = names(aws, Wanted(sns_topic_arn=ARN))
    assert "the alarm notes-dev-5xx" in kept
    assert gone == {"the topic notes-dev-alarms"}


def test_what_aws_adds_is_no_difference() -> None:
    asked = {"Metrics": [{"Id": "a", "MetricStat": {"Period": 300}}], "Threshold": 1.0}
    given = {
        "Metrics": [{"Id": "a", "Label": "", "MetricStat": {"Period": 300, "Unit": "None"}}],
        "Threshold": 1,
        "AlarmName": "added",
    }
    assert holds(asked, given)
    assert not holds(asked, given | {"Threshold": 2})
    assert not holds(asked, given | {"Metrics": [{"Id": "a", "MetricStat": {"Period": 60}}]})
    assert not holds(asked, given | {"Metrics": []})
    assert not holds(asked, {"Threshold": 1})


def test_a_kill_with_both_of_its_lines_counts_once() -> None:
    found = time_outs(stage(), Wanted(sns_topic_arn=ARN)).wanted
    [shown] = [query for query in found["Metrics"] if query["ReturnData"]]
    assert shown["Expression"] == "MAX([FILL(past_deadline, 0), FILL(killed, 0)])"


@pytest.mark.parametrize("is_left", [True, False])
def test_an_undeploy_finds_what_is_left_when_the_alarms_were_deleted_by_hand(
    aws: AWS, is_left: bool
) -> None:
    aws.answers("sts", "get_caller_identity", {"Arn": "arn:aws:iam::123456789012:user/ada"})
    if is_left:
        aws.answers("cloudwatch", "get_dashboard", {"DashboardBody": "{}"})
        aws.answers("cloudwatch", "delete_dashboards", {}, DashboardNames=["notes-dev"])
    else:
        aws.refuses("cloudwatch", "get_dashboard", "ResourceNotFound")
    for _ in range(3):
        aws.answers("logs", "describe_query_definitions", {"queryDefinitions": []})
    aws.refuses("xray", "get_group", "InvalidRequestException")
    for _ in range(2):
        aws.answers("logs", "describe_metric_filters", {"metricFilters": []})
    aws.refuses("sns", "get_topic_attributes", "NotFound")
    for _ in range(2):
        aws.has_no_alarms()
    assert remove(aws.stage(xray_alarms={})) == (
        "What warned of notes-dev: removed the dashboard notes-dev."
        if is_left
        else "There are no alarms of notes-dev."
    )


def test_the_doctor_leaves_out_a_stage_that_wants_no_alarms(aws: AWS) -> None:
    with pytest.raises(LeftOut, match="nobody is warned of time-outs"):
        warn_somebody(aws.stage())


def test_the_doctor_misses_an_alarm_that_is_not_there(aws: AWS) -> None:
    found = aws.stage(xray_alarms={})
    aws.answers("sts", "get_caller_identity", {"Arn": "arn:aws:iam::123456789012:user/ada"})
    aws.has_no_alarms()
    with pytest.raises(Broken, match="the alarm notes-dev-time-outs is not there") as broken:
        warn_somebody(found)
    assert broken.value.remedy == "manage.py trace_stage dev"
