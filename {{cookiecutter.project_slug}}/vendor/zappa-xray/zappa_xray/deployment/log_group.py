"""Groups of CloudWatch Logs, and how long they keep what is written into them."""

from typing import Any

from zappa_xray.deployment.stage import CallFailed, Stage


def function_group(stage: Stage) -> str:
    """Return the name of the group into which Lambda writes the function's log."""
    return f"/aws/lambda/{stage.function}"


def access_group(stage: Stage) -> str:
    """Return the name of the group for the access log of the stage's API."""
    return f"/aws/apigateway/{stage.function}"


def find(stage: Stage, name: str) -> dict[str, Any] | None:
    """Return what CloudWatch Logs says of a group, None where there is none. Raises CallFailed."""
    # In the order of their names: the group itself comes before those whose names go on.
    found = stage.call("logs", "describe_log_groups", logGroupNamePrefix=name, limit=1)
    return next((group for group in found["logGroups"] if group["logGroupName"] == name), None)


def make(stage: Stage, name: str) -> dict[str, Any]:
    """Return a group, made where there was none. Raises CallFailed."""
    found = find(stage, name)
    if found is None:
        try:
            stage.call("logs", "create_log_group", logGroupName=name)
        except CallFailed as failure:
            if failure.code != "ResourceAlreadyExistsException":  # made by the first invocation
                raise
        found = find(stage, name)
    if found is None:
        raise CallFailed(f"the log group {name} was made and is not there")
    return found


def arn(group: dict[str, Any]) -> str:
    """Return a group's ARN, without what stands for its streams."""
    name: str = group["arn"]
    return name.removesuffix(":*")
