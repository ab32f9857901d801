"""What X-Ray's API is asked for: one trace, or the summaries of many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import CommandError

from zappa_xray.traceview.documents import MalformedPacketError, document_of
from zappa_xray.traceview.stage import Stage
from zappa_xray.traceview.trace import Trace

WINDOW = timedelta(hours=6)  # asked for at once: progress is seen, and little is lost


def client(stage: Stage) -> Any:
    """Return boto3's client of X-Ray; it waits and tries again when X-Ray asks for patience."""
    with readable_errors():
        session = boto3.session.Session(region_name=stage.region, profile_name=stage.profile)
        config = Config(retries={"mode": "adaptive", "max_attempts": 10})
        return session.client("xray", config=config)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Raise AWS's errors as CommandError, without a traceback."""
    try:
        yield
    except ClientError as error:
        needed = "what reading traces needs: zappa-xray's README.md, Permissions"
        raise CommandError(f"{error} ({needed})") from error
    except BotoCoreError as error:
        raise CommandError(str(error)) from error


def trace_of(xray: Any, trace_id: str) -> Trace | None:
    """Return one trace with all its documents, None when X-Ray has none."""
    pages = xray.get_paginator("batch_get_traces").paginate(TraceIds=[trace_id])
    traces = [trace for page in pages for trace in page["Traces"]]
    documents = []
    for segment in (segment for trace in traces for segment in trace["Segments"]):
        try:
            documents.append(document_of(segment["Document"]))
        except MalformedPacketError:
            continue
    return Trace(documents) if documents else None


def summaries(
    xray: Any, expression: str, start: datetime, end: datetime, tell: Callable[[str], object]
) -> Iterator[dict[str, Any]]:
    """Yield each summary of a trace that began in this time, once; `tell` gets the progress."""
    seen: set[str] = set()
    windows = list(_windows(start, end))
    for number, (first, last) in enumerate(windows, start=1):
        pages = xray.get_paginator("get_trace_summaries").paginate(
            StartTime=first,
            EndTime=last,
            TimeRangeType="TraceId",
            Sampling=False,
            FilterExpression=expression,
        )
        for page in pages:
            # A trace at the edge of two windows may be in both.
            new = [found for found in page["TraceSummaries"] if found["Id"] not in seen]
            seen.update(found["Id"] for found in new)
            tell(f"{len(seen)} traces, part {number} of {len(windows)}")
            yield from new


def _windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the time from start to end in pieces that X-Ray answers, the newest first."""
    while start < end:
        yield max(start, end - WINDOW), end
        end -= WINDOW
