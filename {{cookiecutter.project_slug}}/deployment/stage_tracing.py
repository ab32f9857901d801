"""Tracing of the API Gateway stage, which Zappa's `xray_tracing` leaves off.

The first service of a request decides whether it is traced: a function with active tracing behind an
untraced stage stays dark for each HTTPS request
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-xray.html).
"""

from typing import Any

import click


def switch_on(cli: Any) -> None:
    """Switch on tracing of the stage's REST API, read it back and say what was done.

    Takes Zappa's ZappaCLI after a deploy or an update; run twice it changes nothing.
    Raises click.ClickException when the stage is not traced afterwards.
    """
    other_front = front_without_stage_tracing(cli)
    if other_front:
        click.echo(
            f"Traces of HTTPS requests start at Lambda: {other_front} has no X-Ray tracing of its own."
        )
        return
    gateway = cli.zappa.apigateway_client
    stage = {"restApiId": cli.zappa.get_api_id(cli.lambda_name), "stageName": cli.api_stage}
    if gateway.get_stage(**stage).get("tracingEnabled"):
        click.echo(f"X-Ray tracing of the stage {cli.api_stage} is on already.")
        return
    gateway.update_stage(
        **stage,
        patchOperations=[{"op": "replace", "path": "/tracingEnabled", "value": "true"}],
    )
    if not gateway.get_stage(**stage).get("tracingEnabled"):
        raise click.ClickException(f"X-Ray tracing of the stage {cli.api_stage} is still off.")
    click.echo(f"X-Ray tracing of the stage {cli.api_stage} is on now.")


def front_without_stage_tracing(cli: Any) -> str | None:
    """Return what receives the requests when it is no REST API, else None."""
    if cli.use_alb:
        return "a load balancer"
    if not cli.use_apigateway:
        return "a function URL" if cli.use_function_url else "a function without API Gateway"
    return "an HTTP API" if cli.apigateway_version == "v2" else None
