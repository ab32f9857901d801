"""What a stage needs before Zappa builds and uploads anything."""

import os
import sys
from pathlib import Path
from typing import Any

import click
import environ

# Taken from the deployer's environment; a file .env.<stage> may hold any variable.
VARIABLES = ("DATABASE_URL", "DJANGO_ALLOWED_HOSTS", "DJANGO_LOG_LEVEL", "DJANGO_SECRET_KEY")
REQUIRED = ("DATABASE_URL", "DJANGO_SECRET_KEY")
DEVELOPMENT_TOOLS = ("mypy", "pytest", "ruff")


def prepare(cli: Any) -> None:
    """Give the function its environment, or say all that keeps the stage from working.

    Takes Zappa's ZappaCLI with its settings loaded. Does nothing but for deploy, update and package.
    Raises click.ClickException, which Zappa shows without a traceback.
    """
    if cli.command not in ("deploy", "update", "package"):
        return
    faults = packaging_faults(cli)
    if cli.command != "package":
        environment = stage_environment(cli.api_stage)
        known = environment | cli.aws_environment_variables | deployed_environment(cli)
        faults += missing_variables(known, cli.api_stage)
        cli.aws_environment_variables = cli.aws_environment_variables | environment
        click.echo(
            "Into the function's environment: " + (", ".join(sorted(environment)) or "nothing new")
        )
    if faults:
        raise click.ClickException(
            "nothing was built or uploaded.\n" + "\n".join(f"- {fault}" for fault in faults)
        )


def stage_environment(stage: str) -> dict[str, str]:
    """Return the stage's variables: from the deployer's environment, then from `.env.<stage>`."""

    class StageEnvironment(environ.Env):
        ENVIRON = {name: os.environ[name] for name in VARIABLES if name in os.environ}

    StageEnvironment.read_env(Path(f".env.{stage}"))
    return StageEnvironment.ENVIRON


def deployed_environment(cli: Any) -> dict[str, str]:
    """Return the variables that the function has already: Zappa's update keeps them."""
    if cli.command != "update":
        return {}
    function = cli.zappa.lambda_client.get_function_configuration(FunctionName=cli.lambda_name)
    variables: dict[str, str] = function.get("Environment", {}).get("Variables", {})
    return variables


def missing_variables(known: dict[str, str], stage: str) -> list[str]:
    return [
        f"{name} is not set for this stage: put it into your environment or into .env.{stage}"
        for name in REQUIRED
        if not known.get(name)
    ]


def packaging_faults(cli: Any) -> list[str]:
    faults = []
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if cli.runtime != python:
        faults.append(
            f"zappa_settings.json wants the runtime {cli.runtime}, but {python} is packaging: "
            "make .python-version and the runtime the same, then run make install"
        )
    tools = [tool for tool in DEVELOPMENT_TOOLS if (packaged_packages(python) / tool).exists()]
    if tools:
        faults.append(
            f"the environment to be packaged holds development tools ({', '.join(tools)}): "
            f"use make {cli.command} STAGE={cli.api_stage}, which packages one without them"
        )
    return faults


def packaged_packages(python: str) -> Path:
    """Return the site-packages that Zappa copies into the zip."""
    return Path(os.environ.get("VIRTUAL_ENV", sys.prefix)) / "lib" / python / "site-packages"
