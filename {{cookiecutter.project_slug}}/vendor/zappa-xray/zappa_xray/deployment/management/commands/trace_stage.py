from argparse import ArgumentParser
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment import (
    access_log,
    dead_letters,
    gateway_responses,
    log_retention,
    sampling_rule,
    stage_tracing,
)
from zappa_xray.deployment.alarms import made as alarms
from zappa_xray.deployment.stage import CallFailed, Stage

AGAIN = (
    sampling_rule.apply,
    access_log.apply,
    log_retention.apply,
    alarms.apply,
    dead_letters.apply,
)


class Command(BaseCommand):
    help = "Do again what the hook does after a deploy: tracing, sampling rule, logs and alarms."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--off", action="store_true", help="switch tracing off, remove the rule"
        )
        choice.add_argument(
            "--undeployed",
            action="store_true",
            help="remove what the hook made if the stage is no longer deployed, else change nothing",
        )

    def handle(self, *, stage: str, off: bool, undeployed: bool, **_: Any) -> None:
        try:
            found = Stage.load(stage)
            if undeployed:
                self.stdout.write(clean_up(found))
                return
            if not off:
                self.stdout.write(gateway_responses.apply(found))
            self.stdout.write(stage_tracing.switch(found, on=not off))
            changes = (sampling_rule.remove,) if off else AGAIN
            for change in changes:
                self.stdout.write(change(found))
        except click.ClickException as error:
            raise CommandError(error.message) from error


def clean_up(stage: Stage) -> str:
    try:
        stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise
        return "\n".join(made.remove(stage) for made in (sampling_rule, access_log, alarms))
    return f"{stage.function} is still deployed: nothing was changed."
