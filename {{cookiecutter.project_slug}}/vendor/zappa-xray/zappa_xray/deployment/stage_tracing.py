"""Tracing of the API Gateway stage, which Zappa's `xray_tracing` leaves off.

The first service of a request decides whether it is traced: a function with active tracing behind an
untraced stage stays dark for each HTTPS request
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html).
"""

import click

from zappa_xray.deployment.stage import Stage


def switch(stage: Stage, on: bool = True) -> str:
    """Switch tracing of the stage's REST API on or off, read it back and return what was done.

    Run twice it changes nothing. Raises click.ClickException when the stage is not as wanted afterwards.
    """
    if stage.other_front:
        return (
            f"Traces of HTTPS requests start at Lambda: {stage.other_front} has no X-Ray tracing of"
            " its own."
        )
    state = "on" if on else "off"
    if is_on(stage) == on:
        return f"X-Ray tracing of the stage {stage.name} is {state} already."
    stage.call(
        "apigateway",
        "update_stage",
        restApiId=stage.api_id,
        stageName=stage.name,
        patchOperations=[
            {"op": "replace", "path": "/tracingEnabled", "value": "true" if on else "false"}
        ],
    )
    if is_on(stage) != on:
        raise click.ClickException(f"X-Ray tracing of the stage {stage.name} is still not {state}.")
    return f"X-Ray tracing of the stage {stage.name} is {state} now."


def is_on(stage: Stage) -> bool:
    """Return whether API Gateway traces the deployed stage. Raises CallFailed."""
    found = stage.call("apigateway", "get_stage", restApiId=stage.api_id, stageName=stage.name)
    return bool(found.get("tracingEnabled"))
