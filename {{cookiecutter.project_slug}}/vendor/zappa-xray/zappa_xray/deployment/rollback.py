"""Zappa's rollback: checked before, and the hooks run after it, for which Zappa calls none."""

from collections.abc import Iterator
from typing import Any

import click

from zappa_xray.deployment import after_deploy
from zappa_xray.deployment.architecture import DEFAULT
from zappa_xray.deployment.missing_permission import name_missing_permissions
from zappa_xray.deployment.stage import CallFailed, Stage
from zappa_xray.deployment.told import tell_how_it_ends
from zappa_xray.deployment.zappa_calls import pass_architecture, set_runtime

STAYS = (
    "Only the code is back, with its runtime and processor. As the last update made them stay the function's environment and settings,"
    " its schedules, the API, and the database: migrations are not undone."
)


def prepare(stage: Stage) -> None:
    """Have Zappa's rollback take the version that was meant, and finish as an update does.

    Raises click.ClickException when there are not so many versions.
    """
    cli, back = stage.cli, stage.cli.vargs["num_rollback"]
    versions = published(stage)
    if len(versions) <= back:
        raise click.ClickException(too_few(stage, versions, back))
    target, zappa = versions[back], cli.zappa
    click.echo(f"From {described(versions[0])} of {stage.function} back to {described(target)}")
    # Zappa looks at the first page only, and AWS lists the oldest versions first.
    zappa.lambda_client.list_versions_by_function = lambda **_: {"Versions": [*versions, LATEST]}
    roll_back = cli.rollback

    def rollback(revision: int) -> None:
        set_runtime(stage, target["Runtime"])
        roll_back(revision)
        finish(stage, target)

    cli.rollback = rollback
    pass_architecture(stage, target.get("Architectures", [DEFAULT])[0])
    name_missing_permissions(stage)
    tell_how_it_ends(stage)


LATEST = {"Version": "$LATEST"}


def published(stage: Stage) -> list[dict[str, Any]]:
    """Return the versions of a stage's function, the newest in front. Raises click.ClickException."""
    try:
        found = [version for version in listed(stage) if version["Version"] != "$LATEST"]
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise
        raise click.ClickException(
            f"{stage.function} is not deployed: make deploy STAGE={stage.name}"
        ) from failure
    return sorted(found, key=lambda version: int(version["Version"]), reverse=True)


def listed(stage: Stage) -> Iterator[dict[str, Any]]:
    asked = {"FunctionName": stage.function}
    while True:
        page = stage.call("lambda", "list_versions_by_function", **asked)
        yield from page["Versions"]
        if not (marker := page.get("NextMarker")):
            return
        asked["Marker"] = marker


def too_few(stage: Stage, versions: list[dict[str, Any]], back: int) -> str:
    have = ", ".join(described(version) for version in versions) or "no version"
    return (
        f"{stage.function} cannot go back by {back}: it has {have}. Deploy an earlier commit with make"
        f" update STAGE={stage.name} instead; num_retained_versions in zappa_settings.json says how"
        " many versions an update keeps"
    )


def described(version: dict[str, Any]) -> str:
    return f"version {version['Version']} ({version['LastModified'][:16]})"


def finish(stage: Stage, target: dict[str, Any]) -> None:
    """Look whether the function has the code of `target`, do what follows an update, say what stays.

    Raises click.ClickException when the code is not back, or the service does not work with it.
    """
    now = stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    if now["CodeSha256"] != target["CodeSha256"]:
        raise click.ClickException(
            f"{stage.function} has not got the code of version {target['Version']}: run it again, or"
            f" deploy an earlier commit with make update STAGE={stage.name}"
        )
    click.echo(STAYS)
    after_deploy.finish(stage.cli)
