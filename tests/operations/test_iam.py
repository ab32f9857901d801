"""iam/deploy-policy.json holds what all commands need, and nothing else.

The last test of this service: it takes the stage away.
"""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from policy_sentry.querying.actions import get_action_data

from emulator.events import trace_id
from emulator.processes import CommandFailed
from tests.operations.conftest import Call, Operations

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]

# IAM's action where it is not called as the operation is.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
RENAMED: dict[Call, str | None] = {
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "CreateMultipartUpload"): "s3:PutObject",
    ("s3", "UploadPart"): "s3:PutObject",
    ("s3", "CompleteMultipartUpload"): "s3:PutObject",
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("sts", "GetCallerIdentity"): None,  # everybody may
}
# In the policy though no call of ours bears its name, and why.
WITHOUT_A_CALL = {
    "iam:PassRole": "CreateFunction, PutRule and the API's integrations hand over the role",
    "iam:CreateServiceLinkedRole": "API Gateway makes its role at the account's first traced stage",
    "s3:GetObject": "Lambda and CloudFormation fetch the package and the template as the caller",
    "apigateway:DELETE": "CloudFormation deletes the API as the caller",
    "apigateway:PUT": "CloudFormation tags the API and sets its methods as the caller",
    "cloudformation:ContinueUpdateRollback": "asked for where the rollback of a stack has failed",
    "cloudformation:DescribeStackEvents": "asked for where a stack has failed",
    "cloudformation:ListStackResources": "Zappa asks while CloudFormation is still at work",
}


def action(call: Call) -> str | None:
    """Return the IAM action that a call needs, None where it needs none."""
    service, operation = call
    if call in RENAMED:
        return RENAMED[call]
    if service == "apigateway":
        model = Session().get_service_model(service)
        return f"apigateway:{model.operation_model(operation).http['method']}"
    return f"{service}:{operation}"


def actions_of(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def policy(folder: Path, name: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads((folder / "iam" / name).read_text())["Statement"]
    return statements


def allowed(statements: list[dict[str, Any]]) -> set[str]:
    return {action for statement in statements for action in actions_of(statement)}


@pytest.fixture(scope="module")
def calls(operations: Operations) -> set[Call]:
    """Every call to AWS of a stage's life, by the commands of the Makefile and by the hooks."""
    logs = {"logGroupName": f"/aws/lambda/{operations.function}"}
    operations.aws.client("logs").create_log_stream(**logs, logStreamName="emulated")
    operations.manage("trace_stage", "dev", "--off")
    operations.make("update")
    change = {"RuleName": operations.function, "FixedRate": 0.5}
    operations.aws.client("xray").update_sampling_rule(SamplingRuleUpdate=change)
    operations.manage("trace_stage", "dev")
    operations.run("zappa", "rollback", "dev", "-n", "1")
    operations.make("logs", "--disable-keep-open")
    for command, arguments in (("manage", "check"), ("doctor", ""), ("report", "")):
        # The emulated Lambda runs no code, and there is no trace: what counts is what was asked.
        with suppress(CommandFailed):
            operations.make(command, arguments)
    with suppress(CommandFailed):
        operations.manage("trace_show", trace_id())
    operations.printed["undeploy"] = operations.make("undeploy", "--yes")
    return operations.calls()


def test_the_policy_allows_every_call_and_nothing_else(
    calls: set[Call], operations: Operations
) -> None:
    needed = {needs for call in calls if (needs := action(call))}
    held = allowed(policy(operations.service.folder, "deploy-policy.json"))
    assert needed - held == set(), "the policy lacks these"
    assert held - needed == set(WITHOUT_A_CALL) - needed, "nothing needs these"
    assert len(calls) > 40


@pytest.mark.parametrize(
    "taken", ["apigateway:PATCH", "xray:CreateSamplingRule", "iam:PutRolePolicy"]
)
def test_an_action_that_is_taken_out_is_missed(
    calls: set[Call], operations: Operations, taken: str
) -> None:
    needed = {needs for call in calls if (needs := action(call))}
    held = allowed(policy(operations.service.folder, "deploy-policy.json")) - {taken}
    assert needed - held == {taken}


def test_undeploy_leaves_no_sampling_rule(calls: set[Call], operations: Operations) -> None:
    records = operations.aws.client("xray").get_sampling_rules()["SamplingRuleRecords"]
    assert [record["SamplingRule"]["RuleName"] for record in records] == ["Default"]
    assert f"The sampling rule {operations.function} was removed." in operations.printed["undeploy"]


def test_undeploy_leaves_the_function_s_log_and_none_of_the_api(
    calls: set[Call], operations: Operations
) -> None:
    found = operations.aws.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in found] == [f"/aws/lambda/{operations.function}"]


def test_the_execution_policy_is_the_role_s(operations: Operations) -> None:
    role = operations.aws.client("iam").get_role_policy(
        RoleName=f"{operations.function}-ZappaLambdaExecutionRole", PolicyName="zappa-permissions"
    )
    assert role["PolicyDocument"]["Statement"] == policy(
        operations.service.folder, "execution-policy.json"
    )


POLICIES = ["deploy-policy.json", "execution-policy.json"]


def findings(text: str) -> str:
    """Return what parliament, the linter, says of a policy; nothing when all is well."""
    command = [str(Path(sys.executable).with_name("parliament"))]
    linted = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in linted.stderr
    return linted.stdout


@pytest.mark.parametrize("name", POLICIES)
def test_the_linter_finds_nothing(operations: Operations, name: str) -> None:
    text = (operations.service.folder / "iam" / name).read_text()
    assert findings(text) == ""
    assert "Unknown action" in findings(
        text.replace("xray:Put", "xray:Pot").replace("xray:GetT", "xray:Got")
    )


def resource_types(name: str) -> Iterator[str]:
    """Yield the ARN formats that AWS lets an action be narrowed to, such as a function's."""
    service, _, operation = name.partition(":")
    data = get_action_data(service, operation)
    assert data, f"{name} is no action of AWS"
    yield from (row["resource_arn_format"] for row in data[service])


@pytest.mark.parametrize("name", POLICIES)
def test_every_action_is_narrowed_where_aws_allows_it(operations: Operations, name: str) -> None:
    for statement in policy(operations.service.folder, name):
        resources = statement["Resource"]
        for each in actions_of(statement):
            narrow = set(resource_types(each)) - {"*"}
            assert (resources == "*") is not bool(narrow), each
            assert "*" not in each


def test_the_resources_are_those_of_this_service(operations: Operations) -> None:
    slug = operations.service.slug
    statements = policy(operations.service.folder, "deploy-policy.json")
    named = [resource for statement in statements for resource in listed(statement["Resource"])]
    assert f"arn:aws:lambda:eu-central-1:*:function:{slug}-*" in named
    function = f"arn:aws:lambda:eu-central-1:123456789012:function:{slug}-dev"
    assert any(fnmatch.fnmatchcase(function, pattern) for pattern in named if pattern != "*")
    other = function.replace(slug, "other")
    assert not any(fnmatch.fnmatchcase(other, pattern) for pattern in named if pattern != "*")


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
