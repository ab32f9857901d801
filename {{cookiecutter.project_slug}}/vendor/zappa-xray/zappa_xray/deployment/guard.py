"""Around Zappa's deploy and update: what an earlier one left is cleared, and a failure says what to do."""

import logging
from typing import Any

import click

from zappa_xray.deployment import half_made, stack
from zappa_xray.deployment.deployed import Deployed
from zappa_xray.deployment.missing_permission import name_missing_permissions
from zappa_xray.deployment.stage import Stage
from zappa_xray.deployment.told import tell_how_it_ends
from zappa_xray.deployment.young_role import wait_for_the_role
from zappa_xray.deployment.zappa_calls import (
    bring_runtime_before_code,
    keep_concurrency,
    pass_architecture,
)


def guard(stage: Stage, found: Deployed) -> None:
    """Change Zappa's ZappaCLI of a stage, whose state is `found`, so that it cannot get stuck.

    Raises click.ClickException when what an earlier deploy left cannot be cleared.
    """
    stack.make_changeable(stage, found.stack)
    if found.function and not found.answers:
        half_made.go_on(stage)
    tell_how_it_ends(stage)
    name_missing_permissions(stage)
    wait_for_the_role(stage)
    expect_the_stack(stage)
    say_why_not_uploaded(stage.cli)
    let_uploads_lie(stage.cli)
    keep_concurrency(stage)
    pass_architecture(stage, stage.cli.architecture)
    bring_runtime_before_code(stage)


def expect_the_stack(stage: Stage) -> None:
    """Wait for the stack's end in place of Zappa, which knows few of its states and waits for ever."""

    def wait(parsed: dict[str, Any], **_: Any) -> None:
        if "Error" not in parsed:
            stack.expect_success(stage)

    for operation in ("CreateStack", "UpdateStack"):
        stage.cli.zappa.cf_client.meta.events.register(
            f"after-call.cloudformation.{operation}", wait
        )


class Kept(logging.Filter):
    """Keeps what would be logged with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            self.messages.append(record.getMessage())
        return not record.exc_info


def say_why_not_uploaded(cli: Any) -> None:
    """Have an upload that fails say why: Zappa logs a traceback and says that it failed."""
    upload = cli.zappa.upload_to_s3

    def upload_to_s3(path: str, bucket: str, **options: Any) -> bool:
        kept, logger = Kept(), logging.getLogger("zappa.core")
        logger.addFilter(kept)
        try:
            done = bool(upload(path, bucket, **options))
        finally:
            logger.removeFilter(kept)
        if not done:
            why = "; ".join(kept.messages) or "the file is missing or empty"
            raise click.ClickException(f"{path} was not uploaded to {bucket}: {why}")
        return done

    cli.zappa.upload_to_s3 = upload_to_s3


def let_uploads_lie(cli: Any) -> None:
    """Have a file that cannot be removed from the bucket be said and be no failure."""
    remove = cli.zappa.remove_from_s3

    def remove_from_s3(file_name: str, bucket: str) -> bool:
        try:
            return bool(remove(file_name, bucket))
        except click.ClickException as failure:
            click.echo(f"{file_name} stays in the bucket {bucket}: {failure.message}")
            return False

    cli.zappa.remove_from_s3 = remove_from_s3
