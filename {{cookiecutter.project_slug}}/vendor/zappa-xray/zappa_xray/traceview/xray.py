"""What a deployed stage is called, and what X-Ray's API knows of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import CommandError

from zappa_xray.traceview.packets import MalformedPacketError, document_of
from zappa_xray.traceview.trace import Trace

WINDOW = timedelta(hours=6)  # asked for at once: progress is seen, and little is lost
CONSOLES = {"cn": "console.amazonaws.cn", "us-gov": "console.amazonaws-us-gov.com"}


@dataclass(frozen=True)
class Stage:
    """A stage of zappa_settings.json."""

    name: str
    function: str
    region: str | None
    profile: str | None

    def console(self, trace_id: str) -> str:
        """The address of a trace in the AWS console."""
        area = (self.region or "").rsplit("-", 2)[0]
        host = CONSOLES.get(area, "console.aws.amazon.com")
        home = f"https://{self.region}.{host}/cloudwatch/home?region={self.region}"
        return f"{home}#xray:traces/{trace_id}"


def stage_named(name: str) -> Stage:
    """The stage of that name. Raises CommandError, which names those there are."""
    stages = json.loads((settings.BASE_DIR / "zappa_settings.json").read_text(encoding="utf-8"))
    if name not in stages:
        known = ", ".join(sorted(stages))
        raise CommandError(f"zappa_settings.json has no stage {name!r}, but: {known}.")
    own: dict[str, Any] = {"extends": name}
    while base := own.pop("extends", None):
        own = {**stages[base], **own}
    # Zappa's own rule for the name of the function, and of its REST API.
    words = re.findall(r"[a-z0-9]+", f"{own.get('project_name', '')}-{name}".lower())
    return Stage(name, "-".join(words), own.get("aws_region"), own.get("profile_name"))


def client(region: str | None, profile: str | None = None) -> Any:
    """boto3's client of X-Ray; it waits and tries again when X-Ray asks for patience."""
    with readable_errors():
        session = boto3.session.Session(region_name=region, profile_name=profile)
        config = Config(retries={"mode": "adaptive", "max_attempts": 10})
        return session.client("xray", config=config)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Raises AWS's errors as CommandError, without a traceback."""
    try:
        yield
    except ClientError as error:
        raise CommandError(f"{error} (what reading traces needs: README.md)") from error
    except BotoCoreError as error:
        raise CommandError(str(error)) from error


def trace_of(xray: Any, trace_id: str) -> Trace | None:
    """One trace with all its documents, None when X-Ray has none."""
    pages = xray.get_paginator("batch_get_traces").paginate(TraceIds=[trace_id])
    segments = [it for page in pages for trace in page["Traces"] for it in trace["Segments"]]
    documents = []
    for segment in segments:
        try:
            documents.append(document_of(segment["Document"]))
        except MalformedPacketError:
            continue
    return Trace(documents) if documents else None


def windows(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The time from start to end in pieces that X-Ray answers, the newest first."""
    pieces = []
    while start < end:
        pieces.append((max(start, end - WINDOW), end))
        end -= WINDOW
    return pieces


def summaries(
    xray: Any, expression: str, window: tuple[datetime, datetime]
) -> Iterator[list[dict[str, Any]]]:
    """Pages of GetTraceSummaries: every trace that began in the window, none left out."""
    pages = xray.get_paginator("get_trace_summaries").paginate(
        StartTime=window[0],
        EndTime=window[1],
        TimeRangeType="TraceId",
        Sampling=False,
        FilterExpression=expression,
    )
    for page in pages:
        yield page["TraceSummaries"]


@dataclass(frozen=True)
class Sampled:
    """What a stage's sampling rules have counted; `shared` is true when others count there too."""

    rules: list[str]
    requests: int
    traced: int
    shared: bool


def sampled(xray: Any, stage: Stage, start: datetime, end: datetime) -> Sampled:
    """Raises botocore's errors, and LookupError when X-Ray has counted nothing."""
    pages = xray.get_paginator("get_sampling_rules").paginate()
    rules = [it["SamplingRule"] for page in pages for it in page["SamplingRuleRecords"]]
    service = f"{stage.function}/{stage.name}"
    own = [it for it in rules if it["RuleName"] != "Default" and _is_for(it, service)]
    names = [it["RuleName"] for it in own] or ["Default"]
    pages = xray.get_paginator("get_sampling_statistic_summaries").paginate()
    counts = [
        it
        for page in pages
        for it in page["SamplingStatisticSummaries"]
        if it["RuleName"] in names and start <= it["Timestamp"] <= end
    ]
    if not counts:
        raise LookupError(f"X-Ray has no statistics of {', '.join(names)} for this time")
    return Sampled(
        rules=names,
        requests=sum(it.get("RequestCount", 0) for it in counts),
        # A rule's quota that was borrowed is counted apart from what it sampled.
        traced=sum(it.get("SampledCount", 0) + it.get("BorrowCount", 0) for it in counts),
        shared=not own or any(it["ServiceName"] != service for it in own),
    )


def _is_for(rule: dict[str, Any], service: str) -> bool:
    """Whether requests to the API Gateway stage `service` can match the sampling rule."""
    return fnmatchcase(service, rule["ServiceName"]) and rule["ServiceType"] in (
        "*",
        "AWS::ApiGateway::Stage",
    )
