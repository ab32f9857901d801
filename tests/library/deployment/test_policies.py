"""Which file of iam/ a missing permission is found in."""

from pathlib import Path

import pytest
from zappa_xray.deployment.policies import action_of, where

from tests.library.deployment.conftest import client, write


def policy(*actions: str) -> str:
    return "{\n" + "\n".join(f'    "{action}",' for action in actions) + "\n}\n"


@pytest.fixture(autouse=True)
def iam(project: Path) -> None:
    """A folder iam/ as a service has it."""
    write(
        project,
        {
            "iam/alias-policy.json": policy("lambda:CreateAlias", "lambda:GetAlias"),
            "iam/deploy-policy.json": policy("lambda:GetAlias"),
            "iam/execution-policy.json": policy("xray:PutTraceSegments"),
            "iam/role-policy.json": policy("iam:GetRole", "iam:CreateRole"),
        },
    )


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (
            "lambda:GetAlias",
            "iam/deploy-policy.json allows it in line 2, give that policy to who deploys",
        ),
        (
            "lambda:CreateAlias",
            "iam/alias-policy.json allows it in line 2, give that policy to who deploys",
        ),
        (
            "iam:CreateRole",
            "iam/role-policy.json allows it in line 3, an administrator runs `make role` for this stage, once",
        ),
        (
            "xray:PutTraceSegments",  # the function's, which who deploys has no need of
            "add it to iam/deploy-policy.json and give that policy to who deploys",
        ),
    ],
)
def test_the_file_that_holds_it_is_named(action: str, sentence: str) -> None:
    assert where(action) == sentence


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("apigateway", "UpdateStage", "apigateway:PATCH"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("s3", "HeadBucket", "s3:ListBucket"),
        ("xray", "GetGroups", "xray:GetGroups"),
    ],
)
def test_the_action_is_iam_s_name_of_it(service: str, operation: str, action: str) -> None:
    model = client(service).meta.service_model.operation_model(operation)
    assert action_of(model) == action
