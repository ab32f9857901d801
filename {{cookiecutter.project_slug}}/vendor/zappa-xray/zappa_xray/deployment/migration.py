"""Run the migrations of a package in a function of its own, which is there only as long as they run.

It has the stage's role, network and variables, and Lambda's longest time. The stage's own function
is left as it is: so a release's migrations can run before its code does, or after.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import WaiterError

from zappa_xray.deployment.architecture import architecture
from zappa_xray.deployment.doctor.function import configuration
from zappa_xray.deployment.doctor.link import Broken
from zappa_xray.deployment.environment import environment_faults, stage_environment
from zappa_xray.deployment.invocation import invoke
from zappa_xray.deployment.log_group import function_group
from zappa_xray.deployment.stage import CallFailed, Stage

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LONGEST_SECONDS = 900
COPIED = ("EphemeralStorage", "FileSystemConfigs", "KMSKeyArn", "Role")
# botocore's names for an answer that did not come, though the function may be at work.
UNANSWERED = ("ConnectionClosedError", "ReadTimeoutError")


def migrate(stage: Stage, package: Path, command: str, again: bool) -> str:
    """Return the end of the log of a management command, such as `migrate --noinput`.

    package  the zip that `zappa package` built
    again    take away first what a migration left that lost its connection

    Raises click.ClickException for a command that failed, ran out of time or could not be run.
    """
    wanted = parameters(stage, deployed_function(stage))
    name = wanted["FunctionName"]
    if again:
        remove(stage, name)
    with uploaded(stage, package, name) as code:
        create(stage, wanted | {"Code": code})
        try:
            wait_until_active(stage, name)
            log = invoke(stage, name, {"manage": command}, LONGEST_SECONDS)
        except CallFailed as failure:
            if failure.code in UNANSWERED:
                raise lost(stage, name) from failure
            remove(stage, name)
            raise
        except click.ClickException:
            remove(stage, name)
            raise
        remove(stage, name)
    return log


def deployed_function(stage: Stage) -> dict[str, Any]:
    try:
        return configuration(stage)
    except Broken as none:
        raise click.ClickException(f"{none.found}: {none.remedy}") from none


def parameters(stage: Stage, deployed: dict[str, Any]) -> dict[str, Any]:
    """Return what CreateFunction is given, but for the code.

    Raises click.ClickException when Django's settings would not start with the variables.
    """
    sources = stage_environment(stage)
    variables: dict[str, str] = {
        **deployed.get("Environment", {}).get("Variables", {}),
        **stage.cli.aws_environment_variables,
        **{name: value for name, (value, _source) in sources.items()},
    }
    if faults := environment_faults(variables, stage):
        raise click.ClickException("nothing was migrated.\n" + "\n".join(f"- {f}" for f in faults))
    network = deployed.get("VpcConfig", {})
    return {
        **{key: deployed[key] for key in COPIED if deployed.get(key)},
        "FunctionName": f"{stage.function}-migrate",
        "Architectures": [architecture(stage.settings)],
        "Description": f"Runs the migrations of {stage.function}, and is taken away then",
        "Runtime": stage.cli.runtime,
        "Handler": stage.cli.lambda_handler,
        "MemorySize": stage.cli.memory_size,
        "Timeout": LONGEST_SECONDS,
        "Environment": {"Variables": variables},
        "Layers": [layer["Arn"] for layer in deployed.get("Layers", [])],
        "LoggingConfig": {"LogGroup": function_group(stage)},
        "TracingConfig": {"Mode": deployed.get("TracingConfig", {}).get("Mode", "PassThrough")},
        "VpcConfig": {key: network.get(key, []) for key in ("SubnetIds", "SecurityGroupIds")},
    }


@contextmanager
def uploaded(stage: Stage, package: Path, name: str) -> Iterator[dict[str, str]]:
    """Put the package into the stage's bucket and yield where, as CreateFunction takes it."""
    place = {"Bucket": stage.settings["s3_bucket"], "Key": f"{name}.zip"}
    with package.open("rb") as file:
        stage.call("s3", "put_object", **place, Body=file)
    try:
        yield {"S3Bucket": place["Bucket"], "S3Key": place["Key"]}
    finally:
        stage.call("s3", "delete_object", **place)


def create(stage: Stage, wanted: dict[str, Any]) -> None:
    try:
        stage.call("lambda", "create_function", **wanted)
    except CallFailed as failure:
        if failure.code != "ResourceConflictException":
            raise
        raise click.ClickException(
            f"{wanted['FunctionName']} is there: another migration is under way, or one has lost its"
            f' connection. When none runs any more: make migrate STAGE={stage.name} ARGS="--again"'
        ) from failure


def wait_until_active(stage: Stage, name: str) -> None:
    """Return when the function can be invoked; in a VPC that may take minutes."""
    waiter = stage.client("lambda").get_waiter("function_active_v2")
    try:
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 150})
    except WaiterError as error:
        raise click.ClickException(f"{name} does not become active: {error}") from error


def remove(stage: Stage, name: str) -> None:
    try:
        stage.call("lambda", "delete_function", FunctionName=name)
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise


def lost(stage: Stage, name: str) -> click.ClickException:
    return click.ClickException(
        f"the connection to {name} was lost while it ran; it goes on, for {LONGEST_SECONDS} s at most."
        f" How it ends is in make logs STAGE={stage.name}, what it did says make manage"
        f' STAGE={stage.name} ARGS="showmigrations". Then: make migrate STAGE={stage.name} ARGS="--again"'
    )
