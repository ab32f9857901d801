from argparse import ArgumentParser
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment import alarms, sampling_rule, stage_tracing
from zappa_xray.deployment.stage import CallFailed, Stage


class Command(BaseCommand):
    help = "Switch X-Ray tracing of a deployed stage on or off, its sampling rule and its alarms with it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--off", action="store_true", help="switch off, and remove rule and alarms"
        )
        choice.add_argument(
            "--undeployed",
            action="store_true",
            help="remove rule and alarms if the stage is no longer deployed, else change nothing",
        )

    def handle(self, *, stage: str, off: bool, undeployed: bool, **_: Any) -> None:
        try:
            found = Stage.load(stage)
            if undeployed:
                self.stdout.write(clean_up(found))
                return
            self.stdout.write(stage_tracing.switch(found, on=not off))
            for made in (sampling_rule, alarms):
                self.stdout.write(made.remove(found) if off else made.apply(found))
        except click.ClickException as error:
            raise CommandError(error.message) from error


def clean_up(stage: Stage) -> str:
    try:
        stage.call("lambda", "get_function_configuration", FunctionName=stage.function)
    except CallFailed as failure:
        if failure.code != "ResourceNotFoundException":
            raise
        return f"{sampling_rule.remove(stage)}\n{alarms.remove(stage)}"
    return f"{stage.function} is still deployed: nothing was changed."
