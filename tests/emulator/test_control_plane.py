"""The control plane: moto, and what moto lacks."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

from emulator.aws import EmulatedAWS


def zip_of(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("handler.py", content)
    return file.getvalue()


def test_keeps_the_code_of_a_function(aws: EmulatedAWS, tmp_path: Path) -> None:
    role = aws.client("iam").create_role(RoleName="of-code", AssumeRolePolicyDocument="{}")
    aws.client("lambda").create_function(
        FunctionName="code",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": zip_of("answer = 42")},
        Environment={"Variables": {"COLOUR": "blue"}},
        TracingConfig={"Mode": "Active"},
    )
    folder = aws.download("code", tmp_path / "code")
    assert (folder / "handler.py").read_text() == "answer = 42"
    assert aws.function_environment("code") == {"COLOUR": "blue"}
    assert aws.function_tracing("code") == "Active"
    assert aws.function_tracing("another") is None


def test_lists_no_function_urls_and_creates_permissions(aws: EmulatedAWS) -> None:
    client = aws.client("lambda")
    assert client.list_function_url_configs(FunctionName="any")["FunctionUrlConfigs"] == []
    role = aws.client("iam").create_role(RoleName="of-permit", AssumeRolePolicyDocument="{}")
    client.create_function(
        FunctionName="permit",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": zip_of("")},
    )
    permission = client.add_permission(
        FunctionName="permit",
        StatementId="schedule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    assert permission["ResponseMetadata"]["HTTPStatusCode"] == 201


def test_a_version_s_number_is_not_given_twice(aws: EmulatedAWS) -> None:
    client = aws.client("lambda")
    role = aws.client("iam").create_role(RoleName="of-versions", AssumeRolePolicyDocument="{}")
    client.create_function(
        FunctionName="versions",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": zip_of("")},
    )
    hashes = {}
    for content in "abc":
        published = client.update_function_code(
            FunctionName="versions", ZipFile=zip_of(content), Publish=True
        )
        hashes[published["Version"]] = published["CodeSha256"]
    client.delete_function(FunctionName="versions", Qualifier="1")
    published = client.update_function_code(
        FunctionName="versions", ZipFile=zip_of("d"), Publish=True
    )
    hashes[published["Version"]] = published["CodeSha256"]
    found = client.list_versions_by_function(FunctionName="versions")["Versions"]
    assert [version["Version"] for version in found] == ["$LATEST", "2", "3", "4"]
    for number in "234":
        version = client.get_function(FunctionName="versions", Qualifier=number)["Configuration"]
        assert version["CodeSha256"] == hashes[number]


def test_deletes_a_rest_api_with_its_stack(aws: EmulatedAWS) -> None:
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "stacked"}}
    stacks = aws.client("cloudformation")
    stacks.create_stack(StackName="stacked", TemplateBody=json.dumps({"Resources": {"Api": api}}))
    gateway = aws.client("apigateway")
    names = [found["name"] for found in gateway.get_rest_apis()["items"]]
    assert "stacked" in names
    stacks.delete_stack(StackName="stacked")
    assert "stacked" not in [found["name"] for found in gateway.get_rest_apis()["items"]]


def test_reads_the_tracing_of_a_stage(aws: EmulatedAWS) -> None:
    gateway = aws.client("apigateway")
    api = gateway.create_rest_api(name="traced")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    assert aws.stage_tracing("traced", "dev") is None
    gateway.create_deployment(restApiId=api, stageName="dev")
    assert aws.stage_tracing("traced", "dev") is False
    switch_on = {"op": "replace", "path": "/tracingEnabled", "value": "true"}
    gateway.update_stage(restApiId=api, stageName="dev", patchOperations=[switch_on])
    assert aws.stage_tracing("traced", "dev") is True
    assert aws.stage_tracing("nothing of that name", "dev") is None


def test_keeps_sampling_rules(aws: EmulatedAWS) -> None:
    client = aws.client("xray")
    rule = {
        "RuleName": "stage",
        "ResourceARN": "*",
        "Priority": 100,
        "FixedRate": 1.0,
        "ReservoirSize": 10,
        "ServiceName": "notes-api-dev/dev",
        "ServiceType": "AWS::ApiGateway::Stage",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": "*",
    }

    def rates() -> dict[str, float]:
        records = client.get_sampling_rules()["SamplingRuleRecords"]
        rules = [record["SamplingRule"] for record in records]
        return {rule["RuleName"]: rule["FixedRate"] for rule in rules}

    client.create_sampling_rule(SamplingRule=rule | {"Version": 1})
    assert rates() == {"Default": 0.05, "stage": 1.0}
    with pytest.raises(client.exceptions.InvalidRequestException, match="exists already"):
        client.create_sampling_rule(SamplingRule=rule | {"Version": 1})
    client.update_sampling_rule(SamplingRuleUpdate={"RuleName": "stage", "FixedRate": 0.5})
    assert rates() == {"Default": 0.05, "stage": 0.5}
    client.delete_sampling_rule(RuleName="stage")
    assert rates() == {"Default": 0.05}
    with pytest.raises(client.exceptions.InvalidRequestException, match="no sampling rule"):
        client.delete_sampling_rule(RuleName="stage")


def test_ends_with_its_block() -> None:
    with EmulatedAWS() as aws:
        urllib.request.urlopen(aws.url, timeout=10).close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(aws.url, timeout=10)


def test_accounts_have_nothing_in_common() -> None:
    def create_role(account: EmulatedAWS) -> str:
        role = {"RoleName": "of-two-accounts", "AssumeRolePolicyDocument": "{}"}
        return str(account.client("iam").create_role(**role)["Role"]["RoleId"])

    with EmulatedAWS() as one, EmulatedAWS() as another:
        identity = create_role(one)
        assert one.client("iam").list_roles()["Roles"][0]["RoleId"] == identity
        assert another.client("iam").list_roles()["Roles"] == []
    with EmulatedAWS() as third:
        assert create_role(third) != identity
