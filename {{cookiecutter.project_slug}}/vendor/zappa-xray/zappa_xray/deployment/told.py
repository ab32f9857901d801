"""What one of Zappa's commands that failed or was interrupted has left, and which command comes next."""

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.deployment import stack
from zappa_xray.deployment.deployed import look
from zappa_xray.deployment.sign_in import advised
from zappa_xray.deployment.stage import Stage


def tell_how_it_ends(stage: Stage) -> None:
    """Have Zappa's command, when it fails, end with what stands, what to do, and exit code 1."""
    cli = stage.cli
    setattr(cli, cli.command, told(getattr(cli, cli.command), stage))


def told(run: Callable[..., Any], stage: Stage) -> Callable[..., Any]:
    def run_and_tell(*arguments: Any, **options: Any) -> Any:
        # A workflow that is cancelled sends it: what is asked for with ctrl-C is done then, too.
        before = signal.signal(signal.SIGTERM, interrupt)
        try:
            return run(*arguments, **options)
        except KeyboardInterrupt:
            click.echo(f"\nInterrupted.{what_next(stage, 'Next', stack.state_now)}")
            raise
        except click.ClickException as failure:
            raise with_next(failure.message, stage) from failure
        except (ClientError, BotoCoreError, OSError) as failure:
            raise with_next(advised(failure), stage) from failure
        except EOFError as failure:
            raise click.ClickException("there is nobody to ask: ARGS=--yes answers") from failure
        except SystemExit as end:  # Zappa has printed why
            raise with_next(f"Zappa ended with {end.code}", stage) from end
        finally:
            signal.signal(signal.SIGTERM, before)
            remove_templates(stage)

    return run_and_tell


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def with_next(message: str, stage: Stage) -> click.ClickException:
    return click.ClickException(message + what_next(stage, "Once that is mended", stack.at_rest))


def what_next(stage: Stage, when: str, state_of: Callable[[Stage], str]) -> str:
    """Return what stands of the stage, as far as that can be seen, and the command that comes next."""
    command = stage.cli.command
    try:
        found = look(Stage(stage.cli), state_of)  # what it knew of the API may be over
    except click.ClickException as unseen:
        left = f"what is left cannot be seen: {unseen.message}"
    else:
        left = found.described(stage)
        if command in ("deploy", "update") and not found.stack.endswith("_IN_PROGRESS"):
            command = found.command()
    return f"\nAs it is now: {left}.\n{when}: make {command} STAGE={stage.name}"


def remove_templates(stage: Stage) -> None:
    """Remove the template that Zappa leaves, here and in the bucket, where its stack has failed."""
    for file in Path.cwd().glob(f"{stage.function}-template-*.json"):
        file.unlink()
        with suppress(click.ClickException, ClientError, BotoCoreError):
            stage.cli.zappa.remove_from_s3(file.name, stage.cli.s3_bucket_name)
