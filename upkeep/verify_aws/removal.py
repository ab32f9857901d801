"""Takes away what a stage has left: by its own command, and then what that leaves standing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from upkeep.verify_aws.claims import Claims, expect
from upkeep.verify_aws.stage import Stage


def take_away(stage: Stage, claims: Claims) -> None:
    """Take everything away, and look whether it is gone; each though another one fails."""
    look = claims.look
    look("make undeploy takes the stage away", lambda: undeploy(stage))
    for name, remove in leftovers(stage):
        look(f"{name} is gone", remove)


def undeploy(stage: Stage) -> str:
    stage.make("undeploy", "--yes")
    client = stage.account.client("lambda")
    with suppress(client.exceptions.ResourceNotFoundException):
        client.get_function_configuration(FunctionName=stage.function)
        expect(False, f"the function {stage.function} is still there")
    client = stage.account.client("cloudformation")
    with suppress(client.exceptions.ClientError):
        [stack] = client.describe_stacks(StackName=stage.function)["Stacks"]
        expect(stack["StackStatus"] == "DELETE_COMPLETE", f"the stack is {stack['StackStatus']}")
    return "function, API, schedule and sampling rule"


def leftovers(stage: Stage) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield what `make undeploy` leaves for its owner: its name, and what removes it."""
    bucket = str(stage.service.stage_settings(stage.name)["s3_bucket"])
    role = f"{stage.function}-ZappaLambdaExecutionRole"
    yield f"the role {role}", lambda: remove_role(stage, role)
    for group in (f"/aws/lambda/{stage.function}", f"/aws/apigateway/{stage.function}"):
        yield f"the log group {group}", lambda group=group: remove_log(stage, group)  # type: ignore[misc]  # its default is text
    if stage.made_its_bucket:
        yield f"the bucket {bucket}", lambda: remove_bucket(stage, bucket)


def remove_role(stage: Stage, role: str) -> str:
    client = stage.account.client("iam")
    try:
        for policy in client.list_role_policies(RoleName=role)["PolicyNames"]:
            client.delete_role_policy(RoleName=role, PolicyName=policy)
        client.delete_role(RoleName=role)
    except client.exceptions.NoSuchEntityException:
        return "was not there"
    return "removed"


def remove_log(stage: Stage, group: str) -> str:
    client = stage.account.client("logs")
    try:
        client.delete_log_group(logGroupName=group)
    except client.exceptions.ResourceNotFoundException:
        return "was not there"
    return "removed"


def remove_bucket(stage: Stage, bucket: str) -> str:
    client = stage.account.client("s3")
    try:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", ()):
                client.delete_object(Bucket=bucket, Key=item["Key"])
        client.delete_bucket(Bucket=bucket)
    except client.exceptions.NoSuchBucket:
        return "was not there"
    return "removed"
