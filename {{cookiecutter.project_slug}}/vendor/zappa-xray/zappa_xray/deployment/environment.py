"""The environment of a stage's function: where its variables come from, and whether they will do."""

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import click
import environ
from django.http.request import validate_host

from zappa_xray.deployment.database_url import url_faults
from zappa_xray.deployment.origins import origin_faults
from zappa_xray.deployment.rehearsal import Rehearsal, rehearse
from zappa_xray.deployment.stage import CallFailed, Stage

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = re.compile(
    "_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|AWS_(DEFAULT_)?REGION"
    "|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN"
)
LARGEST_ENVIRONMENT = 4096  # bytes
READABLE = "{}://user:password@host/name"


def pass_environment(stage: Stage) -> list[str]:
    """Put the stage's variables where Zappa sends them to Lambda; return what is wrong with them."""
    sources = stage_environment(stage)
    environment = stage.cli.aws_environment_variables | {
        name: value for name, (value, _source) in sources.items()
    }
    there = deployed_environment(stage)
    faults = environment_faults(there | environment, stage)
    stage.cli.aws_environment_variables = environment
    click.echo("Into the function's environment, values unseen:" + ("" if sources else " nothing"))
    for name, (_value, source) in sorted(sources.items()):
        click.echo(f"  {name} from {source}")
    for line in kept(there.keys() - environment.keys(), stage):
        click.echo(line)
    return faults


def kept(names: Collection[str], stage: Stage) -> Iterator[str]:
    """Yield what is to be said of the variables that a function keeps from earlier deploys."""
    expected = set(stage.settings.get("environment_from_deployer", []))
    if still := sorted(expected.intersection(names)):
        yield f"  {', '.join(still)} as before"
    if forgotten := sorted(set(names) - expected):
        yield (
            f"The function keeps {', '.join(forgotten)} of earlier deploys, which nothing names any more:"
            " an update takes no variable away. The console of Lambda does (Configuration, Environment"
            " variables)"
        )


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
        return {}
    variables: dict[str, str] = function.get("Environment", {}).get("Variables", {})
    return variables


def environment_faults(environment: dict[str, str], stage: Stage) -> list[str]:
    """Return why a function with these variables would not work, each with how to mend it."""
    file = f".env.{stage.name}"
    faults = [
        f"Lambda sets {name} itself and takes no other value: take it out of {file}"
        for name in environment
        if RESERVED.fullmatch(name)
    ]
    size = sum(len(f"{name}{value}".encode()) for name, value in environment.items())
    if size > LARGEST_ENVIRONMENT:
        faults.append(
            f"the function's environment has {size} bytes, Lambda takes {LARGEST_ENVIRONMENT}"
        )
    misread = url_faults(environment)
    # So that the settings can say what else they lack.
    readable = {name: READABLE.format(environment[name].partition("://")[0]) for name in misread}
    return [*faults, *misread.values(), *settings_faults(environment | readable, stage)]


def settings_faults(environment: dict[str, str], stage: Stage) -> list[str]:
    """Return what Django's settings say of these variables, and what would not work though they start."""
    module = stage.settings.get("django_settings")
    if not module or stage.settings.get("remote_env"):
        return []  # not all variables are known here
    found = rehearse(stage.settings, stage.name, environment)
    if not found.refusal:
        return [*database_faults(found), *hosts_faults(found, stage), *origin_faults(found.cors)]
    if not found.conclusive:
        click.echo(f"{module} could not be tried here: {found.refusal}")
        return []
    return [
        f"{module} would not start. {found.refusal}. Variables are taken from .env.{stage.name} and,"
        " as far as `environment_from_deployer` of zappa_settings.json names them, from your environment"
    ]


def database_faults(found: Rehearsal) -> list[str]:
    if not found.engine.endswith("sqlite3"):
        return []
    return ["the database is SQLite, whose file a function could not write"]


def hosts_faults(found: Rehearsal, stage: Stage) -> list[str]:
    hosts = found.allowed_hosts
    if stage.cli.domain and not validate_host(stage.cli.domain, hosts):
        return [f"ALLOWED_HOSTS does not hold the stage's domain {stage.cli.domain}"]
    # API Gateway's own names, which a service may let in by default, are of no use behind another.
    others = [host for host in hosts if not host.startswith(".execute-api.")]
    if stage.cli.use_apigateway or others:
        return []
    return [f"ALLOWED_HOSTS holds no name under which {stage.other_front} is asked"]
