"""The doctor at a healthy stage, and with each link broken in the emulated AWS.

moto does not change TracingConfig: that link is broken in the service's own tests.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emulator.events import trace_id
from emulator.processes import CommandFailed
from tests.operations.conftest import Operations

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]

LINKS = [
    "Django's checks",
    "Middleware",
    "The SDK's app",
    "zappa_settings.json, dev",
    "Credentials",
    "The function",
    "The function's tracing",
    "The function's environment",
    "The function's role",
    "The way to X-Ray",
    "The way to the database",
    "The API's kind",
    "The stage's tracing",
    "The sampling rules",
    "Transaction Search",
    "The API's access log",
    "The logs",
    "The alarms",
    "The gateway's own answers",
    "Failed asynchronous calls",
    "Traces through the stage",
    "Traces from inside Django",
]


def examine(operations: Operations, *arguments: str, **faults: str | int) -> dict[str, Any]:
    """Return the doctor's JSON; its exit code must agree with it."""
    try:
        printed = operations.manage("trace_doctor", *arguments, "--json", **faults)
        failed = False
    except CommandFailed as failure:
        printed, failed = failure.output, True
    answer: dict[str, Any] = json.loads(printed[printed.index("{") :])
    assert answer["holds"] is not failed
    return answer


def broken(answer: dict[str, Any]) -> dict[str, str]:
    return {link["name"]: link["found"] for link in answer["links"] if link["holds"] is False}


def told(answer: dict[str, Any]) -> dict[str, str]:
    return {link["name"]: link["found"] for link in answer["links"]}


def send_a_trace(operations: Operations, of_django: bool) -> None:
    """Give X-Ray what API Gateway and, with `of_django`, the function send for one request."""
    root, now = trace_id(), time.time()
    stage: dict[str, Any] = {
        "id": secrets.token_hex(8),
        "name": f"{operations.function}/dev",
        "origin": "AWS::ApiGateway::Stage",
    }
    django: dict[str, Any] = {
        "id": secrets.token_hex(8),
        "name": operations.service.slug,
        "annotations": {"stage": "dev", "route": "/health/"},
    }
    documents = [stage, django] if of_django else [stage]
    operations.aws.client("xray").put_trace_segments(
        TraceSegmentDocuments=[
            json.dumps({**document, "trace_id": root, "start_time": now, "end_time": now + 0.1})
            for document in documents
        ]
    )


@pytest.fixture(scope="module")
def traced(operations: Operations) -> Operations:
    """The deployed stage after its first traced request."""
    operations.manage("trace_stage", "dev")
    send_a_trace(operations, of_django=True)
    return operations


def test_before_the_first_request_only_the_traces_are_missing(operations: Operations) -> None:
    operations.manage("trace_stage", "dev")
    assert broken(examine(operations, "dev")) == {
        "Traces through the stage": "none in the last hour",
        "Traces from inside Django": "none in the last hour",
    }
    send_a_trace(operations, of_django=False)
    assert list(broken(examine(operations, "dev"))) == ["Traces from inside Django"]


def test_a_healthy_stage_has_a_tick_at_each_link(traced: Operations) -> None:
    printed = traced.make("doctor")
    assert [line[2:].split("  ")[0] for line in printed.splitlines() if line[:1] == "✓"] == [
        name
        for name in LINKS
        if name != "The alarms"  # the stage dev has none
    ]
    assert "✗" not in printed
    assert printed.splitlines()[-1] == "All that was looked at holds, 1 left out."


def test_where_transaction_search_hides_traces_the_doctor_says_so_and_is_not_misled(
    traced: Operations,
) -> None:
    xray = traced.aws.client("xray")
    rule = {"Probabilistic": {"DesiredSamplingPercentage": 0.0}}
    try:
        xray.update_indexing_rule(Name="Default", Rule=rule)
        xray.update_trace_segment_destination(Destination="CloudWatchLogs")
        answer = examine(traced, "dev")
    finally:
        xray.update_trace_segment_destination(Destination="XRay")
    links = {link["name"]: link for link in answer["links"]}
    assert broken(answer) == {}
    assert "X-Ray indexes 0 % of the traces" in links["Transaction Search"]["found"]
    assert "aws xray update-indexing-rule" in links["Transaction Search"]["found"]
    assert links["Traces from inside Django"]["holds"] is None


Change = Callable[[Operations], Any]


def function(**configuration: Any) -> Change:
    def change(operations: Operations) -> Any:
        return operations.aws.client("lambda").update_function_configuration(
            FunctionName=operations.function, **configuration
        )

    return change


def role_policy(document: dict[str, Any] | None) -> Change:
    def change(operations: Operations) -> Any:
        policy = document or json.loads(
            (operations.service.folder / "iam/execution-policy.json").read_text()
        )
        return operations.aws.client("iam").put_role_policy(
            RoleName=f"{operations.function}-ZappaLambdaExecutionRole",
            PolicyName="zappa-permissions",
            PolicyDocument=json.dumps(policy),
        )

    return change


def command(*arguments: str) -> Change:
    return lambda operations: operations.manage(*arguments)


def stage_tracing(value: str) -> Change:
    def change(operations: Operations) -> Any:
        client = operations.aws.client("apigateway")
        [api] = client.get_rest_apis()["items"]
        patch = {"op": "replace", "path": "/tracingEnabled", "value": value}
        return client.update_stage(restApiId=api["id"], stageName="dev", patchOperations=[patch])

    return change


def other_rule(operations: Operations) -> Any:
    rule = {
        **dict.fromkeys(("ResourceARN", "ServiceName", "Host", "HTTPMethod", "URLPath"), "*"),
        "RuleName": "nothing-at-all",
        "ServiceType": "AWS::ApiGateway::*",
        "Priority": 1,
        "FixedRate": 0,
        "ReservoirSize": 0,
        "Version": 1,
    }
    return operations.aws.client("xray").create_sampling_rule(SamplingRule=rule)


def no_other_rule(operations: Operations) -> Any:
    return operations.aws.client("xray").delete_sampling_rule(RuleName="nothing-at-all")


def no_rule(operations: Operations) -> Any:
    return operations.aws.client("xray").delete_sampling_rule(RuleName=operations.function)


def text(file: str, old: str, new: str) -> Change:
    def change(operations: Operations) -> None:
        path = operations.service.folder / file
        content = path.read_text()
        assert content.count(old) == 1
        path.write_text(content.replace(old, new))

    return change


@contextmanager
def changed(operations: Operations, change: Change, mend: Change) -> Iterator[None]:
    change(operations)
    try:
        yield
    finally:
        mend(operations)


ONLY_LOGS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}],
}
FIRST = '"zappa_xray.tracing.middleware.XRayMiddleware",'
SECOND = '"zappa_xray.payloads.PayloadLimitMiddleware",'


@pytest.mark.parametrize(
    ("link", "change", "mend", "found"),
    [
        (
            "Middleware",
            text("config/settings.py", f"    {FIRST}\n    {SECOND}", f"    {SECOND}\n    {FIRST}"),
            text("config/settings.py", f"    {SECOND}\n    {FIRST}", f"    {FIRST}\n    {SECOND}"),
            "MIDDLEWARE begins with zappa_xray.payloads.PayloadLimitMiddleware",
        ),
        (
            "The SDK's app",
            text("config/settings.py", '    "aws_xray_sdk.ext.django",\n', ""),
            text(
                "config/settings.py",
                '    "zappa_xray.tracing",\n',
                '    "aws_xray_sdk.ext.django",\n    "zappa_xray.tracing",\n',
            ),
            "INSTALLED_APPS lacks aws_xray_sdk.ext.django",
        ),
        (
            "zappa_settings.json, dev",
            text("zappa_settings.json", '"xray_tracing": true', '"xray_tracing": false'),
            text("zappa_settings.json", '"xray_tracing": false', '"xray_tracing": true'),
            "xray_tracing is not true",
        ),
        (
            "The function",
            function(MemorySize=128),
            function(MemorySize=1024),
            "MemorySize is 128 and not 1024",
        ),
        (
            "The function's role",
            role_policy(ONLY_LOGS),
            role_policy(None),
            "may not lambda:InvokeFunction, xray:PutTraceSegments, xray:PutTelemetryRecords",
        ),
        (
            "The API's kind",
            text(
                "zappa_settings.json",
                '"xray_tracing"',
                '"apigateway_version": "v2", "xray_tracing"',
            ),
            text("zappa_settings.json", '"apigateway_version": "v2", ', ""),
            "requests come in through an HTTP API, which X-Ray does not trace",
        ),
        (
            "The stage's tracing",
            stage_tracing("false"),
            stage_tracing("true"),
            "tracingEnabled is false: no HTTPS request is traced",
        ),
        (
            "The sampling rules",
            other_rule,
            no_other_rule,
            "nothing-at-all (priority 1: 0 a second, 0% beyond) comes first and takes nothing",
        ),
        (
            "The sampling rules",
            no_rule,
            command("trace_stage", "dev"),
            "Default (priority 10000: 1 a second, 5% beyond) comes before notes-api-dev",
        ),
    ],
)
def test_a_broken_link_is_named_with_what_was_found(
    traced: Operations, link: str, change: Change, mend: Change, found: str
) -> None:
    with changed(traced, change, mend):
        answer = examine(traced, "dev")
    assert found in broken(answer)[link]
    assert next(each["remedy"] for each in answer["links"] if each["name"] == link)


def test_a_function_in_a_vpc_without_ways_out_and_with_them(
    traced: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traced, "recording", "calls in a VPC")
    ec2 = traced.aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    own, theirs = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("of-the-function", "of-the-database")
    )
    interface = {"SubnetId": subnet, "Groups": [theirs], "PrivateIpAddress": "10.1.1.77"}
    ec2.create_network_interface(**interface)
    kept = traced.aws.function_environment(traced.function)
    there = kept | {"DATABASE_URL": "postgresql://notes:secret-word@10.1.1.77/notes"}
    inside = function(
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [own]},
        Environment={"Variables": there},
    )
    outside = function(
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []}, Environment={"Variables": kept}
    )
    with changed(traced, inside, outside):
        closed = examine(traced, "dev")
        port = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
        into = [port | {"UserIdGroupPairs": [{"GroupId": own}]}]
        ec2.authorize_security_group_ingress(GroupId=theirs, IpPermissions=into)
        opened = examine(traced, "dev")
        denied = examine(traced, "dev", DescribeSubnets="UnauthorizedOperation")
    with changed(traced, function(Environment={"Variables": there}), outside):
        in_no_vpc = examine(traced, "dev")
    database = "The way to the database"
    assert broken(closed) == {
        database: f"{theirs} of 10.1.1.77 does not let {own} in at 5432",
    }
    assert told(closed)["The way to X-Ray"].startswith(
        f"{subnet} in {vpc} has no NAT, and {vpc} no endpoint com.amazonaws.eu-central-1.xray;"
        " traces come all the same"
    )
    assert broken(opened) == broken(denied) == {}
    assert told(opened)[database] == f"10.1.1.77:5432 in {vpc}, and {theirs} lets the function in"
    assert "ec2:DescribeSubnets is missing" in told(denied)[database]
    assert broken(in_no_vpc) == {
        database: "10.1.1.77 is 10.1.1.77, inside a network, and the function is in no VPC"
    }
    assert "secret-word" not in f"{closed}{opened}{denied}{in_no_vpc}"
    [statement] = json.loads((traced.service.folder / "iam/vpc-policy.json").read_text())[
        "Statement"
    ]
    asked = {
        f"ec2:{call.operation}" for call in traced.calls("calls in a VPC") if call.service == "ec2"
    }
    assert "ec2:DescribeSubnets" in asked
    assert asked <= set(statement["Action"])


def test_a_missing_variable_of_the_function(traced: Operations) -> None:
    kept = traced.aws.function_environment(traced.function)
    without = {name: value for name, value in kept.items() if name != "DATABASE_URL"}
    with changed(
        traced,
        function(Environment={"Variables": without}),
        function(Environment={"Variables": kept}),
    ):
        found = broken(examine(traced, "dev"))
    assert list(found) == ["The function's environment"]
    [sentence] = found.values()
    lacks = "The environment of the function lacks: DATABASE_URL (such as postgresql://"
    assert sentence.startswith(f"config.settings does not start with it: {lacks}")


def test_a_stage_that_is_not_deployed(traced: Operations) -> None:
    found = broken(examine(traced, "production"))
    assert found["The function"] == "notes-api-production does not exist in eu-central-1"
    assert "make deploy STAGE=production" in found["The stage's tracing"]


def test_a_permission_that_is_missing_is_named(traced: Operations) -> None:
    found = broken(examine(traced, "dev", SimulatePrincipalPolicy="AccessDenied"))
    assert list(found) == ["The function's role"]
    assert (
        "iam:SimulatePrincipalPolicy is missing: iam/deploy-policy.json allows it"
        in (found["The function's role"])
    )


def test_without_a_stage_or_credentials_it_says_what_it_left_out(traced: Operations) -> None:
    answer = examine(traced)
    assert answer["holds"] is True
    assert [link["name"] for link in answer["links"] if link["holds"] is None] == ["AWS"]
    answer = examine(traced, "dev", GetCallerIdentity="ExpiredToken")
    assert answer["holds"] is False
    left_out = [link["name"] for link in answer["links"] if link["holds"] is None]
    assert left_out == LINKS[LINKS.index("Credentials") + 1 :]
    assert "AWS was not asked" in broken(answer)["Credentials"]
