import json
import shutil
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zappa_xray.traceview.documents import TRACE_ID
from zappa_xray.traceview.filters import age
from zappa_xray.traceview.progress import Progress
from zappa_xray.traceview.requirements import needs
from zappa_xray.traceview.stage import Stage, stage_named
from zappa_xray.traceview.why.evidence import Evidence

SOURCES = 3  # the gateway's log, the function's, X-Ray


class Command(BaseCommand):
    help = "Explain one request of a stage in a sentence, and say what happened when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trace_id", nargs="?", help="1-xxxxxxxx-x..., or text with it")
        parser.add_argument("--last-timeout", action="store_true", help="the last that timed out")
        parser.add_argument("--stage", default="dev", help="a stage of zappa_settings.json (dev)")
        parser.add_argument(
            "--since", type=age, default=86_400.0, help="how far --last-timeout looks (1d)"
        )
        parser.add_argument("--json", action="store_true", help="times in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        needs("boto3")
        from zappa_xray.traceview.aws import client
        from zappa_xray.traceview.why.gathering import Gathering
        from zappa_xray.traceview.why.joined import verdict_of
        from zappa_xray.traceview.why.printed import printed
        from zappa_xray.traceview.why.sentence import sentence
        from zappa_xray.traceview.why.time_line import time_line

        stage = stage_named(options["stage"])
        logs, xray = client(stage, "logs"), client(stage, "xray")
        trace_id = self._trace_id(logs, stage, options)
        evidence = Gathering(logs, xray, stage, trace_id).evidence()
        if evidence.is_empty:
            raise CommandError(nothing_known(evidence, stage, logs.meta.region_name))
        verdict, moments = verdict_of(evidence), time_line(evidence)
        if options["json"]:
            told = {"trace_id": trace_id, "sentence": sentence(verdict), **asdict(verdict)}
            told |= {"time_line": moments, "unknown": evidence.unknown}
            self.stdout.write(json.dumps(told, indent=2))
            return
        width = shutil.get_terminal_size().columns if self.stdout.isatty() else None
        notes = [*evidence.unknown, f"Trace {trace_id}"]
        for line in printed(sentence(verdict), moments, notes, width):
            self.stdout.write(line)

    def _trace_id(self, logs: Any, stage: Stage, options: dict[str, Any]) -> str:
        given = options["trace_id"]
        if bool(given) == options["last_timeout"]:
            raise CommandError("Give the id of a trace, or --last-timeout.")
        if given:
            found = TRACE_ID.search(given)
            if not found:
                raise CommandError("A trace's id looks like 1-5f84c7a1-e7d3a2f1b9c04d6e8a7b5c3d.")
            return found[0]
        from zappa_xray.traceview.why.last_time_out import last_time_out

        progress, end = Progress(self.stderr), datetime.now(UTC)
        last = last_time_out(logs, stage, end - timedelta(seconds=options["since"]), end, progress)
        progress("")
        if last is None:
            raise CommandError(
                f"Neither the log of {stage.function} nor its API's has a time-out in this time: "
                "--since 7d looks further back."
            )
        return last


def nothing_known(evidence: Evidence, stage: Stage, region: str) -> str:
    """Return the sentences for a trace of which nobody has anything, or of which nobody could be asked."""
    if len(evidence.refusals) == SOURCES:
        reasons = "; ".join(dict.fromkeys(evidence.refusals))
        return f"What {stage.function} in {region} knows of {evidence.trace_id} cannot be read: {reasons}"
    return (
        f"Nothing is known of {evidence.trace_id} at the stage {stage.name} in {region}:"
        f" {stage.function} has no line of it in a log, or is not deployed there, and X-Ray has no"
        f" trace. Another stage's: --stage. {' '.join(evidence.unknown)}"
    )
