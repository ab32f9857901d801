"""What a stage needs before Zappa builds and uploads anything."""

from pathlib import Path
from typing import Any

import click

from zappa_xray.deployment import deployed, rollback, undeploy
from zappa_xray.deployment.alarms.given_topic import absence
from zappa_xray.deployment.belongs import contents
from zappa_xray.deployment.environment import pass_environment
from zappa_xray.deployment.guard import guard
from zappa_xray.deployment.keys.faults import ill_typed
from zappa_xray.deployment.packaged_environment import environment_to_package_faults
from zappa_xray.deployment.refusals import refusals
from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.stage_checks import stage_faults
from zappa_xray.deployment.staging import package_only

COMMANDS = ("deploy", "update", "package")


def prepare(cli: Any) -> None:
    """Give the function its environment and Zappa what to package, or say all that keeps the stage
    from working.

    Takes Zappa's ZappaCLI with its settings loaded. Does nothing but for deploy, update, package,
    rollback and undeploy. Raises click.ClickException, which Zappa shows without a traceback.
    """
    if cli.command == "rollback":
        rollback.prepare(Stage(cli))
    elif cli.command == "undeploy":
        undeploy.prepare(Stage(cli))
    elif cli.command in COMMANDS:
        prepare_package(Stage(cli))


def prepare_package(stage: Stage) -> None:
    cli, found = stage.cli, None
    if any(ill_typed(stage.settings)):  # then no more can be made of it
        refuse([*environment_to_package_faults(cli), *stage_faults(cli)])
    faults = []
    if cli.command != "package":
        found = deployed.look(stage)
        faults += [*deployed.faults(stage, found), *absence(stage)]
    packaged = contents(Path.cwd(), cli.stage_config)
    faults += [*environment_to_package_faults(cli), *packaged.faults, *stage_faults(cli)]
    faults += refusals(stage)
    if found is not None:
        faults += pass_environment(stage)
    refuse(faults)
    package_only(packaged, cli)
    if found is not None:
        guard(stage, found)


def refuse(faults: list[str]) -> None:
    """Raise click.ClickException with all faults, if there are any."""
    if faults:
        raise click.ClickException(
            "nothing was built or uploaded.\n" + "\n".join(f"- {fault}" for fault in faults)
        )
