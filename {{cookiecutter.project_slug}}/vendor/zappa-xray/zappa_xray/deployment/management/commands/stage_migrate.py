from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment.invocation import Failed
from zappa_xray.deployment.migration import LONGEST_SECONDS, migrate
from zappa_xray.deployment.stage import Stage


class Command(BaseCommand):
    help = (
        "Migrate the database of a deployed stage with a package's migrations, in a function of its"
        f" own that has {LONGEST_SECONDS} seconds."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json, such as dev")
        parser.add_argument("package", type=Path, help="what make package has built")
        parser.add_argument(
            "--command",
            default="migrate --noinput",
            help="another management command that takes its time; it is split at spaces",
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="take away first what a migration left whose connection was lost",
        )

    def handle(self, *, stage: str, package: Path, command: str, again: bool, **_: Any) -> None:
        if not package.is_file():
            raise CommandError(f"there is no {package}: make package STAGE={stage}")
        try:
            self.stdout.write(migrate(Stage.load(stage), package, command, again))
        except Failed as failure:
            self.stdout.write(failure.log)
            raise CommandError(f"{command} failed: {failure.message}") from failure
        except click.ClickException as error:
            raise CommandError(error.message) from error
