"""Zappa's undeploy: it goes on where an earlier one stopped, and a failure says what is left."""

from typing import Any

import click

from zappa_xray.deployment.deployed import look
from zappa_xray.deployment.missing_permission import name_missing_permissions
from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.told import tell_how_it_ends


def prepare(stage: Stage) -> None:
    """Have Zappa's undeploy take away what is there. Raises click.ClickException when a call fails.

    By itself it fails without a function, also where that was the last that an earlier one took away,
    and with it `make undeploy`, before it has removed what the hooks made.
    """
    cli, found = stage.cli, look(stage)
    name_missing_permissions(stage)
    if not found.function:
        cli.unschedule = lambda: None
        cli.zappa.delete_lambda_function = lambda name: click.echo(f"There is no function {name}.")
        if not found.stack:
            cli.undeploy = nothing_to_do(stage)
            return
    tell_how_it_ends(stage)


def nothing_to_do(stage: Stage) -> Any:
    def undeploy(**_: Any) -> None:
        click.echo(f"There is nothing of {stage.function} that Zappa made.")

    return undeploy
