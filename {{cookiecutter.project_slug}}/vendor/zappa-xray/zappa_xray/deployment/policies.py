"""Which file of a service's iam/ holds an action that AWS has refused."""

from collections.abc import Iterator
from pathlib import Path

from botocore.model import OperationModel

IAM = Path("iam")
DEPLOY_POLICY = IAM / "deploy-policy.json"
ROLE_POLICY = IAM / "role-policy.json"
NOT_OF_WHO_DEPLOYS = ("execution-policy.json", "github-trust-policy.json")
# IAM's action where it is not called as the operation is:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
RENAMED = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
}


def action_of(model: OperationModel) -> str:
    """Return the IAM action that an operation of AWS needs, such as xray:GetGroups."""
    service = model.service_model.service_name
    if service == "apigateway":
        # Its actions are HTTP's methods:
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
        return f"apigateway:{model.http['method']}"
    action = f"{service}:{model.name}"
    return RENAMED.get(action, action)


def where(action: str) -> str:
    """Return the sentence that says where iam/ allows `action`, such as lambda:CreateAlias."""
    for file in policies_of_who_deploys():
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            if f'"{action}"' in line:
                return f"{file} allows it in line {number}, {remedy(file)}"
    return f"add it to {DEPLOY_POLICY} and give that policy to who deploys"


def remedy(file: Path) -> str:
    if file == ROLE_POLICY:
        return "an administrator runs `make role` for this stage, once"
    return "give that policy to who deploys"


def policies_of_who_deploys() -> Iterator[Path]:
    """Yield the deploy policy, which everybody needs, then those that only some need."""
    found = [file for file in IAM.glob("*-policy.json") if file.name not in NOT_OF_WHO_DEPLOYS]
    yield from sorted(found, key=lambda file: (file != DEPLOY_POLICY, file.name))
