import json
import os
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand

from zappa_xray.traceview.filters import add_options, age
from zappa_xray.traceview.progress import Progress
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.stage import stage_named

MINUTE = timedelta(minutes=1)
WIDTH_WITHOUT_TERMINAL = 200


class Command(BaseCommand):
    help = "Print figures of a stage's requests for each route, what hurts first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json")
        parser.add_argument("--since", type=age, default=3600.0, help="30m, 1h (default), 7d")
        parser.add_argument(
            "--source",
            choices=("logs", "xray"),
            default="logs",
            help="count all requests by the function's log (default), or those that X-Ray has",
        )
        add_options(parser)
        parser.add_argument("--timed-out", action="store_true", help="only those that timed out")
        parser.add_argument("--json", action="store_true", help="durations in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        needs("boto3", *([] if options["json"] else ["rich"]))
        from zappa_xray.traceview.stage_report import stage_report

        # CloudWatch counts by whole minutes.
        end = (datetime.now(UTC) + MINUTE).replace(second=0, microsecond=0)
        start = (end - MINUTE - timedelta(seconds=options["since"])).replace(second=0)
        progress = Progress(self.stderr)
        report = stage_report(stage_named(options["stage"]), start, end, options, progress)
        progress("")
        if options["json"]:
            self.stdout.write(json.dumps(report.row(), indent=2))
            return
        from zappa_xray.traceview.report import printed
        from zappa_xray.traceview.terminal import console_for

        console = console_for(self.stdout._out, options["no_color"])
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = WIDTH_WITHOUT_TERMINAL
        for part in printed(report, console.width):
            console.print(part, soft_wrap=isinstance(part, str))
