"""The access log of the stage's API, unless `api_access_log` in zappa_settings.json is false.

It tells what the function's log cannot: the requests that API Gateway answered by itself, and how long
each took as the client saw it. It holds no path, no query string and no address of a client.
"""

import json

from zappa_xray.deployment import log_group
from zappa_xray.deployment.stage import CallFailed, Stage

# A value that a request has not is written as a dash, so that each stands between quotes.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "traceId": "$context.xrayTraceId",
        "time": "$context.requestTimeEpoch",
        "method": "$context.httpMethod",
        "status": "$context.status",
        "responseLatency": "$context.responseLatency",
        "integrationLatency": "$context.integrationLatency",
        "integrationStatus": "$context.integrationStatus",
        "lambdaRequestId": "$context.integration.requestId",
        "error": "$context.error.responseType",
        "errorMessage": "$context.error.message",
    },
    separators=(",", ":"),
)
NO_ROLE = "CloudWatch Logs role ARN must be set"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
HOW_TO_ALLOW = """\
API Gateway may not write logs in this account, so there is no access log. Once for the account and region:
  aws iam create-role --role-name api-gateway-logs --assume-role-policy-document \
'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":\
"apigateway.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}'
  aws iam attach-role-policy --role-name api-gateway-logs --policy-arn \
arn:{partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs
  aws apigateway update-account --region {region} --patch-operations \
op=replace,path=/cloudwatchRoleArn,value=arn:{partition}:iam::{account}:role/api-gateway-logs
  manage.py trace_stage {stage}
To do without: "api_access_log": false in zappa_settings.json."""


def is_wanted(stage: Stage) -> bool:
    """Return whether the stage's settings want an access log, and its API has one of this kind."""
    return not stage.other_front and bool(stage.settings.get("api_access_log", True))


def apply(stage: Stage) -> str:
    """Switch the access log on or off, as the settings want it; return what was done.

    An account that does not let API Gateway write is told how to, and is no fault. Raises CallFailed.
    """
    if stage.other_front:
        return f"No access log: {stage.other_front} has none of this kind."
    if not is_wanted(stage):
        return switch_off(stage)
    destination = log_group.arn(log_group.make(stage, log_group.access_group(stage)))
    wanted = {"destinationArn": destination, "format": FORMAT}
    if settings(stage) == wanted:
        return f"The access log {log_group.access_group(stage)} is on already."
    try:
        patch(stage, [replace(key, value) for key, value in wanted.items()])
    except CallFailed as failure:
        if NO_ROLE not in failure.message:
            raise
        return how_to_allow(stage, destination)
    return f"The access log {log_group.access_group(stage)} is on now."


def switch_off(stage: Stage) -> str:
    """Switch the access log off; return what was done. Its group stays. Raises CallFailed."""
    if not settings(stage):
        return "The access log is off already."
    patch(stage, [{"op": "remove", "path": "/accessLogSettings"}])
    return "The access log is off now."


def remove(stage: Stage) -> str:
    """Remove the access log's group, which outlives the API; return what was done. Raises CallFailed."""
    name = log_group.access_group(stage)
    if log_group.find(stage, name) is None:
        return f"There is no log group {name}."
    stage.call("logs", "delete_log_group", logGroupName=name)
    return f"The log group {name} was removed."


def settings(stage: Stage) -> dict[str, str]:
    """Return the deployed stage's own: `destinationArn` and `format`, or nothing. Raises CallFailed."""
    found = stage.call("apigateway", "get_stage", restApiId=stage.api_id, stageName=stage.name)
    return dict(found.get("accessLogSettings") or {})


def patch(stage: Stage, operations: list[dict[str, str]]) -> None:
    stage.call(
        "apigateway",
        "update_stage",
        restApiId=stage.api_id,
        stageName=stage.name,
        patchOperations=operations,
    )


def replace(key: str, value: str) -> dict[str, str]:
    return {"op": "replace", "path": f"/accessLogSettings/{key}", "value": value}


def how_to_allow(stage: Stage, destination: str) -> str:
    _arn, partition, _logs, region, account, *_ = destination.split(":")
    return HOW_TO_ALLOW.format(
        partition=partition, region=region, account=account, stage=stage.name
    )
