import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError

from zappa_xray.deployment.doctor.chain import links_here, links_in_aws
from zappa_xray.deployment.doctor.link import Link
from zappa_xray.deployment.doctor.text import lines
from zappa_xray.deployment.stage import Stage
from zappa_xray.stages import stages


class Command(BaseCommand):
    help = "Follow a request to X-Ray and say which link of the chain is broken and what to do."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "stage", nargs="?", help="a stage of zappa_settings.json; without it nobody asks AWS"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="wait for a trace to appear"
        )

    def handle(self, *, stage: str | None, wait: float, **options: Any) -> None:
        try:
            links = examine(stage, wait)
        except click.ClickException as error:
            raise CommandError(error.message) from error
        except (OSError, ValueError) as error:  # of zappa_settings.json
            raise CommandError(str(error)) from error
        holds = not any(link.holds is False for link in links)
        if options["json"]:
            answer = {"stage": stage, "holds": holds, "links": [asdict(link) for link in links]}
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            self.stdout.write("\n".join(lines(links, self.mark)))
        if not holds:
            raise SystemExit(1)

    def mark(self, holds: bool | None) -> str:
        if holds is None:
            return self.style.WARNING("-")
        return self.style.SUCCESS("✓") if holds else self.style.ERROR("✗")


def examine(stage: str | None, wait_seconds: float) -> list[Link]:
    """Return the links of a stage; without one those of all stages that need no AWS."""
    names = [stage] if stage else list(stages(Path("zappa_settings.json")))
    loaded = [Stage.load(name) for name in names]
    links = list(links_here(loaded))
    if stage:
        return [*links, *links_in_aws(loaded[0], wait_seconds)]
    ask = "name a stage to ask AWS about it: make doctor STAGE=dev"
    return [*links, Link("AWS", None, ask)]
