"""The hooks where AWS refuses, throttles, or the service fails, through Zappa's real command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from emulator.processes import CommandFailed
from tests.operations.conftest import SECRETS, Operations

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]

LIBRARY = "vendor/zappa-xray/zappa_xray"


@pytest.fixture
def failing_service() -> Iterator[str]:
    """The address of a service that answers 500 to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/health/"
        server.shutdown()
        thread.join()


def rule(operations: Operations) -> dict[str, Any] | None:
    records = operations.aws.client("xray").get_sampling_rules()["SamplingRuleRecords"]
    rules = {record["SamplingRule"]["RuleName"]: record["SamplingRule"] for record in records}
    return rules.get(operations.function)


def update(operations: Operations, **faults: str | int) -> str:
    """Run all of Zappa's update but for the package."""
    return operations.run("zappa", "update", "dev", "--no-upload", "true", **faults)


def test_deploy_says_what_each_hook_did_and_no_secret(operations: Operations) -> None:
    printed = operations.printed["deploy"]
    for said in (
        "DATABASE_URL from your environment",
        "unpacked (Lambda takes 250.0 MiB), bytecode included",
        "Into the package, of this folder: accounts/ (7 files), config/ (",
        "It stays behind: .env.example, Makefile, PRODUCTION.md, README.md, conftest.py,",
        "X-Ray tracing of the stage dev is on now.",
        f"The sampling rule {operations.function} (priority 100: 10 a second, 100% beyond) was created",
        f"The access log /aws/apigateway/{operations.function} is on now.",
        f"Logs are kept for 90 days now: /aws/lambda/{operations.function}, /aws/apigateway/",
        "/dev/health/ answered 404, its trace: https://eu-central-1.console",
    ):
        assert said in printed
    for secret in SECRETS.values():
        assert secret not in printed


def test_the_function_has_the_secrets_and_the_package_has_not(
    operations: Operations, tmp_path: Any
) -> None:
    assert SECRETS.items() <= operations.aws.function_environment(operations.function).items()
    package = operations.aws.download(operations.function, tmp_path)
    files = [path for path in package.rglob("*") if path.is_file()]
    assert any(b"DJANGO_SECRET_KEY" in path.read_bytes() for path in files)
    for secret in SECRETS.values():
        assert not [path for path in files if secret.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("DescribeStackResource", "cloudformation:DescribeStackResource"),
        ("GetStage", "apigateway:GET"),
        ("UpdateStage", "apigateway:PATCH"),
        ("GetSamplingRules", "xray:GetSamplingRules"),
        ("CreateSamplingRule", "xray:CreateSamplingRule"),
        ("UpdateSamplingRule", "xray:UpdateSamplingRule"),
        ("DeleteSamplingRule", "xray:DeleteSamplingRule"),
        ("DescribeLogGroups", "logs:DescribeLogGroups"),
        ("PutRetentionPolicy", "logs:PutRetentionPolicy"),
    ],
)
def test_trap_14_each_missing_permission_is_named(
    operations: Operations, operation: str, action: str
) -> None:
    arguments = ["trace_stage", "dev"]
    if operation in ("UpdateStage", "CreateSamplingRule"):
        operations.manage("trace_stage", "dev", "--off")
    elif operation == "UpdateSamplingRule":
        change = {"RuleName": operations.function, "FixedRate": 0.5}
        operations.manage("trace_stage", "dev")
        operations.aws.client("xray").update_sampling_rule(SamplingRuleUpdate=change)
    elif operation == "PutRetentionPolicy":
        group = f"/aws/lambda/{operations.function}"
        operations.aws.client("logs").put_retention_policy(logGroupName=group, retentionInDays=7)
    elif operation == "DeleteSamplingRule":
        arguments.append("--off")
    printed = operations.fails(*arguments, **{operation: "AccessDeniedException"})
    assert (
        f"the permission {action} is missing: iam/deploy-policy.json allows it in line" in printed
    )
    assert "Traceback" not in printed


def test_trap_14_zappa_s_update_fails_with_the_hook(operations: Operations) -> None:
    operations.manage("trace_stage", "dev", "--off")
    with pytest.raises(CommandFailed) as failed:
        update(operations, GetSamplingRules="AccessDeniedException")
    assert "exit code 1" in str(failed.value)
    assert "- the permission xray:GetSamplingRules is missing" in failed.value.output
    assert "Traceback" not in failed.value.output
    assert operations.aws.stage_tracing(operations.function, "dev") is True


def test_a_call_that_is_throttled_twice_succeeds(operations: Operations) -> None:
    operations.manage("trace_stage", "dev", "--off")
    assert rule(operations) is None
    printed = operations.manage("trace_stage", "dev", UpdateStage=2, CreateSamplingRule=2)
    assert printed.count("UpdateStage is throttled") == 2
    assert printed.count("CreateSamplingRule is throttled") == 2
    assert operations.aws.stage_tracing(operations.function, "dev") is True
    assert rule(operations) is not None


def test_trap_02_and_17_a_service_that_answers_500_is_traced_and_said(
    operations: Operations, failing_service: str
) -> None:
    operations.manage("trace_stage", "dev", "--off")
    operations.change_settings(health_url=failing_service)
    with pytest.raises(CommandFailed) as failed:
        update(operations)
    operations.change_settings(health_url="http://127.0.0.1:9/health/")
    assert operations.aws.stage_tracing(operations.function, "dev") is True
    assert rule(operations) is not None
    assert f"- {failing_service} answered 500, its trace: https://eu-central-1.console" in (
        failed.value.output
    )
    assert "Traceback" not in failed.value.output


def test_an_address_that_cannot_be_reached_does_not_fail_the_update(operations: Operations) -> None:
    operations.change_settings(health_url="http://127.0.0.1:9/health/")
    printed = update(operations)
    assert "http://127.0.0.1:9/health/ cannot be reached from here" in printed
    assert "Your updated Zappa deployment is" in printed


def test_trap_05_a_rule_of_the_settings_is_changed_and_taken_away(operations: Operations) -> None:
    operations.change_settings(xray_sampling_rule={"fixed_rate": 0.25, "priority": 7})
    assert "was changed: " in update(operations)
    found = rule(operations)
    assert found is not None
    assert (found["FixedRate"], found["Priority"], found["ServiceName"]) == (
        0.25,
        7,
        f"{operations.function}/dev",
    )
    operations.change_settings(xray_sampling_rule=None)
    assert "was removed, as zappa_settings.json has no xray_sampling_rule" in update(operations)
    assert rule(operations) is None
    operations.change_settings(
        xray_sampling_rule={"priority": 100, "reservoir_size": 10, "fixed_rate": 1.0}
    )
    assert "was created" in update(operations)


def access_log(operations: Operations) -> dict[str, str] | None:
    client = operations.aws.client("apigateway")
    api = operations.aws.rest_api_id(operations.function)
    found: dict[str, str] | None = client.get_stage(restApiId=api, stageName="dev").get(
        "accessLogSettings"
    )
    return found


def test_logs_are_kept_and_the_access_log_is_written_as_the_settings_say(
    operations: Operations,
) -> None:
    groups = [f"/aws/{service}/{operations.function}" for service in ("apigateway", "lambda")]

    def kept() -> list[int]:
        found = operations.aws.client("logs").describe_log_groups()["logGroups"]
        days = {group["logGroupName"]: group.get("retentionInDays") for group in found}
        return [days[name] for name in groups]

    assert kept() == [90, 90]
    settings = access_log(operations)
    assert settings is not None
    assert settings["destinationArn"].endswith(f":log-group:{groups[0]}")
    operations.change_settings(log_retention_days=30)
    assert f"Logs are kept for 30 days now: {groups[1]}" in operations.manage("trace_stage", "dev")
    assert kept() == [30, 30]
    printed = operations.manage("trace_stage", "dev")
    assert "Logs are kept for 30 days already." in printed
    assert f"The access log {groups[0]} is on already." in printed
    operations.change_settings(log_retention_days=90, api_access_log=False)
    assert "The access log is off now." in operations.manage("trace_stage", "dev")
    assert access_log(operations) is None
    operations.change_settings(api_access_log=True)
    operations.manage("trace_stage", "dev")
    assert kept() == [90, 90]


def test_an_update_goes_on_where_api_gateway_may_write_no_log(operations: Operations) -> None:
    client = operations.aws.client("apigateway")
    role = client.get_account()["cloudwatchRoleArn"]

    def allow(arn: str) -> None:
        operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}
        client.update_account(patchOperations=[operation])

    allow("")
    try:
        printed = update(operations)
    finally:
        allow(role)
    assert "aws apigateway update-account --region eu-central-1" in printed
    assert access_log(operations) is None
    assert "is on now." in operations.manage("trace_stage", "dev")


def test_a_dead_letter_target_is_refused_without_its_permission_and_set_with_it(
    operations: Operations,
) -> None:
    queue = "arn:aws:sqs:eu-central-1:123456789012:notes-dead"
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}

    def target() -> str | None:
        functions = operations.aws.client("lambda")
        found = functions.get_function_configuration(FunctionName=operations.function)
        arn: str | None = found.get("DeadLetterConfig", {}).get("TargetArn")
        return arn

    operations.recording = "calls of who may change the role"
    operations.change_settings(dead_letter_arn=queue)
    with pytest.raises(CommandFailed) as failed:
        update(operations)
    assert "nothing was built or uploaded" in failed.value.output
    assert f"add to iam/execution-policy.json {json.dumps(allowed)}" in failed.value.output
    assert target() is None
    operations.change_settings(extra_permissions=[allowed])
    assert f"Failed asynchronous calls go to {queue} now." in update(operations)
    assert target() == queue
    operations.change_settings(dead_letter_arn="", extra_permissions=[])
    assert "Failed asynchronous calls go nowhere now." in operations.manage("trace_stage", "dev")
    assert target() is None
    operations.change_settings(dead_letter_arn=None)
    operations.make("role")
    operations.recording = "calls"


def test_trap_17_an_error_of_the_hooks_own_is_shown_as_itself(operations: Operations) -> None:
    module = operations.service.folder / LIBRARY / "deployment/after_deploy.py"
    text = module.read_text()
    module.write_text(f"import no_such_module\n{text}")
    try:
        with pytest.raises(CommandFailed) as failed:
            operations.start("zappa", "update", "dev", "--no-upload", "true")
    finally:
        module.write_text(text)
    assert "ModuleNotFoundError: No module named 'no_such_module'" in failed.value.output


def test_trap_13_without_a_rest_api_the_hook_asks_api_gateway_nothing(
    operations: Operations,
) -> None:
    before = operations.folder / "calls"
    kept = before.read_text()
    before.write_text("")
    operations.change_settings(apigateway_version="v2")
    try:
        printed = operations.manage("trace_stage", "dev")
        asked = operations.calls()
    finally:
        operations.change_settings(apigateway_version="v1")
        before.write_text(kept + before.read_text())
    assert "Traces of HTTPS requests start at Lambda: an HTTP API has no X-Ray tracing" in printed
    assert {call.service for call in asked} == {"xray", "logs", "cloudwatch"}
    operations.manage("trace_stage", "dev")


def test_trap_18_the_api_is_regional_and_the_function_outlives_the_gateway(
    operations: Operations,
) -> None:
    stack = operations.aws.client("cloudformation").get_template(StackName=operations.function)
    api = stack["TemplateBody"]["Resources"]["Api"]["Properties"]
    function = operations.aws.client("lambda").get_function_configuration(
        FunctionName=operations.function
    )
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    # API Gateway gives up after 29 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    assert function["Timeout"] >= 29 + 5
