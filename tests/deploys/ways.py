"""The ways in which a deploy or an update fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NO_FUNCTION = "As it is now: there is no function notes-dev."
NO_API = "As it is now: the function notes-dev is there, but its API is not"
DEPLOYED = "As it is now: the stage dev is deployed (its stack is "


@dataclass(frozen=True)
class Way:
    """A way of failing: what goes wrong, what the command says of it, and the command that mends it."""

    operation: str
    says: tuple[str, ...]
    next: str
    how: dict[str, Any] = field(default_factory=dict)


def denied(operation: str, *says: str, next: str, **how: Any) -> Way:
    refused = {"code": "AccessDeniedException", "status": 403, **how}
    return Way(operation, (*says, f"make {next} STAGE=dev"), next, refused)


FIRST_DEPLOYS = {
    "refused CreateFunction": Way(
        "CreateFunction",
        ("InvalidParameterValueException", "Too many layers.", NO_FUNCTION),
        "deploy",
        {"code": "InvalidParameterValueException", "message": "Too many layers."},
    ),
    "stack rolled back": Way(
        "CreateStack",
        (
            "the stack notes-dev is ROLLBACK_COMPLETE",
            "  Api: CREATE_FAILED: No more than 600 APIs.",
            f"{NO_API} (its stack is ROLLBACK_COMPLETE).",
        ),
        "deploy",
        {"stack": "ROLLBACK_COMPLETE", "message": "No more than 600 APIs."},
    ),
    "stack not created": Way(
        "CreateStack",
        ("the stack notes-dev is CREATE_FAILED", "  Api: CREATE_FAILED: Internal failure."),
        "deploy",
        {"stack": "CREATE_FAILED", "message": "Internal failure."},
    ),
}
UPDATES = {
    "refused UpdateFunctionCode": Way(
        "UpdateFunctionCode",
        ("CodeStorageExceededException", DEPLOYED),
        "update",
        {"code": "CodeStorageExceededException"},
    ),
    "denied UpdateFunctionConfiguration": denied(
        "UpdateFunctionConfiguration",
        "the permission lambda:UpdateFunctionConfiguration is missing: add it to iam/",
        DEPLOYED,
        next="update",
    ),
    "stack's update rolled back": Way(
        "UpdateStack",
        (
            "the stack notes-dev is UPDATE_ROLLBACK_COMPLETE",
            "  Api: UPDATE_FAILED: Throttled.",
            DEPLOYED,
        ),
        "update",
        {"stack": "UPDATE_ROLLBACK_COMPLETE", "message": "Throttled."},
    ),
    "stack's rollback failed": Way(
        "UpdateStack",
        ("the stack notes-dev is UPDATE_ROLLBACK_FAILED", "  Api: UPDATE_FAILED: Gone.", DEPLOYED),
        "update",
        {"stack": "UPDATE_ROLLBACK_FAILED", "message": "Gone."},
    ),
    "denied by the hook": denied(
        "GetSamplingRules",
        "the permission xray:GetSamplingRules is missing",
        DEPLOYED,
        next="update",
    ),
}
# The calls of a first deploy, in their order: each deploy comes one further than the one before.
STEPS = {
    "CreateRole": denied("CreateRole", "iam:CreateRole is missing", NO_FUNCTION, next="deploy"),
    "PutRolePolicy": denied("PutRolePolicy", "iam:PutRolePolicy is missing", next="deploy"),
    "HeadBucket": denied(
        "HeadBucket",
        "s3:ListBucket is missing",
        "or the bucket packages-of-notes is somebody else's",
        next="deploy",
        code="403",
    ),
    "CreateBucket": denied("CreateBucket", "s3:CreateBucket is missing", next="deploy"),
    "PutObject": denied("PutObject", "was not uploaded", "s3:PutObject is missing", next="deploy"),
    "CreateFunction": denied(
        "CreateFunction",
        "lambda:CreateFunction is missing: iam/deploy-policy.json allows it in line 3",
        NO_FUNCTION,
        next="deploy",
    ),
    "PutRule": denied("PutRule", "events:PutRule is missing", f"{NO_API}.", next="deploy"),
    "AddPermission": denied("AddPermission", "lambda:AddPermission is missing", next="deploy"),
    "PutTargets": denied("PutTargets", "events:PutTargets is missing", next="deploy"),
    "CreateStack": denied(
        "CreateStack", "cloudformation:CreateStack is missing", NO_API, next="deploy"
    ),
    "UpdateRestApi": denied(
        "UpdateRestApi",
        "apigateway:PATCH is missing",
        f"{NO_API} (its stack is CREATE_COMPLETE).",
        next="deploy",
    ),
    "CreateDeployment": denied("CreateDeployment", "apigateway:POST is missing", next="deploy"),
    "UpdateStage": denied("UpdateStage", "apigateway:PATCH is missing", DEPLOYED, next="update"),
}
