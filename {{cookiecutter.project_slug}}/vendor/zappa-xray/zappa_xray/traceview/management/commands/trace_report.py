import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandParser

from zappa_xray.traceview.arguments import duration, rich_is_there
from zappa_xray.traceview.xray import (
    Stage,
    client,
    readable_errors,
    sampled,
    stage_named,
    summaries,
    windows,
)


class Command(BaseCommand):
    help = "Print figures of a stage's traced requests for each route, what hurts first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("stage", help="a stage of zappa_settings.json")
        parser.add_argument("--since", type=duration, default=3600.0, help="30m, 1h (default), 7d")
        parser.add_argument("--route", help="only routes that contain this text")
        parser.add_argument("--slower-than", type=duration, help="only longer ones: 200ms, 1.5s")
        parser.add_argument("--timed-out", action="store_true", help="only those that timed out")
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--json", action="store_true", help="durations in seconds")
        output.add_argument("--csv", action="store_true", help="durations in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        rich_is_there()
        from zappa_xray.traceview.report import Request, as_csv, figures_of

        stage = stage_named(options["stage"])
        xray = client(stage.region, stage.profile)
        end = datetime.now(UTC)
        start = end - timedelta(seconds=options["since"])
        expression = f'service("{stage.function}")'
        if options["slower_than"] is not None:
            expression += f" AND responsetime > {options['slower_than']:g}"
        with readable_errors():
            found = self._summaries(xray, expression, start, end)
            requests = (it for it in map(Request.of, found) if self._is_wanted(it, options))
            figures = figures_of(requests)
        known = self._sampling(xray, stage, start, end)
        rows = [it.row(stage) for it in figures]
        if options["json"]:
            report = {"stage": stage.name, "start": start.isoformat(), "end": end.isoformat()}
            self.stdout.write(json.dumps(report | {"sampling": known, "routes": rows}, indent=2))
        elif options["csv"]:
            self.stderr.write(known)
            self.stdout.write(as_csv(rows), ending="")
        else:
            self._print(figures, stage, start, end)
            self.stdout.write(known)

    def _summaries(
        self, xray: Any, expression: str, start: datetime, end: datetime
    ) -> Iterator[dict[str, Any]]:
        """Each trace's summary once; a trace at the edge of two windows may be in both."""
        seen: set[str] = set()
        pieces = windows(start, end)
        for number, window in enumerate(pieces, start=1):
            for page in summaries(xray, expression, window):
                new = [summary for summary in page if summary["Id"] not in seen]
                seen.update(summary["Id"] for summary in new)
                self._tell_progress(f"{len(seen)} traces, part {number} of {len(pieces)}")
                yield from new
        self._tell_progress("")

    def _tell_progress(self, text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{text:<60}\r", ending="")
            self.stderr.flush()

    def _is_wanted(self, request: Any, options: dict[str, Any]) -> bool:
        if options["route"] is not None and options["route"] not in request.route:
            return False
        if options["slower_than"] is not None and not (
            request.seconds is not None and request.seconds > options["slower_than"]
        ):
            return False
        return request.timed_out or not options["timed_out"]

    def _sampling(self, xray: Any, stage: Stage, start: datetime, end: datetime) -> str:
        """How many requests these figures do not hold."""
        try:
            seen = sampled(xray, stage, start, end)
        except LookupError as error:
            reason = str(error)
        except ClientError as error:
            reason = f"{error.operation_name} answered {error.response['Error']['Code']}"
        except BotoCoreError as error:
            reason = str(error)
        else:
            sentence = (
                f"Sampling ({', '.join(seen.rules)}): of {seen.requests} requests {seen.traced} were "
                f"traced, {seen.requests - seen.traced} were sampled away: they are not in these "
                "figures."
            )
            return sentence + " Other services count there too." * seen.shared
        return f"These are traced requests only; how many were sampled away is not known: {reason}."

    def _print(self, figures: list[Any], stage: Stage, start: datetime, end: datetime) -> None:
        from zappa_xray.traceview.report import slowest, table
        from zappa_xray.traceview.terminal import console_for

        console = console_for(self.stdout._out)
        if not console.is_terminal:
            console.width = 200
        span = f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        total = sum(it.requests for it in figures)
        console.print(f"{stage.function}, {span}: {total} traced requests\n", soft_wrap=True)
        if figures:
            console.print(table(figures))
            console.print("\nSlowest:")
            for line in slowest(figures, stage):
                console.print(line, soft_wrap=True)
            console.print()
