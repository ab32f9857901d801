"""The stage's access log and how long its logs are kept: the hook's steps, and the doctor's looks."""

import json
from typing import Any

import pytest
from zappa_xray.deployment import access_log, log_retention
from zappa_xray.deployment.access_log import FORMAT
from zappa_xray.deployment.doctor import logs
from zappa_xray.deployment.doctor.link import examined
from zappa_xray.deployment.stage import CallFailed

from tests.library.deployment.conftest import AWS

FUNCTION, ACCESS = "/aws/lambda/notes-dev", "/aws/apigateway/notes-dev"
ARN = f"arn:aws:logs:eu-central-1:123456789012:log-group:{ACCESS}"
ON = {"destinationArn": ARN, "format": FORMAT}


def has_group(aws: AWS, name: str, days: int | None = None, *, there: bool = True) -> None:
    """Have AWS asked for a group; one whose name goes on is told where there is none."""
    arn = f"arn:aws:logs:eu-central-1:123456789012:log-group:{name}:*"
    group: dict[str, Any] = {"logGroupName": name if there else f"{name}-2", "arn": arn}
    group |= {} if days is None else {"retentionInDays": days}
    aws.answers(
        "logs", "describe_log_groups", {"logGroups": [group]}, logGroupNamePrefix=name, limit=1
    )


def makes_group(aws: AWS, name: str) -> None:
    has_group(aws, name, there=False)
    aws.answers("logs", "create_log_group", {}, logGroupName=name)
    has_group(aws, name)


def keeps(aws: AWS, name: str, days: int) -> None:
    aws.answers("logs", "put_retention_policy", {}, logGroupName=name, retentionInDays=days)


def has_access_log(aws: AWS, settings: dict[str, str] | None) -> None:
    aws.has_an_api()
    stage = {"accessLogSettings": settings} if settings else {}
    aws.answers("apigateway", "get_stage", stage, restApiId="abc123", stageName="dev")


def patches(aws: AWS, *operations: dict[str, str]) -> None:
    stage = {"restApiId": "abc123", "stageName": "dev"}
    aws.answers("apigateway", "update_stage", {}, **stage, patchOperations=[*operations])


def test_each_line_is_json_that_names_no_path_and_no_client() -> None:
    values = json.loads(FORMAT).values()
    assert {"$context.status", "$context.integrationLatency", "$context.xrayTraceId"} <= {*values}
    assert not [value for value in values if "path" in value.lower() or "identity" in value]


def test_the_access_log_gets_a_group_and_is_switched_on(aws: AWS) -> None:
    stage = aws.stage()
    makes_group(aws, ACCESS)
    has_access_log(aws, None)
    patches(
        aws,
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": ARN},
        {"op": "replace", "path": "/accessLogSettings/format", "value": FORMAT},
    )
    assert access_log.apply(stage) == f"The access log {ACCESS} is on now."


def test_an_access_log_that_is_on_is_left_alone(aws: AWS) -> None:
    stage = aws.stage()
    has_group(aws, ACCESS)
    has_access_log(aws, ON)
    assert access_log.apply(stage) == f"The access log {ACCESS} is on already."


@pytest.mark.parametrize("on", [True, False])
def test_an_access_log_that_nobody_wants_is_switched_off(aws: AWS, on: bool) -> None:
    stage = aws.stage(api_access_log=False)
    has_access_log(aws, ON if on else None)
    if on:
        patches(aws, {"op": "remove", "path": "/accessLogSettings"})
    assert access_log.apply(stage) == f"The access log is off {'now' if on else 'already'}."


def test_an_account_without_the_role_is_told_the_commands_and_no_fault(aws: AWS) -> None:
    stage = aws.stage()
    has_group(aws, ACCESS)
    has_access_log(aws, None)
    message = "CloudWatch Logs role ARN must be set in account settings to enable logging"
    aws.refuses("apigateway", "update_stage", "BadRequestException", message)
    said = access_log.apply(stage)
    assert "value=arn:aws:iam::123456789012:role/api-gateway-logs" in said
    assert '\'{"Version":"2012-10-17",' in said
    assert "manage.py trace_stage dev" in said


def test_another_refusal_is_one(aws: AWS) -> None:
    stage = aws.stage()
    has_group(aws, ACCESS)
    has_access_log(aws, None)
    aws.refuses("apigateway", "update_stage", "BadRequestException", "Invalid ARN")
    with pytest.raises(CallFailed, match="Invalid ARN"):
        access_log.apply(stage)


def test_without_a_rest_api_there_is_no_access_log_and_its_group_is_not_kept(aws: AWS) -> None:
    stage = aws.stage(apigateway_version="v2", log_retention_days=30)
    assert access_log.apply(stage) == "No access log: an HTTP API has none of this kind."
    has_group(aws, FUNCTION, 30)
    assert log_retention.apply(stage) == "Logs are kept for 30 days already."


def test_logs_are_kept_as_long_as_the_settings_say(aws: AWS) -> None:
    stage = aws.stage(log_retention_days=30)
    makes_group(aws, FUNCTION)
    keeps(aws, FUNCTION, 30)
    has_group(aws, ACCESS, 90)
    keeps(aws, ACCESS, 30)
    said = log_retention.apply(stage)
    assert said == f"Logs are kept for 30 days now: {FUNCTION}, {ACCESS}."


def test_a_group_that_the_first_request_makes_meanwhile_is_taken(aws: AWS) -> None:
    stage = aws.stage(log_retention_days=30, api_access_log=False)
    has_group(aws, FUNCTION, there=False)
    aws.refuses("logs", "create_log_group", "ResourceAlreadyExistsException")
    has_group(aws, FUNCTION)
    keeps(aws, FUNCTION, 30)
    assert log_retention.apply(stage) == f"Logs are kept for 30 days now: {FUNCTION}."


def test_without_a_setting_nothing_is_asked(aws: AWS) -> None:
    said = log_retention.apply(aws.stage())
    assert said == "How long logs are kept was left alone: there is no log_retention_days."


def test_the_group_of_the_access_log_is_removed(aws: AWS) -> None:
    stage = aws.stage()
    has_group(aws, ACCESS)
    aws.answers("logs", "delete_log_group", {}, logGroupName=ACCESS)
    assert access_log.remove(stage) == f"The log group {ACCESS} was removed."
    has_group(aws, ACCESS, there=False)
    assert access_log.remove(stage) == f"There is no log group {ACCESS}."


@pytest.mark.parametrize(
    ("wanted", "settings", "holds", "found"),
    [
        (True, ON, True, f"in {ACCESS}"),
        (True, None, False, "it is off: nothing tells what API Gateway answered by itself"),
        (True, ON | {"format": "$context.status"}, False, f"it does not go to {ACCESS} in the"),
        (True, ON | {"destinationArn": f"{ARN}-2"}, False, f"it does not go to {ACCESS} in the"),
        (False, ON, False, "it is on, and api_access_log is false"),
        (False, None, None, "api_access_log is false"),
    ],
)
def test_the_doctor_tells_of_the_access_log(
    aws: AWS, wanted: bool, settings: dict[str, str] | None, holds: bool | None, found: str
) -> None:
    stage = aws.stage(api_access_log=wanted)
    has_access_log(aws, settings)
    link = examined("log", lambda: logs.tell_each_request(stage))
    assert (link.holds, link.found[: len(found)]) == (holds, found)


def test_the_doctor_tells_how_long_logs_are_kept(aws: AWS) -> None:
    stage = aws.stage(log_retention_days=30)
    has_group(aws, FUNCTION, 30)
    has_group(aws, ACCESS, 30)
    assert examined("logs", lambda: logs.are_kept_as_wanted(stage)).holds is True
    has_group(aws, FUNCTION, 7)
    has_group(aws, ACCESS)
    link = examined("logs", lambda: logs.are_kept_as_wanted(stage))
    assert (link.holds, link.found) == (
        False,
        f"{FUNCTION} is kept for 7; {ACCESS} is kept for ever, not for 30 days",
    )
    unset = aws.stage()
    assert examined("logs", lambda: logs.are_kept_as_wanted(unset)).holds is None
