"""What a stage needs before Zappa builds and uploads anything."""

import os
import re
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import click
import environ
from django.http.request import validate_host

from zappa_xray.deployment.package import unwanted_files
from zappa_xray.deployment.stage import CallFailed, Stage

REQUIRED = ("DATABASE_URL", "DJANGO_SECRET_KEY")
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = re.compile(
    "_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_)?REGION"
    "|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN"
)
LARGEST_ENVIRONMENT = 4096  # bytes


def prepare(cli: Any) -> None:
    """Give the function its environment, or say all that keeps the stage from working.

    Takes Zappa's ZappaCLI with its settings loaded. Does nothing but for deploy, update and package.
    Raises click.ClickException, which Zappa shows without a traceback.
    """
    if cli.command not in ("deploy", "update", "package"):
        return
    faults = packaging_faults(cli)
    if cli.command != "package":
        faults += pass_environment(Stage(cli))
    if faults:
        raise click.ClickException(
            "nothing was built or uploaded.\n" + "\n".join(f"- {fault}" for fault in faults)
        )


def pass_environment(stage: Stage) -> list[str]:
    """Put the stage's variables where Zappa sends them to Lambda; return what is wrong with them."""
    sources = stage_environment(stage)
    environment = stage.cli.aws_environment_variables | {
        name: value for name, (value, _source) in sources.items()
    }
    faults = environment_faults(deployed_environment(stage) | environment, stage)
    stage.cli.aws_environment_variables = environment
    click.echo("Into the function's environment, values unseen:" + ("" if sources else " nothing"))
    for name, (_value, source) in sorted(sources.items()):
        click.echo(f"  {name} from {source}")
    return faults


def stage_environment(stage: Stage) -> dict[str, tuple[str, str]]:
    """Return the stage's variables: each with its value and where that comes from.

    Those that `environment_from_deployer` in zappa_settings.json names come from the environment of
    this process if they are set there; `.env.<stage>` may hold these and any other.
    """
    file = Path(f".env.{stage.name}")

    class StageEnvironment(environ.Env):
        ENVIRON: dict[str, str] = {}

    if file.exists():
        StageEnvironment.read_env(file)
    found = {name: (value, str(file)) for name, value in StageEnvironment.ENVIRON.items()}
    own = {
        name: (os.environ[name], "your environment")
        for name in stage.settings.get("environment_from_deployer", [])
        if os.environ.get(name)
    }
    return found | own


def deployed_environment(stage: Stage) -> dict[str, str]:
    """Return the variables that the function has already: Zappa's update keeps them."""
    if stage.cli.command != "update":
        return {}
    try:
        function = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise
        raise CallFailed(
            f"{stage.function} is not deployed yet: make deploy STAGE={stage.name}", failure.code
        ) from failure
    variables: dict[str, str] = function.get("Environment", {}).get("Variables", {})
    return variables


def environment_faults(environment: dict[str, str], stage: Stage) -> list[str]:
    """Return why a function with these variables would not work, each with how to mend it."""
    file = f".env.{stage.name}"
    faults = [
        f"{name} is not set for this stage: put it into your environment or into {file}"
        for name in REQUIRED
        if not environment.get(name)
    ]
    if environment.get("DATABASE_URL", "").startswith("sqlite"):
        faults.append("DATABASE_URL is SQLite, whose file a function could not write")
    faults += hosts_faults(environment.get("DJANGO_ALLOWED_HOSTS", ""), stage)
    faults += [
        f"Lambda sets {name} itself and takes no other value: take it out of {file}"
        for name in environment
        if RESERVED.fullmatch(name)
    ]
    size = sum(len(f"{name}{value}".encode()) for name, value in environment.items())
    if size > LARGEST_ENVIRONMENT:
        faults.append(
            f"the function's environment has {size} bytes, Lambda takes {LARGEST_ENVIRONMENT}"
        )
    return faults


def hosts_faults(allowed: str, stage: Stage) -> list[str]:
    """Return what is wrong with DJANGO_ALLOWED_HOSTS; unset, it lets in API Gateway's own names."""
    hosts = [host.strip() for host in allowed.split(",") if host.strip()]
    if stage.cli.domain and not validate_host(stage.cli.domain, hosts):
        return [f"DJANGO_ALLOWED_HOSTS does not hold the stage's domain {stage.cli.domain}"]
    if stage.cli.use_apigateway or hosts:
        return []
    return [f"DJANGO_ALLOWED_HOSTS is not set, and behind {stage.other_front} has no default"]


def packaging_faults(cli: Any) -> list[str]:
    """Return what is wrong with the Python, the packages and the files that would be packaged."""
    faults = []
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if cli.runtime != python:
        faults.append(
            f"zappa_settings.json wants the runtime {cli.runtime}, but {python} is packaging: "
            "make .python-version and the runtime the same, then run make install"
        )
    if tools := development_tools(packaged_packages(python)):
        faults.append(
            f"the environment to be packaged holds development tools ({', '.join(tools)}): "
            f"use make {cli.command} STAGE={cli.api_stage}, which packages one without them"
        )
    if files := unwanted_files(cli):
        faults.append(
            f"the package would hold {', '.join(files)}: move or delete it, or name it in `exclude`"
            " of zappa_settings.json"
        )
    return faults


def development_tools(packages: Path) -> list[str]:
    """Return which packages of pyproject.toml's group `dev` are installed in a folder."""
    project = tomllib.loads(Path("pyproject.toml").read_text())
    installed = {distribution.name.lower() for distribution in distributions(path=[str(packages)])}
    needed = required_names(project.get("project", {}).get("dependencies", []))
    return sorted((required_names(project["dependency-groups"]["dev"]) - needed) & installed)


def required_names(requirements: list[Any]) -> set[str]:
    """Return the packages' names of requirements as in pyproject.toml, such as `ruff>=0.17`."""
    found = (re.match("[A-Za-z0-9._-]*", line) for line in requirements if isinstance(line, str))
    return {name.group().lower() for name in found if name}


def packaged_packages(python: str) -> Path:
    """Return the site-packages that Zappa copies into the zip."""
    return Path(os.environ.get("VIRTUAL_ENV", sys.prefix)) / "lib" / python / "site-packages"
