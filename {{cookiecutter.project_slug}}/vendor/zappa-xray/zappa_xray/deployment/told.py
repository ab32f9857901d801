"""What a deploy, an update or a rollback that failed has left, and the command that comes next."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.deployment.deployed import look
from zappa_xray.deployment.stage import Stage


def tell_how_it_ends(stage: Stage) -> None:
    """Have Zappa's command, when it fails, end with what stands, what to do, and exit code 1."""
    cli = stage.cli
    setattr(cli, cli.command, told(getattr(cli, cli.command), stage))


def told(run: Callable[..., Any], stage: Stage) -> Callable[..., Any]:
    def run_and_tell(*arguments: Any, **options: Any) -> Any:
        try:
            return run(*arguments, **options)
        except KeyboardInterrupt:
            click.echo(
                f"\nInterrupted: make {stage.cli.command} STAGE={stage.name} says what is left"
            )
            raise
        except click.ClickException as failure:
            raise with_next(failure.message, stage) from failure
        except (ClientError, BotoCoreError, OSError) as failure:
            raise with_next(str(failure), stage) from failure
        except SystemExit as end:  # Zappa has printed why
            raise with_next(f"Zappa ended with {end.code}", stage) from end
        finally:
            remove_templates(stage)

    return run_and_tell


def with_next(message: str, stage: Stage) -> click.ClickException:
    """Return the failure with what stands of the stage, as far as that can be seen, and what to do."""
    try:
        found = look(Stage(stage.cli))  # what it knew of the API may be over
    except click.ClickException as unseen:
        left, command = f"what is left cannot be seen: {unseen.message}", stage.cli.command
    else:
        back = stage.cli.command == "rollback"
        left, command = found.described(stage), "rollback" if back else found.command()
    return click.ClickException(
        f"{message}\nAs it is now: {left}.\nOnce that is mended: make {command} STAGE={stage.name}"
    )


def remove_templates(stage: Stage) -> None:
    """Remove the template that Zappa leaves, here and in the bucket, where its stack has failed."""
    for file in Path.cwd().glob(f"{stage.function}-template-*.json"):
        file.unlink()
        with suppress(click.ClickException, ClientError, BotoCoreError):
            stage.cli.zappa.remove_from_s3(file.name, stage.cli.s3_bucket_name)
