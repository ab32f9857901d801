import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.stage import stage_named


class Command(BaseCommand):
    help = "Print one trace of X-Ray as a tree with times, from the gateway to the query."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trace_id", help="1-xxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx, or text with it")
        parser.add_argument("--stage", default="dev", help="whose region and profile (dev)")
        parser.add_argument("--json", action="store_true", help="the documents as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        needs("boto3", *([] if options["json"] else ["rich"]))
        from zappa_xray.traceview.aws import readable_errors
        from zappa_xray.traceview.xray import client, found_trace

        found = TRACE_ID.search(options["trace_id"])
        if not found:
            raise CommandError("A trace's id looks like 1-5f84c7a1-e7d3a2f1b9c04d6e8a7b5c3d.")
        xray = client(stage_named(options["stage"]))
        with readable_errors():
            began = datetime.fromtimestamp(int(found[0][2:10], 16), UTC)
            trace, destination = found_trace(xray, found[0], began)
        if trace is None:
            raise CommandError(
                f"X-Ray has no {found[0]} in {xray.meta.region_name}: it keeps a trace for 30 days, "
                "shows it some seconds after the request, and never gets one that was not sampled."
                + (f" {destination.found}." if destination and destination.is_search else "")
            )
        if options["json"]:
            self.stdout.write(json.dumps(trace.documents, indent=2))
            return
        from zappa_xray.traceview.terminal import console_for, print_trace

        print_trace(console_for(self.stdout._out, options["no_color"]), trace)
