"""A deployed stage's access log: what API Gateway says of each request, its own answers included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from emulator.access_log import rendered
from emulator.aws import EmulatedAWS
from emulator.deployed_stage import DeployedStage
from emulator.events import trace_fields
from emulator.gateway_responses import FORBIDDEN, THROTTLED
from emulator.runtime.folder import python_version
from tests.emulator.asking import ask
from tests.emulator.deploying import Deployed, deploy

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed_stage")]

HANDLER = """
    import time
    def lambda_handler(event, context):
        if event["path"] == "/hangs":
            time.sleep(60)
        if event["path"] == "/raises":
            raise LookupError("nothing there")
        return {"statusCode": 201, "body": context.aws_request_id}
"""
KEYS = ["requestId", "method", "status", "responseLatency", "integrationLatency"]
KEYS += ["integrationStatus", "integration.requestId", "error.responseType", "error.message"]
FORMAT = json.dumps({key: f"$context.{key}" for key in [*KEYS, "xrayTraceId", "httpMethod"]})


@pytest.fixture(scope="module")
def deployed(aws: EmulatedAWS, python: Any) -> Deployed:
    return deploy(aws, HANDLER, runtime=f"python{python_version(python)}", timeout=60)


@pytest.fixture
def stage(aws: EmulatedAWS, deployed: Deployed) -> Iterator[DeployedStage]:
    with ExitStack() as served:
        yield served.enter_context(DeployedStage(aws, deployed.name))


def log_to(aws: EmulatedAWS, deployed: Deployed, group: str) -> None:
    aws.client("apigateway").update_stage(
        restApiId=aws.rest_api_id(deployed.name),
        stageName="dev",
        patchOperations=[
            {"op": "replace", "path": f"/accessLogSettings/{key}", "value": value}
            for key, value in (
                ("format", FORMAT),
                ("destinationArn", f"arn:aws:logs:eu-central-1:123456789012:log-group:{group}"),
            )
        ],
    )


def lines(aws: EmulatedAWS, group: str) -> list[dict[str, str]]:
    found = aws.client("logs").filter_log_events(logGroupName=group)
    return [json.loads(event["message"]) for event in found["events"]]


def test_each_request_has_its_line_whoever_answered_it(
    aws: EmulatedAWS, deployed: Deployed, stage: DeployedStage
) -> None:
    group = f"/aws/apigateway/{deployed.name}"
    aws.client("logs").create_log_group(logGroupName=group)
    ask(f"{stage.url}/before")
    log_to(aws, deployed, group)
    well, failed = ask(f"{stage.url}/well"), ask(f"{stage.url}/raises", "POST")
    stage.gateway.seconds = 0.3
    given_up = ask(f"{stage.url}/hangs")
    for kind in (FORBIDDEN, THROTTLED):
        stage.gateway.refuses = kind
        ask(f"{stage.url}/well")
    found = lines(aws, group)
    assert [line["status"] for line in found] == ["201", "502", "504", "403", "429"]
    first, second, third, *refused = found
    assert first["requestId"] == well.headers["x-amzn-RequestId"]
    assert first["integration.requestId"] == well.body.decode()
    assert first["xrayTraceId"] == trace_fields(well.headers["X-Amzn-Trace-Id"])["Root"]
    assert int(first["responseLatency"]) >= int(first["integrationLatency"]) >= 0
    assert (first["httpMethod"], first["integrationStatus"]) == ("GET", "200")
    assert first["error.responseType"] == first["error.message"] == "-"
    assert (second["httpMethod"], second["integrationStatus"]) == ("POST", "200")
    assert second["error.responseType"] == "INTEGRATION_FAILURE"
    assert failed.json["message"] == second["error.message"] == "Internal server error"
    assert third["requestId"] == given_up.headers["x-amzn-RequestId"]
    assert int(third["integrationLatency"]) >= 300
    assert third["integration.requestId"] == third["integrationStatus"] == "-"
    assert third["error.responseType"] == "INTEGRATION_TIMEOUT"
    assert [line["integrationLatency"] for line in refused] == ["-", "-"]
    assert [line["error.responseType"] for line in refused] == ["INVALID_API_KEY", "THROTTLED"]


def test_a_group_that_is_gone_stops_no_request(
    aws: EmulatedAWS, deployed: Deployed, stage: DeployedStage
) -> None:
    log_to(aws, deployed, "/gone")
    assert ask(f"{stage.url}/well").status == 201


def test_an_account_that_lets_api_gateway_write_no_log_refuses_an_access_log(
    aws: EmulatedAWS, deployed: Deployed
) -> None:
    client = aws.client("apigateway")
    role = client.get_account()["cloudwatchRoleArn"]

    def allow(arn: str) -> None:
        operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
        client.update_account(patchOperations=[operation])

    allow("")
    try:
        with pytest.raises(client.exceptions.BadRequestException, match="role ARN must be set"):
            log_to(aws, deployed, "/logs")
    finally:
        allow(role)
    log_to(aws, deployed, "/logs")


def test_a_variable_that_a_request_has_not_is_a_dash() -> None:
    context = {"status": 200, "error.message": "No."}
    form = "$context.status $context.integration.requestId: $context.error.message."
    assert rendered(form, context) == "200 -: No.."
