"""Each policy of who deploys, held against what the commands ask AWS: it allows that, and no more.

The last test of this service: it takes the stage away.
"""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress

import pytest

from emulator.events import trace_id
from emulator.processes import CommandFailed
from tests.operations.conftest import Operations
from tests.operations.mutants import unnoticed
from tests.operations.needs import Account
from tests.operations.simulator import Document, Request, denied, simulated

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("operations"),
    simulated,
]

# What the policy allows on the resources of others as well, for AWS lets nobody narrow it further.
# The tag makes a REST API this service's: who may tag one can take it over. A schedule's rule begins
# with a digest where the function's name would make it too long.
NOT_NARROWED = {
    *("apigateway:GET /restapis", "apigateway:PUT /tags"),
    *("iam:CreateServiceLinkedRole", "logs:DescribeLogGroups"),
    *("events:DeleteRule", "events:ListRuleNamesByTarget", "events:ListTargetsByRule"),
    *("events:PutRule", "events:PutTargets", "events:RemoveTargets"),
    *("xray:BatchGetTraces", "xray:GetSamplingRules"),
    *("xray:GetSamplingStatisticSummaries", "xray:GetTraceSummaries"),
    *("xray:GetIndexingRules", "xray:GetTraceSegmentDestination"),
    *("xray:ListRetrievedTraces", "xray:StartTraceRetrieval"),
    *("cloudwatch:GetMetricData", "logs:StopQuery"),
}


def policy(operations: Operations, name: str) -> Document:
    document: Document = json.loads((operations.service.folder / "iam" / name).read_text())
    return document


def account(operations: Operations) -> Account:
    calls = operations.calls()
    [api] = {call.parameters["restApiId"] for call in calls if "restApiId" in call.parameters}
    return Account(operations.aws.region, operations.function, api)


def requests_of(operations: Operations, recording: str = "calls") -> list[Request]:
    """Return what IAM was to decide at the recorded calls, each once."""
    asked = account(operations)
    found = (request for call in operations.calls(recording) for request in asked.requests(call))
    return list(dict.fromkeys(found))


def look_for_what_is_not_there(operations: Operations) -> None:
    """Run what reads logs and traces, also where Transaction Search is on and a query breaks."""
    xray = operations.aws.client("xray")
    xray.update_trace_segment_destination(Destination="CloudWatchLogs")
    for command in ("trace_show", "trace_why"):
        with suppress(CommandFailed):
            operations.manage(command, trace_id())
    xray.update_trace_segment_destination(Destination="XRay")
    with suppress(CommandFailed):
        operations.manage("trace_why", "--last-timeout")
    operations.fails("trace_report", "dev", GetQueryResults="InternalFailure")


@pytest.fixture(scope="module")
def requests(operations: Operations) -> list[Request]:
    """What is asked in a stage's life, by what the commands of the Makefile run and by the hooks."""
    logs = {"logGroupName": f"/aws/lambda/{operations.function}"}
    operations.aws.client("logs").create_log_stream(**logs, logStreamName="emulated")
    operations.manage("trace_stage", "dev", "--off")
    operations.printed["update"] = operations.make("update")
    operations.traced = operations.aws.stage_tracing(operations.function, "dev")
    change = {"RuleName": operations.function, "FixedRate": 0.5}
    operations.aws.client("xray").update_sampling_rule(SamplingRuleUpdate=change)
    operations.manage("trace_stage", "dev")
    operations.run("zappa", "rollback", "dev", "-n", "1")
    operations.run("zappa", "tail", "dev", "--disable-keep-open")
    zappa_s, ours = ("zappa", "manage", "dev", "check"), ("trace_doctor", "trace_report")
    for command in (zappa_s, *(("manage.py", name, "dev") for name in ours)):
        # The emulated Lambda runs no code, and there is no trace: what counts is what was asked.
        with suppress(CommandFailed):
            operations.run(*command)
    package = operations.folder / "package.zip"
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("handler.py", "")
    with suppress(CommandFailed):
        operations.manage("stage_migrate", "dev", str(package))
    look_for_what_is_not_there(operations)
    operations.recording = "calls with alarms"
    for alarms in ({"email": "ada@example.com"}, {"email": "ada@example.com", "faults": 9}, None):
        operations.change_settings(xray_alarms=alarms)
        operations.manage("trace_stage", "dev")
        for group in operations.aws.client("xray").get_groups()["Groups"]:
            change = {"GroupName": group["GroupName"], "FilterExpression": "fault"}
            operations.aws.client("xray").update_group(**change)
    operations.recording = "calls"
    # Where a function is left and no stack, Zappa looks for the API by its name.
    with suppress(CommandFailed):
        operations.run("zappa", "undeploy", "dev", "--yes", DeleteFunction="AccessDenied")
    operations.printed["undeploy"] = operations.make("undeploy", "--yes")
    return requests_of(operations)


def test_the_deploy_policy_allows_every_call(
    requests: list[Request], operations: Operations
) -> None:
    assert denied(policy(operations, "deploy-policy.json"), requests) == set()
    assert len(requests) > 60
    assert [request for request in requests if request.resource.endswith("-dev-migrate")]


def test_trap_01_an_update_traces_the_stage_and_makes_its_rule(
    requests: list[Request], operations: Operations
) -> None:
    printed = operations.printed["update"]
    assert operations.traced is True
    assert "X-Ray tracing of the stage dev is on now." in printed
    assert f"The sampling rule {operations.function} (priority 100" in printed
    assert "Your updated Zappa deployment is" in printed


def test_the_role_is_made_with_a_policy_of_its_own(
    requests: list[Request], operations: Operations
) -> None:
    making = requests_of(operations, "calls of make role")
    assert denied(policy(operations, "role-policy.json"), making) == set()
    refused = denied(policy(operations, "deploy-policy.json"), making)
    assert {request.action for request in refused} == {"iam:CreateRole", "iam:PutRolePolicy"}
    assert f"{operations.function}-ZappaLambdaExecutionRole" in operations.printed["role"]


def recorded_for(name: str, operations: Operations) -> list[Request]:
    """Return what is asked by whom a policy of iam/ is for, beyond what everybody asks who deploys."""
    everybody = policy(operations, "deploy-policy.json")
    if name == "role-policy.json":
        return requests_of(operations, "calls of make role")
    return sorted(denied(everybody, requests_of(operations, "calls with alarms")), key=str)


@pytest.mark.parametrize("name", ["deploy-policy.json", "role-policy.json", "alarms-policy.json"])
def test_each_statement_and_each_action_that_is_taken_out_is_missed(
    requests: list[Request], operations: Operations, name: str
) -> None:
    asked = requests if name == "deploy-policy.json" else recorded_for(name, operations)
    assert denied(policy(operations, name), asked) == set()
    tried, kept = unnoticed(policy(operations, name), asked)
    assert kept == set(), "nothing needs these"
    assert len(tried) >= 5


def named(request: Request) -> str:
    if request.action.startswith("apigateway:"):
        return f"{request.action} /{request.resource.split('/')[1]}"
    return request.action


def test_what_belongs_to_others_is_refused(requests: list[Request], operations: Operations) -> None:
    """Each request once more, about the same thing of a service with another name."""
    slug = operations.service.slug
    others = []
    for request in requests:
        context = {key: value.replace(slug, "other") for key, value in request.context.items()}
        resource = request.resource.replace(slug, "other")
        others.append(Request(request.action, resource, context))
    refused = denied(policy(operations, "deploy-policy.json"), others)
    assert {named(request) for request in others if request not in refused} == NOT_NARROWED


def test_a_role_is_handed_to_the_services_of_a_stage_and_to_no_other(
    requests: list[Request], operations: Operations
) -> None:
    [role] = {request.resource for request in requests if request.action == "iam:PassRole"}
    to_ec2 = Request("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})
    assert denied(policy(operations, "deploy-policy.json"), [to_ec2]) == {to_ec2}


def test_undeploy_leaves_no_sampling_rule(requests: list[Request], operations: Operations) -> None:
    records = operations.aws.client("xray").get_sampling_rules()["SamplingRuleRecords"]
    assert [record["SamplingRule"]["RuleName"] for record in records] == ["Default"]
    assert f"The sampling rule {operations.function} was removed." in operations.printed["undeploy"]


def test_undeploy_leaves_the_functions_logs_and_none_of_the_api(
    requests: list[Request], operations: Operations
) -> None:
    found = operations.aws.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in found] == [
        f"/aws/lambda/{operations.function}",
        f"/aws/lambda/{operations.function}-migrate",
    ]


def test_the_execution_policy_is_the_role_s(operations: Operations) -> None:
    role = operations.aws.client("iam").get_role_policy(
        RoleName=f"{operations.function}-ZappaLambdaExecutionRole", PolicyName="zappa-permissions"
    )
    assert role["PolicyDocument"] == policy(operations, "execution-policy.json")
