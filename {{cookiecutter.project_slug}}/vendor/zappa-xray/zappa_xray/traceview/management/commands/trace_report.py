import json
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand

from zappa_xray.traceview.figures import Figures, Request, figures_of
from zappa_xray.traceview.filters import add_options, duration, from_options
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.stage import Stage, stage_named


class Command(BaseCommand):
    help = "Print figures of a stage's traced requests for each route, what hurts first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json")
        parser.add_argument("--since", type=duration, default=3600.0, help="30m, 1h (default), 7d")
        add_options(parser)
        parser.add_argument("--timed-out", action="store_true", help="only those that timed out")
        parser.add_argument("--json", action="store_true", help="durations in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        needs("boto3", *([] if options["json"] else ["rich"]))
        from zappa_xray.traceview import sampling
        from zappa_xray.traceview.xray import client

        stage = stage_named(options["stage"])
        xray = client(stage)
        end = datetime.now(UTC)
        start = end - timedelta(seconds=options["since"])
        routes = self._figures(xray, stage, start, end, options)
        sampled = sampling.sentence(xray, stage, start, end)
        if options["json"]:
            rows = [figures.row(xray.meta.region_name) for figures in routes]
            report = {"stage": stage.name, "start": start.isoformat(), "end": end.isoformat()}
            self.stdout.write(json.dumps(report | {"sampling": sampled, "routes": rows}, indent=2))
        else:
            span = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
            self._print(routes, f"{stage.function}, {span}", xray.meta.region_name)
            self.stdout.write(sampled)

    def _figures(
        self, xray: Any, stage: Stage, start: datetime, end: datetime, options: dict[str, Any]
    ) -> list[Figures]:
        from zappa_xray.traceview.xray import readable_errors, summaries

        expression = f'service("{stage.function}")'
        if options["slower_than"] is not None:
            expression += f" AND responsetime > {options['slower_than']:g}"
        wanted = from_options(options)
        with readable_errors():
            found = summaries(xray, expression, start, end, self._tell_progress)
            requests = (Request.from_summary(summary) for summary in found)
            figures = figures_of(
                request
                for request in requests
                if wanted(request) and (request.timed_out or not options["timed_out"])
            )
        self._tell_progress("")
        return figures

    def _tell_progress(self, text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{text:<60}\r", ending="")
            self.stderr.flush()

    def _print(self, routes: list[Figures], title: str, region: str) -> None:
        from zappa_xray.traceview.report import slowest, table
        from zappa_xray.traceview.terminal import console_for

        console = console_for(self.stdout._out)
        if not console.is_terminal:
            console.width = 200
        total = sum(figures.requests for figures in routes)
        console.print(f"{title}: {total} traced requests\n", soft_wrap=True)
        if routes:
            console.print(table(routes))
            console.print("\nSlowest:")
            for line in slowest(routes, region):
                console.print(line, soft_wrap=True)
            console.print()
