"""The report of a stage: figures from its log or from X-Ray, what API Gateway counts, what X-Ray adds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from zappa_xray.traceview import log_age
from zappa_xray.traceview import xray as traces
from zappa_xray.traceview.aws import client, readable_errors, reason
from zappa_xray.traceview.figures import Figures
from zappa_xray.traceview.gateway_metrics import StageTotals, sentences, stage_totals
from zappa_xray.traceview.insights import Insights
from zappa_xray.traceview.logged import RequestLog
from zappa_xray.traceview.stage import Stage
from zappa_xray.traceview.xray_part import XRayPart, xray_part

NARROWING = ("route", "status", "slower_than", "timed_out")
WITHOUT_THE_LOG = "--source xray does without the log: it counts traced requests only."


@dataclass
class StageReport:
    """All figures, each from one source: `logged` are of all requests, None with --source xray.

    `log_begins` is set where the log is kept for less time than was asked for. `xray` and `gateway`
    are None where AWS did not give them: `missing` says why.
    """

    stage: Stage
    start: datetime
    end: datetime
    narrowed: bool
    logged: list[Figures] | None
    log_begins: datetime | None = None
    xray: XRayPart | None = None
    gateway: StageTotals | None = None
    missing: list[str] = field(default_factory=list)

    @property
    def routes(self) -> list[Figures]:
        if self.logged is not None:
            return self.logged
        return self.xray.routes if self.xray else []

    @property
    def gateway_sentences(self) -> list[str]:
        """What API Gateway counts, and how it differs from Django's log."""
        if self.gateway is None:
            return []
        is_of_all = self.logged is not None and not (self.narrowed or self.log_begins)
        return sentences(
            self.gateway, sum(figures.requests for figures in self.routes) if is_of_all else None
        )

    def row(self) -> dict[str, Any]:
        """Return all of it, as it is written in JSON."""
        return {
            "stage": self.stage.name,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "source": "xray" if self.logged is None else "logs",
            "routes": [figures.row() for figures in self.routes],
            "gateway": self.gateway.row() if self.gateway else None,
            "gateway_says": self.gateway_sentences,
            "xray": self.xray.row() if self.xray else None,
            "missing": self.missing,
        }


def stage_report(
    stage: Stage,
    start: datetime,
    end: datetime,
    options: dict[str, Any],
    tell: Callable[[str], object],
) -> StageReport:
    """Ask AWS for the time from start to end, both whole minutes. Raises CommandError.

    What only adds to the figures may be missing; where the figures come from may not.
    """
    from_log = options["source"] == "logs"
    narrowed = any(options[name] for name in NARROWING)
    report = StageReport(stage, start, end, narrowed, None)
    if from_log:
        group = f"/aws/lambda/{stage.function}"
        insights = Insights(client(stage, "logs"), group, tell, WITHOUT_THE_LOG)
        report.logged = RequestLog(insights, start, end, options).figures()
        _look_at_log_s_age(report, client(stage, "logs"), group)
    try:
        report.gateway = stage_totals(client(stage, "cloudwatch"), stage, start, end)
    except (ClientError, BotoCoreError) as error:
        report.missing.append(f"What API Gateway counted is not known: {reason(error)}.")
    xray = client(stage, "xray")
    first_trace = max(start, end - traces.KEPT)
    if first_trace > start:
        report.missing.append(
            f"X-Ray keeps traces for 30 days: its part begins {first_trace:%Y-%m-%d}."
        )
    if not from_log:
        with readable_errors():
            report.xray = xray_part(xray, stage, first_trace, end, options, tell)
        return report
    try:
        report.xray = xray_part(xray, stage, first_trace, end, options, tell)
    except (ClientError, BotoCoreError) as error:
        report.missing.append(f"What X-Ray has of it is not known: {reason(error)}.")
    return report


def _look_at_log_s_age(report: StageReport, logs: Any, group: str) -> None:
    try:
        report.log_begins = log_age.begins(logs, group, report.start, report.end)
    except (ClientError, BotoCoreError) as error:
        report.missing.append(f"How long the log is kept is not known: {reason(error)}.")
    if report.log_begins:
        report.missing.append(
            f"The log begins {report.log_begins:%Y-%m-%d}: it is kept for no longer"
            " (log_retention_days), and what came earlier is not in its figures."
        )
