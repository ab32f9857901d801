"""`make role`: the role that a stage's function runs with, made by who may make roles.

Who may make a role and give it policies can give himself any permission through it: so the deploy
policy holds neither, https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html.
"""

import sys

import click
from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.deployment.stage import CallFailed, Stage, failure


def make(stage: Stage) -> str:
    """Make the role or bring it up to date, and return what was done; run twice it changes nothing.

    Its policy is what `attach_policy` and `extra_permissions` of zappa_settings.json say. Raises
    click.ClickException.
    """
    cli, zappa = stage.cli, stage.cli.zappa
    if not cli.manage_roles:
        raise click.ClickException(
            f"manage_roles of {stage.name} is false in zappa_settings.json: the role is {cli.desired_role_arn}"
        )
    zappa.iam, zappa.iam_client = zappa.boto_resource("iam"), zappa.boto_client("iam")
    try:
        _arn, changed = zappa.create_iam_roles()
    except ClientError as error:
        raise failure(zappa.iam_client, error) from error
    except BotoCoreError as error:
        raise CallFailed(f"iam: {error}", type(error).__name__) from error
    state = "is as zappa_settings.json wants it now" if changed else "stands already"
    return f"The role {zappa.role_name} {state}."


def main(stage: str) -> None:
    try:
        click.echo(make(Stage.load(stage)))
    except click.ClickException as fault:
        sys.exit(f"Error: {fault.message}")


if __name__ == "__main__":
    main(sys.argv[1])
